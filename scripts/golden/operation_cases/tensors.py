"""Tensors of the cases: drawn by an integer formula that test/operations/reference.ts repeats, or written out.

Drawn elements are odd multiples of scale/64 within ±scale: with a scale that is a power of two they are exact in
float32, and so are sums of few products of them, so that ties and zeros are the same in float32 and float64.
"""
import math

import numpy
import torch

from images import MASK, mix


def drawn(dims, scale=1.0):
    return {"dims": list(dims), "scale": scale}


def given(dims, values):
    return {"dims": list(dims), "values": [float(numpy.float32(value)) for value in values]}


def integers(*values):
    return {"dims": [len(values)], "integers": list(values)}


def array_of(spec, seed):
    """The tensor as float32."""
    dims = spec["dims"]
    if "values" in spec:
        return torch.tensor(spec["values"], dtype=torch.float32).reshape(dims)
    indices = numpy.arange(math.prod(dims)) + ((seed * 0x9E3779B9) & MASK)
    steps = (mix(indices & MASK) >> numpy.uint64(26)).astype(numpy.float64)
    return torch.from_numpy(((steps - 31.5) / 32 * spec["scale"]).astype(numpy.float32)).reshape(dims)


def case(title, nodes, reference, parameters=None, constants=None, image=(3, 7, 6), stem=4, images=None, head=True,
         opset=17, batch=None, runs=True, producer=None):
    """
    nodes      (type, inputs, output, attributes), from `x` to `y`, or to `logits` where there is no head
    reference  the same in PyTorch: x [1, C, H, W] and parameters by name -> y
    stem       channels of the 1x1 convolution that makes x of the image, "half" for x = image/2, None for x = image
    images     [N, C, H, W], drawn where left out
    runs       whether ONNX Runtime takes the graph itself
    producer   who wrote the file, as it says: what names tell of parameters depends on it
    """
    if stem is None:
        nodes = [(kind, ["image" if name == "x" else name for name in inputs], out, attributes)
                 for kind, inputs, out, attributes in nodes]
    return {"title": title, "nodes": nodes, "reference": reference, "parameters": parameters or {},
            "constants": constants or {}, "image": image, "stem": stem, "images": images, "head": head,
            "opset": opset, "batch": batch, "runs": runs and batch is None, "producer": producer}

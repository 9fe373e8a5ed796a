#!/usr/bin/env python3
"""Runs compiled scorers in float64, where they must give what autograd does, to many more digits than float32 has.

    /usr/bin/python3 scripts/families/exact.py FOLDER

FOLDER is what export.py and `compare.js FOLDER --compile` have written; FOLDER/exact/FAMILY.json has, for each file, the scores
of each row by its compiled graph.
"""
import json
import os
import sys

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

TYPES = {1: torch.float64, 6: torch.int32, 7: torch.int64, 9: torch.bool, 11: torch.float64}


def tensor_of(proto):
    array = torch.from_numpy(numpy.array(numpy_helper.to_array(proto)))
    return array.double() if array.is_floating_point() else array


def padded(x, pads, value=0.0):
    half = len(pads) // 2
    flat = [side for axis in reversed(range(half)) for side in (pads[axis], pads[axis + half])]
    return F.pad(x, flat, value=value) if any(flat) else x


def conv(a, x, weight, bias=None):
    one = [1, 1]
    return F.conv2d(padded(x, a.get("pads", [0] * 4)), weight, bias, a.get("strides", one), 0, a.get("dilations", one),
                    a.get("group", 1))


def conv_transpose(a, x, weight, bias=None):
    one = [1, 1]
    full = F.conv_transpose2d(x, weight, bias, a.get("strides", one), 0, 0, a.get("group", 1), a.get("dilations", one))
    top, left, bottom, right = a.get("pads", [0] * 4)
    rows, columns = a.get("output_padding", [0, 0])
    return F.pad(full, (-left, columns - right, -top, rows - bottom))


def max_pool(a, x):
    # Indices count elements of the whole tensor.
    top, left, *_ = pads = a.get("pads", [0] * 4)
    y, index = F.max_pool2d(padded(x, pads, -numpy.inf), a["kernel_shape"], a.get("strides", [1, 1]), 0,
                            a.get("dilations", [1, 1]), bool(a.get("ceil_mode", 0)), return_indices=True)
    height, width = x.shape[2:]
    across = width + left + pads[3]
    row, column = index // across - top, index % across - left
    planes = torch.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], 1, 1)
    return y, (planes * height + row) * width + column


def average_pool(a, x):
    assert not a.get("ceil_mode", 0)
    pads, how = a.get("pads", [0] * 4), (a["kernel_shape"], a.get("strides", [1, 1]))
    count = padded(torch.ones_like(x), pads, 1.0 if a.get("count_include_pad", 0) else 0.0)
    return F.avg_pool2d(padded(x, pads), *how) / F.avg_pool2d(count, *how)


def gemm(a, x, w, c=None):
    x, w = (x.t() if a.get("transA", 0) else x), (w.t() if a.get("transB", 0) else w)
    product = a.get("alpha", 1.0) * (x @ w)
    return product if c is None else product + a.get("beta", 1.0) * c


def reduce(how):
    def reduced(a, x, axes=None):
        axes = a.get("axes") if axes is None else axes.tolist()
        return how(x, tuple(range(x.dim())) if axes is None else tuple(axes), bool(a.get("keepdims", 1)))
    return reduced


def cut(a, x, starts, ends, axes, steps=None):
    index = [slice(None)] * x.dim()
    for at, axis in enumerate(axes.tolist()):
        index[axis] = slice(int(starts[at]), int(ends[at]), 1 if steps is None else int(steps[at]))
    return x[tuple(index)]


def scatter(a, x, index, updates):
    if a.get("reduction", b"none") == b"add":
        return x.scatter_add(a.get("axis", 0), index, updates)
    return x.scatter(a.get("axis", 0), index, updates)


def resize(a, x, roi, scales):
    assert a["mode"] == b"nearest"
    for axis, scale in enumerate(scales.tolist()):
        x = x.repeat_interleave(int(scale), axis) if scale != 1 else x
    return x


def normalized(a, x, scale, shift, mean, variance):
    shape = [1, -1] + [1] * (x.dim() - 2)
    inverse = 1 / torch.sqrt(variance + a.get("epsilon", 1e-5))
    return (x - mean.reshape(shape)) * (inverse * scale).reshape(shape) + shift.reshape(shape)


def gather(a, x, index):
    axis = a.get("axis", 0)
    found = x.index_select(axis, index.flatten() % x.shape[axis])
    return found.reshape(*x.shape[:axis], *index.shape, *x.shape[axis + 1:])


def arg_max(a, x):
    return x.argmax(a.get("axis", 0), bool(a.get("keepdims", 1)))


def filled(a, shape):
    value = tensor_of(a["value"]) if "value" in a else torch.zeros(1, dtype=torch.float64)
    return value.expand(tuple(shape.tolist())).clone()


OPERATIONS = {
    "Add": lambda a, x, y: x + y, "Sub": lambda a, x, y: x - y, "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y, "Pow": lambda a, x, y: x ** y, "Exp": lambda a, x: x.exp(), "Log": lambda a, x: x.log(),
    "Neg": lambda a, x: -x, "Sin": lambda a, x: x.sin(), "Cos": lambda a, x: x.cos(), "Sqrt": lambda a, x: x.sqrt(), "Erf": lambda a, x: x.erf(), "Sign": lambda a, x: x.sign(),
    "Abs": lambda a, x: x.abs(), "Tanh": lambda a, x: x.tanh(), "Sigmoid": lambda a, x: x.sigmoid(),
    "Relu": lambda a, x: x.relu(), "Max": lambda a, x, y: torch.maximum(x, y), "Min": lambda a, x, y: torch.minimum(x, y),
    "HardSigmoid": lambda a, x: (a.get("alpha", 0.2) * x + a.get("beta", 0.5)).clamp(0, 1),
    "Clip": lambda a, x, low=None, high=None: x.clamp(low, high),
    "Equal": lambda a, x, y: x == y, "Less": lambda a, x, y: x < y, "Where": lambda a, c, x, y: torch.where(c, x, y),
    "Cast": lambda a, x: x.to(TYPES[a["to"]]), "Identity": lambda a, x: x, "Sum": lambda a, *xs: sum(xs),
    "Conv": conv, "ConvTranspose": conv_transpose, "MaxPool": max_pool, "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), True), "Gemm": gemm, "MatMul": lambda a, x, y: x @ y,
    "BatchNormalization": normalized, "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "Reshape": lambda a, x, shape: x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())]),
    "Transpose": lambda a, x: x.permute(a["perm"]), "Concat": lambda a, *xs: torch.cat(xs, a["axis"]), "Slice": cut,
    "Gather": gather, "Pad": lambda a, x, pads, value=None: padded(x, pads.tolist(), 0.0 if value is None else float(value)),
    "Resize": resize, "ScatterElements": scatter, "ConstantOfShape": filled, "ArgMax": arg_max,
    "ReduceSum": reduce(lambda x, axes, keep: x.sum(axes, keep)), "ReduceMean": reduce(lambda x, axes, keep: x.mean(axes, keep)),
    "ReduceMax": reduce(lambda x, axes, keep: x.amax(axes, keep)),
    "ReduceSumSquare": reduce(lambda x, axes, keep: (x * x).sum(axes, keep)),
}


def run(model, feeds):
    """The outputs of a graph by name, node by node, values being forgotten where nobody reads them any more."""
    values = {**{t.name: tensor_of(t) for t in model.graph.initializer}, **feeds}
    last = {name: at for at, node in enumerate(model.graph.node) for name in node.input}
    wanted = {output.name for output in model.graph.output}
    for at, node in enumerate(model.graph.node):
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [values[name] if name else None for name in node.input]
        found = OPERATIONS[node.op_type](attributes, *inputs)
        values.update(zip(node.output, found if isinstance(found, tuple) else (found,)))
        for name in set(node.input):
            if last[name] == at and name not in wanted:
                values.pop(name, None)
    return {name: values[name] for name in wanted}


def scores(model, images, rows):
    cells = {}
    for row in rows:
        cell = row["temperature"], row["epsilon"]
        if cell not in cells:
            temperature, epsilon = (torch.tensor([value], dtype=torch.float64) for value in cell)
            cells[cell] = run(model, {"image": images, "temperature": temperature, "epsilon": epsilon.repeat(3)})
        outputs = cells[cell]
        yield {name: float(outputs[output][row["image"]]) for name, output in
               {"logOdds": "log_odds", "logS": "log_s", "logSG": "log_sg", "logG": "log_g"}.items()}


def main(folder):
    os.makedirs(os.path.join(folder, "exact"), exist_ok=True)
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".json")):
        with open(os.path.join(folder, name)) as file:
            family = json.load(file)
        images = torch.tensor(family["images"]).double().reshape(-1, 3, family["size"], family["size"])
        found = {}
        with torch.no_grad():
            for variant, about in family["files"].items():
                compiled = os.path.join(folder, "compiled", about["file"])
                if os.path.exists(compiled):
                    found[variant] = list(scores(onnx.load(compiled), images, family["rows"]))
        with open(os.path.join(folder, "exact", name), "w") as file:
            json.dump(found, file)
        print(family["family"], len(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

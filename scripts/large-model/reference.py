"""Scores the images of make.ts with its network in float64, sharing nothing with the project's compiler.

    python3 reference.py FOLDER TEMPERATURE EPSILON [HEADS]

Prints a JSON object per image. Weights stay float32 on disk, mapped, and become float64 one at a time: the gradient of
a linear layer's weight is squared and dropped as soon as it is there, so that a few hundred MB do.
"""
import json
import math
import os
import sys

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image

PATCH = 32
MEAN, STD = 0.5, 0.25


def tensors_of(folder):
    """Float tensors of more than one element in the order of the file, which is that of the layers."""
    for tensor in onnx.load(os.path.join(folder, "net.onnx"), load_external_data=False).graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or numpy.prod(tensor.dims) == 1:
            continue
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            place = {entry.key: entry.value for entry in tensor.external_data}
            file = os.path.join(folder, place["location"])
            yield numpy.memmap(file, "<f4", "r", int(place["offset"]), tuple(tensor.dims))
        else:
            yield numpy_helper.to_array(tensor)


squares = []


class Linear(torch.autograd.Function):
    """x W for x [T, C] and W [C, O] that lies on disk; backwards it keeps the square of W's gradient alone."""

    @staticmethod
    def forward(context, x, weight):
        context.save_for_backward(x)
        context.weight = weight
        return x @ torch.from_numpy(weight.astype("f8"))

    @staticmethod
    def backward(context, cotangent):
        (x,) = context.saved_tensors
        squares.append(float(((x.T @ cotangent) ** 2).sum()))
        return cotangent @ torch.from_numpy(context.weight.astype("f8")).T, None


def network(tensors, image, heads):
    """Logits [1, K] of an image [1, 3, H, W], and the leaves that autograd differentiates by."""
    tensors, leaves = list(tensors), []

    def raw():
        return tensors.pop(0)

    def leaf():
        value = torch.tensor(numpy.asarray(raw()), dtype=torch.float64, requires_grad=True)
        leaves.append(value)
        return value

    def linear(x):
        product = Linear.apply(x, raw())
        return product + leaf()

    def normalised(x):
        return F.layer_norm(x, x.shape[-1:], leaf(), leaf(), 1e-6)

    x = F.conv2d(image, leaf(), leaf(), stride=PATCH)[0].flatten(1).T
    width = x.shape[1]
    x = torch.cat([leaf()[0], x]) + leaf()[0]
    while len(tensors) > 4:
        queries, keys, values = (
            part.reshape(-1, heads, width // heads).transpose(0, 1) for part in linear(normalised(x)).chunk(3, -1)
        )
        shares = torch.softmax(queries @ keys.transpose(1, 2) * math.sqrt(heads / width), -1)
        x = linear((shares @ values).transpose(0, 1).reshape(-1, width)) + x
        x = linear(F.gelu(linear(normalised(x)))) + x
    x = normalised(x)[:1]
    weight, bias = leaf(), leaf()
    return x @ weight.T + bias, leaves


def unit_cotangent(logits, temperature):
    """(predicted class, lambda, gradient of T lambda by the logits)."""
    predicted = int(logits.argmax())
    d = (logits[0] - logits[0, predicted]) / temperature
    d[predicted] = -math.inf
    v = torch.softmax(d, 0)
    v[predicted] = -1
    return predicted, float(torch.logsumexp(d, 0)), v[None]


def main():
    folder, temperature, epsilon = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    heads = int(sys.argv[4]) if len(sys.argv) > 4 else 16
    for name in sorted(file for file in os.listdir(folder) if file.endswith(".png")):
        pixels = numpy.asarray(Image.open(os.path.join(folder, name)).convert("RGB"), dtype="f8") / 255
        image = torch.from_numpy((pixels - MEAN) / STD).permute(2, 0, 1)[None]
        if epsilon:
            image.requires_grad_()
            logits, _ = network(tensors_of(folder), image, heads)
            _, _, cotangent = unit_cotangent(logits.detach(), temperature)
            (gradient,) = torch.autograd.grad(logits, image, cotangent)
            image = image.detach() - epsilon / STD * torch.sign(gradient)
        squares.clear()
        logits, leaves = network(tensors_of(folder), image, heads)
        predicted, lam, cotangent = unit_cotangent(logits.detach(), temperature)
        gradients = torch.autograd.grad(logits, leaves, cotangent)
        total = sum(squares) + sum(float((g * g).sum()) for g in gradients)
        log_s = -math.log1p(math.exp(lam)) if lam < 0 else -(lam + math.log1p(math.exp(-lam)))
        log_norm = math.log(total)
        print(
            json.dumps(
                {
                    "image": name,
                    "predicted": predicted,
                    "largest_logit": float(logits.max()),
                    "log_odds": -lam,
                    "log_s": log_s,
                    "log_sg": 2 * (lam + log_s - math.log(temperature)) + log_norm,
                    "log_g": 2 * (lam - math.log(temperature)) + log_norm,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()

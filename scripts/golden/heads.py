#!/usr/bin/env python3
"""Makes test/golden/heads.json: small graphs with linear heads of every form, and their features by PyTorch float64.

    /usr/bin/python3 scripts/golden/heads.py

Each case says twice what its head is: as the nodes of an ONNX graph, and as features, W and b of plain PyTorch. The test
that reads the file runs the graph itself too, in ONNX Runtime: its logits must be those of features, W and b.
"""
import json
import os
import sys

import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from operation_cases.tensors import array_of, drawn, integers
from operations import node, typed, with_stem

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden", "heads.json")
IMAGE, STEM, CLASSES = (3, 2, 3), 4, 7
PLACES = IMAGE[1] * IMAGE[2]
FLAT = ("Flatten", ["x"], "f", dict(axis=1))
POOL = ("GlobalAveragePool", ["x"], "pooled", {})
TOKENS = [("Reshape", ["x", "rows"], "rowed", {}), ("Transpose", ["rowed"], "t", dict(perm=[0, 2, 1]))]
ROWS = {"rows": integers(0, STEM, PLACES)}
LARGE, B = drawn((CLASSES, STEM * PLACES), 0.25), drawn((CLASSES,))
SMALL = drawn((CLASSES, STEM), 0.5)
KERNELS = drawn((CLASSES, STEM, 1, 1), 0.5)


STATISTICS = {"gamma": {"dims": [CLASSES], "values": [0.5, -1.0, 2.0, 0.25, 1.0, 1.5, -0.5]}, "beta": drawn((CLASSES,)),
              "mean": drawn((CLASSES,)), "variance": {"dims": [CLASSES], "values": [1.0, 0.5, 2.0, 4.0, 0.25, 1.5, 3.0]}}


def scale(p):
    return p["gamma"] / torch.sqrt(p["variance"] + 0.25)


def mean(x):
    return x.mean((2, 3))


def flat(x):
    return x.flatten(1)


def matrix(p):
    return p["w"].flatten(1)


def head(title, nodes, features, parameters, weight=matrix, bias=lambda p: p["b"], constants=None):
    return dict(title=title, nodes=nodes, features=features, parameters=parameters, weight=weight, bias=bias,
                constants=constants or {})


def turned(spec):
    return {**spec, "dims": spec["dims"][::-1]}


CASES = [
    head("Gemm of W by class", [FLAT, ("Gemm", ["f", "w", "b"], "logits", dict(transB=1))], flat, {"w": LARGE, "b": B}),
    head("Gemm of W by feature, with factors", [FLAT, ("Gemm", ["f", "w", "b"], "logits", dict(alpha=0.5, beta=-2.0))],
         flat, {"w": turned(LARGE), "b": B}, lambda p: 0.5 * p["w"].T, lambda p: -2 * p["b"]),
    head("Gemm with one number as bias, in logits [N, K, 1, 1]",
         [FLAT, ("Gemm", ["f", "w", "b"], "y", dict(transB=1)), ("Unsqueeze", ["y", "axes"], "logits", {})], flat,
         {"w": LARGE, "b": drawn((1,))}, bias=lambda p: p["b"].expand(CLASSES), constants={"axes": integers(2, 3)}),
    head("MatMul and Add, scaled by one number",
         [POOL, ("Flatten", ["pooled"], "f", dict(axis=1)), ("MatMul", ["f", "w"], "u", {}), ("Add", ["b", "u"], "v", {}),
          ("Mul", ["v", "s"], "logits", {})],
         mean, {"w": turned(SMALL), "b": B, "s": drawn((1,))}, lambda p: (p["w"] * p["s"]).T, lambda p: p["b"] * p["s"]),
    head("MatMul of what Transpose made of W by class", [FLAT, ("Transpose", ["w"], "wt", {}), ("MatMul", ["f", "wt"], "logits", {})],
         flat, {"w": LARGE}, bias=lambda p: torch.zeros(CLASSES)),
    head("Mul, Sub and Div by other numbers for each class",
         [FLAT, ("Gemm", ["f", "w", "b"], "u", dict(transB=1)), ("Mul", ["s", "u"], "v", {}), ("Sub", ["c", "v"], "r", {}),
          ("Sub", ["r", "e"], "q", {}), ("Div", ["q", "d"], "logits", {})],
         flat, {"w": LARGE, "b": B, "s": drawn((CLASSES,)), "c": drawn((1, CLASSES)), "e": drawn((CLASSES,)),
                "d": {"dims": [CLASSES], "values": [0.5, 2.0, -4.0, 0.25, 1.0, 8.0, -0.5]}},
         lambda p: -(p["s"] / p["d"])[:, None] * p["w"],
         lambda p: (p["c"][0] - p["s"] * p["b"] - p["e"]) / p["d"]),
    head("a pool, then a convolution of 1x1",
         [POOL, ("Conv", ["pooled", "w", "b"], "y", {}), ("Flatten", ["y"], "logits", dict(axis=1))], mean,
         {"w": KERNELS, "b": B}),
    head("a convolution of 1x1, then a pool",
         [("Conv", ["x", "w", "b"], "y", {}), ("GlobalAveragePool", ["y"], "z", {}), ("Flatten", ["z"], "logits", dict(axis=1))],
         mean, {"w": KERNELS, "b": B}),
    head("a convolution of 1x1, a shift of each class, then a mean",
         [("Conv", ["x", "w"], "y", {}), ("Add", ["y", "c"], "s", {}),
          ("ReduceMean", ["s"], "logits", dict(axes=[2, 3], keepdims=0))],
         mean, {"w": KERNELS, "c": drawn((CLASSES, 1, 1))}, bias=lambda p: p["c"].flatten()),
    head("a convolution of 1x1, then an average pool of the whole map",
         [("Conv", ["x", "w", "b"], "y", {}), ("AveragePool", ["y"], "z", dict(kernel_shape=list(IMAGE[1:]))),
          ("Squeeze", ["z", "axes"], "logits", {})],
         mean, {"w": KERNELS, "b": B}, constants={"axes": integers(2, 3)}),
    head("a convolution that covers the whole map", [("Conv", ["x", "w", "b"], "y", {}), ("Flatten", ["y"], "logits", dict(axis=1))],
         flat, {"w": drawn((CLASSES, STEM, *IMAGE[1:]), 0.25), "b": B}),
    head("a linear layer at every position, then a mean",
         [*TOKENS, ("MatMul", ["t", "w"], "u", {}), ("Add", ["u", "b"], "v", {}),
          ("ReduceMean", ["v"], "logits", dict(axes=[1], keepdims=0))],
         mean, {"w": turned(SMALL), "b": B}, lambda p: p["w"].T, constants=ROWS),
    head("a linear layer at every position, then a sum",
         [*TOKENS, ("MatMul", ["t", "w"], "u", {}), ("Add", ["u", "b"], "v", {}),
          ("ReduceSum", ["v", "axes"], "s", dict(keepdims=0)), ("Add", ["s", "c"], "logits", {})],
         mean, {"w": turned(SMALL), "b": B, "c": drawn((CLASSES,))}, lambda p: PLACES * p["w"].T,
         lambda p: PLACES * p["b"] + p["c"], {**ROWS, "axes": integers(1)}),
    head("a linear layer, its negative, normalised by running statistics",
         [FLAT, ("Gemm", ["f", "w", "b"], "u", dict(transB=1)), ("Neg", ["u"], "n", {}),
          ("BatchNormalization", ["n", "gamma", "beta", "mean", "variance"], "logits", dict(epsilon=0.25))],
         flat, {"w": LARGE, "b": B, **STATISTICS}, lambda p: -scale(p)[:, None] * p["w"],
         lambda p: p["beta"] - scale(p) * (p["b"] + p["mean"])),
    head("a convolution of 1x1, normalised by running statistics, then a pool",
         [("Conv", ["x", "w", "b"], "u", {}),
          ("BatchNormalization", ["u", "gamma", "beta", "mean", "variance"], "y", dict(epsilon=0.25)),
          ("GlobalAveragePool", ["y"], "z", {}), ("Flatten", ["z"], "logits", dict(axis=1))],
         mean, {"w": KERNELS, "b": B, **STATISTICS}, lambda p: scale(p)[:, None] * p["w"].flatten(1),
         lambda p: p["beta"] + scale(p) * (p["b"] - p["mean"])),
    head("a convolution of 1x1 without bias, shifted, normalised by running statistics and scaled, then a mean",
         [("Conv", ["x", "w"], "u", {}), ("Add", ["u", "c"], "v", {}),
          ("BatchNormalization", ["v", "gamma", "beta", "mean", "variance"], "y", dict(epsilon=0.25)),
          ("Mul", ["y", "s"], "t", {}), ("ReduceMean", ["t"], "logits", dict(axes=[2, 3], keepdims=0))],
         mean, {"w": KERNELS, "c": drawn((CLASSES, 1, 1)), "s": drawn((1,)), **STATISTICS},
         lambda p: (p["s"] * scale(p))[:, None] * p["w"].flatten(1),
         lambda p: p["s"] * (p["beta"] + scale(p) * (p["c"].flatten() - p["mean"]))),
    head("a linear layer whose rows are normalised by running statistics",
         [FLAT, ("Gemm", ["f", "w", "b"], "u", dict(transB=1)), ("Unsqueeze", ["u", "behind"], "rows", {}),
          ("BatchNormalization", ["rows", "gamma", "beta", "mean", "variance"], "n", dict(epsilon=0.25)),
          ("Squeeze", ["n", "behind"], "logits", {})],
         flat, {"w": LARGE, "b": B, **STATISTICS}, lambda p: scale(p)[:, None] * p["w"],
         lambda p: p["beta"] + scale(p) * (p["b"] - p["mean"]), {"behind": integers(2)}),
    head("a linear layer on channels last, then a mean over rows and columns",
         [("Transpose", ["x"], "t", dict(perm=[0, 2, 3, 1])), ("MatMul", ["t", "w"], "u", {}),
          ("Transpose", ["u"], "v", dict(perm=[0, 3, 1, 2])), ("ReduceMean", ["v"], "r", dict(axes=[3], keepdims=0)),
          ("ReduceMean", ["r"], "logits", dict(axes=[2], keepdims=0))],
         mean, {"w": turned(SMALL)}, lambda p: p["w"].T, lambda p: torch.zeros(CLASSES)),
]


def write_case(case):
    before, parameters, stem = with_stem(dict(image=IMAGE, stem=STEM))
    # A kink before the head: it is linear, what lies before it is not.
    nodes = before[:-1] + [node("Add", ["stem", "stem.shift"], "shifted"), node("Relu", ["shifted"], "x")] + [
        node(kind, inputs, output, **attributes) for kind, inputs, output, attributes in case["nodes"]]
    parameters = {**parameters, **case["parameters"]}
    seeds = {name: 1 + i for i, name in enumerate(parameters)}
    leaves = {name: array_of(spec, seeds[name]).double() for name, spec in parameters.items()}
    images = drawn((2, *IMAGE))
    features = case["features"](torch.relu(stem(array_of(images, 100).double(), leaves)))
    weight, bias = case["weight"](leaves), case["bias"](leaves)
    logits = features @ weight.T + bias
    return {
        "title": case["title"], "images": {**images, "seed": 100},
        "nodes": [{**n, "attributes": {key: typed(value) for key, value in n["attributes"].items()}} for n in nodes],
        "initializers": {
            **{name: spec if "values" in spec else {**spec, "seed": seeds[name]} for name, spec in parameters.items()},
            **case["constants"],
        },
        "features": rounded(features), "weight": rounded(weight), "bias": rounded(bias), "logits": rounded(logits),
    }


def rounded(values):
    return [[float(f"{v:.9g}") for v in row] if isinstance(row, list) else float(f"{row:.9g}") for row in values.tolist()]


if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = ",\n".join(json.dumps(write_case(case), ensure_ascii=False) for case in CASES)
    with open(FILE, "w") as file:
        file.write(f"[\n{lines}\n]\n")
    print(f"{len(CASES)} heads")

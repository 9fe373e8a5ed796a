#!/usr/bin/env python3
"""Makes test/golden/operations/RULE.json: small graphs around one operation, with gradients by PyTorch float64.

    /usr/bin/python3 scripts/golden/operations.py [RULE...]

Each case says twice what it computes: as the nodes of an ONNX graph, and as plain PyTorch. See README.md beside this
file.
"""
import json
import math
import os
import sys

import onnx
import torch
from onnx import TensorProto, helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from operation_cases import (assignments, attention, batches, constants, convolution, counts, elementwise, extrema, functions, layout, linear,
                             normalization, parts, places, pooling, reduction, resizing, rows, scans, volumes, weights, windows)
from operation_cases.tensors import array_of, drawn, given

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden", "operations")
MODULES = (assignments, attention, batches, constants, convolution, counts, elementwise, extrema, functions, layout, linear, normalization, parts, places,
           pooling, reduction, resizing, rows, scans, volumes, weights, windows)
IMAGES = 3
CLASSES = 4


def with_stem(case):
    """(nodes, parameters, what the stem computes): what stands before the case's own nodes, as tensor `x`."""
    channels, height, width = case["image"]
    stem = case["stem"]
    if stem is None:
        return [], {}, lambda image, p: image
    if stem == "half":
        # Half the image: exact ties and zeros stay what they are.
        weight = [0.5 if o == i else 0.0 for o in range(channels) for i in range(channels)]
        parameters = {"stem.weight": given((channels, channels, 1, 1), weight)}
        nodes = [node("Conv", ["image", "stem.weight"], "x")]
        return nodes, parameters, lambda image, p: mixed(image, p["stem.weight"])
    parameters = {
        "stem.weight": drawn((stem, channels, 1, 1)),
        # One element for each place: its norm is that of the whole gradient that arrives.
        "stem.shift": drawn((stem, height, width)),
    }
    nodes = [node("Conv", ["image", "stem.weight"], "stem"), node("Add", ["stem", "stem.shift"], "x")]
    return nodes, parameters, lambda image, p: mixed(image, p["stem.weight"]) + p["stem.shift"]


def mixed(image, weight):
    """A 1x1 convolution."""
    return torch.einsum("oi,nihw->nohw", weight[:, :, 0, 0], image)


def node(kind, inputs, output, **attributes):
    return {"type": kind, "inputs": inputs, "outputs": [output], "attributes": attributes}


def typed(value):
    """An attribute with its kind."""
    kind = {int: "int", float: "float", str: "string"}.get(type(value))
    if kind:
        return {kind: value}
    return {"floats" if all(isinstance(each, float) for each in value) else "ints": list(value)}


def write_case(case):
    stem_nodes, stem_parameters, stem = with_stem(case)
    parameters = {**stem_parameters, **case["parameters"]}
    nodes = stem_nodes + [
        {"type": kind, "inputs": inputs, "outputs": outputs if isinstance(outputs, list) else [outputs],
         "attributes": attributes}
        for kind, inputs, outputs, attributes in case["nodes"]
    ]
    images = case["images"] or drawn((IMAGES, *case["image"]))
    image = array_of(images, 100).double()
    seeds = {name: 1 + i for i, name in enumerate([*parameters, "head.weight"])}
    leaves = {name: array_of(spec, seeds[name]).double().requires_grad_() for name, spec in parameters.items()}
    features = case["reference"](stem(image[:1], leaves), leaves).flatten(1).shape[1]
    if case["head"]:
        parameters["head.weight"] = drawn((CLASSES, features), 0.25)
        leaves["head.weight"] = array_of(parameters["head.weight"], seeds["head.weight"]).double().requires_grad_()
        nodes.append(node("Flatten", ["y"], "features", axis=1))
        # Before operator set 11 a Gemm has always something to add.
        older = ["zeros"] if case["opset"] < 11 else []
        constants = {**case["constants"], **({"zeros": given((CLASSES,), [0] * CLASSES)} if older else {})}
        case = {**case, "constants": constants}
        nodes.append(node("Gemm", ["features", "head.weight", *older], "logits", transB=1))

    logits, directions, norms = [], [], {name: {"logNorm": [], "logSG": []} for name in leaves}
    for one in image:
        one = one[None].requires_grad_()
        out = case["reference"](stem(one, leaves), leaves).flatten(1)
        h = (out @ leaves["head.weight"].T if case["head"] else out)[0]
        logits.append([float(f"{value:.9g}") for value in h.detach().tolist()])
        predicted = int(h.argmax())
        gaps = torch.cat([h[:predicted], h[predicted + 1:]]) - h[predicted]
        targets = [one, *leaves.values()]
        for key, loss in (("logNorm", torch.logsumexp(gaps, 0)), ("logSG", torch.log1p(gaps.exp().sum()))):
            gradients = torch.autograd.grad(loss, targets, retain_graph=True, allow_unused=True)
            for name, gradient in zip(leaves, gradients[1:]):
                square = 0 if gradient is None else float((gradient * gradient).sum())
                norms[name][key].append(round(math.log(square), 7) if square > 0 else None)
        directions.append(signs(gradients[0]))
    check(case, nodes, parameters, image.shape)
    return {
        "title": case["title"], "opset": case["opset"], "batch": case["batch"],
        "runs": case["runs"], **({"producer": case["producer"]} if case["producer"] else {}), "images": {**images, "seed": 100} if "values" not in images else images,
        "nodes": [{**n, "attributes": {key: typed(value) for key, value in n["attributes"].items()}} for n in nodes],
        "initializers": {
            **{name: spec if "values" in spec else {**spec, "seed": seeds[name]} for name, spec in parameters.items()},
            **case["constants"],
        },
        "logits": logits, "directions": directions, "norms": norms,
    }


def signs(gradient):
    """One letter for each pixel; ? where the gradient is too small for its sign to be known in float32."""
    limit = 1e-6 * float(gradient.abs().max())
    return "".join("0" if g == 0 else "?" if abs(g) <= limit else "+" if g > 0 else "-"
                   for g in gradient.flatten().tolist())


def check(case, nodes, parameters, shape):
    """The graph is one that the ONNX checker accepts."""
    initializers = [helper.make_tensor(name, TensorProto.FLOAT, spec["dims"], array_of(spec, 1).flatten().tolist())
                    for name, spec in parameters.items()]
    kinds = {"values": TensorProto.FLOAT, "integers": TensorProto.INT64, "booleans": TensorProto.BOOL}
    for name, spec in case["constants"].items():
        (key,) = set(spec) & set(kinds)
        initializers.append(helper.make_tensor(name, kinds[key], spec["dims"], spec[key]))
    graph = helper.make_graph(
        [helper.make_node(n["type"], n["inputs"], n["outputs"], f"node{i}", **n["attributes"])
         for i, n in enumerate(nodes)],
        case["title"],
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [case["batch"] or "N", *shape[1:]])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", "K"])],
        initializers,
    )
    # ONNX 1.12 knows operation sets up to 17.
    if case["opset"] <= 17:
        onnx.checker.check_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", case["opset"])]))


def main(wanted):
    torch.set_num_threads(1)
    os.makedirs(FOLDER, exist_ok=True)
    for rule, cases in ((rule, cases) for module in MODULES for rule, cases in module.rules.items()):
        if wanted and rule not in wanted:
            continue
        lines = ",\n".join(json.dumps(write_case(case), ensure_ascii=False) for case in cases)
        with open(os.path.join(FOLDER, f"{rule}.json"), "w") as file:
            file.write(f"[\n{lines}\n]\n")
        print(f"{rule}: {len(cases)} cases")


if __name__ == "__main__":
    main(sys.argv[1:])

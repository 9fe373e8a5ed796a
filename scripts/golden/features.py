#!/usr/bin/env python3
"""Makes test/golden/features.json: what the last layer of each golden network reads, in PyTorch float64.

    /usr/bin/python3 scripts/golden/features.py

The images are those of NETWORK.json. All these networks end in a Gemm, or in one that a Softmax follows; its input is
what torch.nn.Linear got.
"""
import json
import os
import sys

import onnx
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from images import images
from interpreter import Network

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden")
NETWORKS = ("residual", "bottleneck-folded", "wide", "perceptron", "softmax", "tied", "modern", "transformer", "attention",
            "attention-folded", "windows", "windows-v2")


def features_of(name):
    model = onnx.load(os.path.join(FOLDER, f"{name}.onnx"))
    with open(os.path.join(FOLDER, f"{name}.json")) as file:
        golden = json.load(file)
    network = Network(model)
    last = [node for node in model.graph.node if node.op_type == "Gemm"][-1]
    network.logits_name = last.input[0]
    rows = []
    with torch.no_grad():
        for one in images(golden["seeds"], golden["shape"]):
            rows.append([float(f"{value:.9g}") for value in network(torch.from_numpy(one)[None].double()).flatten().tolist()])
    return rows


if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = ",\n".join(f'"{name}": {json.dumps(features_of(name))}' for name in NETWORKS)
    with open(os.path.join(FOLDER, "features.json"), "w") as file:
        file.write("{\n" + lines + "\n}\n")

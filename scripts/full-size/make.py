#!/usr/bin/env python3
"""Makes full-size networks and their scores in PyTorch float64, too large to be kept with the tests.

    /usr/bin/python3 scripts/full-size/make.py FOLDER [resnet18|resnet50|wrn28-10 ...]

Writes NETWORK.onnx (BatchNorm kept), NETWORK-folded.onnx, NETWORK.images (float32 [2, 3, H, W]) and for each ONNX
file a .json with the reference. scripts/full-size/check.ts compares.
"""
import json
import math
import os
import sys

import onnx
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from export import export
from images import images
from interpreter import Network
from networks import cells, randomise, steps_of
from reference import input_gradient, score


class WideResNet(nn.Module):
    """WRN-28-10 (Zagoruyko & Komodakis), for 32 x 32 images."""

    class Block(nn.Module):
        def __init__(self, inside, outside, stride):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(inside)
            self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outside)
            self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
            self.shortcut = None if inside == outside else nn.Conv2d(inside, outside, 1, stride, bias=False)

        def forward(self, x):
            y = F.relu(self.bn1(x))
            z = self.conv2(F.relu(self.bn2(self.conv1(y))))
            return z + (x if self.shortcut is None else self.shortcut(y))

    def __init__(self, depth=28, widen=10, classes=10):
        super().__init__()
        widths = [16, 16 * widen, 32 * widen, 64 * widen]
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        blocks = []
        for stage in (1, 2, 3):
            for number in range((depth - 4) // 6):
                inside = widths[stage - 1] if number == 0 else widths[stage]
                blocks.append(self.Block(inside, widths[stage], 2 if stage > 1 and number == 0 else 1))
        self.blocks = nn.Sequential(*blocks)
        self.bn = nn.BatchNorm2d(widths[3])
        self.fc = nn.Linear(widths[3], classes)

    def forward(self, x):
        x = F.relu(self.bn(self.blocks(self.conv1(x))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


NETWORKS = {
    "resnet18": (lambda: torchvision.models.resnet18(weights=None), (3, 224, 224)),
    "resnet50": (lambda: torchvision.models.resnet50(weights=None), (3, 224, 224)),
    "wrn28-10": (WideResNet, (3, 32, 32)),
}


def prepared(make, shape):
    """Random weights, BatchNorm statistics from a training-mode pass over noise-like images, a head N(0, 0.02).

    The last scale of each residual branch is small, as training makes it: without that the gradient of a random
    ResNet-50 is so jagged that ReLUs within float32 rounding of their kink decide about 2 % of it.
    """
    torch.manual_seed(5)
    module = make()
    randomise(module, 5)
    for m in module.modules():
        if isinstance(m, torchvision.models.resnet.BasicBlock):
            m.bn2.weight.data *= 0.25
        elif isinstance(m, torchvision.models.resnet.Bottleneck):
            m.bn3.weight.data *= 0.25
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.momentum = None
    with torch.no_grad():
        module.train()(torch.tensor(images(range(1000, 1016), shape)))
    head = [m for m in module.modules() if isinstance(m, nn.Linear)][-1]
    nn.init.normal_(head.weight, 0, 0.02)
    nn.init.normal_(head.bias, 0, 0.02)
    return module.eval()


def reference(model, xs, channels):
    """The rows of the reference, and what PyTorch loses when it computes in float32, as a yardstick."""
    network, single = Network(model), Network(model, dtype=torch.float32)
    rows = []
    for t, e in cells():
        steps = steps_of(e, channels)
        scores = [score(network, x, t, steps) for x in xs]
        by_role = {
            role: [
                s["scale_sg"] + math.log(sum(q for k, q in s["squares"].items() if network.roles[k] == role))
                for s in scores
            ]
            for role in dict.fromkeys(network.roles.values())
        }
        rows.append({
            "temperature": t,
            "epsilon": steps,
            "float32": {
                "flippedSigns": [flipped_signs(network, single, x, t) if e else 0 for x in xs],
                "logSG": [score(single, x.float(), t, steps)["log_sg"] - s["log_sg"] for x, s in zip(xs, scores)],
            },
            "predicted": [s["predicted"] for s in scores],
            "logOdds": [s["log_odds"] for s in scores],
            "logS": [s["log_s"] for s in scores],
            "logSG": [s["log_sg"] for s in scores],
            "logG": [s["log_g"] for s in scores],
            "logSGByRole": by_role,
        })
    return rows


def flipped_signs(network, single, x, temperature):
    double = input_gradient(network, x, temperature)
    return int((torch.sign(double) != torch.sign(input_gradient(single, x.float(), temperature)).double()).sum())


def main(folder, names):
    os.makedirs(folder, exist_ok=True)
    for name in names or NETWORKS:
        make, shape = NETWORKS[name]
        module = prepared(make, shape)
        pixels = images([1, 2], shape)
        pixels.tofile(os.path.join(folder, name + ".images"))
        xs = [torch.tensor(x)[None].double() for x in pixels]
        for kept in (True, False):
            file = name if kept else name + "-folded"
            model = export(module, shape, 13, kept)
            onnx.save(model, os.path.join(folder, file + ".onnx"))
            rows = reference(model, xs, shape[0])
            with open(os.path.join(folder, file + ".json"), "w") as out:
                json.dump({"images": name + ".images", "shape": shape, "cells": rows}, out, indent=1)
            first = rows[0]
            shares = {r: round(math.exp(v[0] - first["logSG"][0]), 4) for r, v in first["logSGByRole"].items()}
            flipped = [row["float32"]["flippedSigns"] for row in rows if any(row["epsilon"])]
            print(file, "shares", shares, "signs flipped by float32", flipped, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])

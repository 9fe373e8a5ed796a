#!/usr/bin/env python3
"""Makes test/golden/NETWORK.onnx and NETWORK.json: tiny classifiers and their scores in PyTorch float64.

    /usr/bin/python3 scripts/golden/networks.py [NAME...]

See README.md beside this file.
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
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import architectures
from export import (
    array_of, count_padding_in_average_pools, export, initializer, insert_dropout, rename, set_array, shorten,
    write_pads_as_constants,
)
from images import images
from interpreter import Network
from reference import score

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "golden")
STD = (0.229, 0.224, 0.225)
TEMPERATURES = (1, 10, 1000)
EPSILONS = (0, 0.002)
TOLERANCE = 5e-4
IMAGES = 5


def randomise(module, seed, gammas=None):
    """Random BatchNorm scales and shifts; `gammas` names scales that some channels of each BatchNorm get."""
    generator = torch.Generator().manual_seed(seed)
    for m in module.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
            # As the ONNX file keeps it.
            m.eps = float(numpy.float32(m.eps))
            m.weight.data.uniform_(0.5, 1.5, generator=generator)
            m.bias.data.normal_(0.1, 0.3, generator=generator)
            for channel, gamma in enumerate(gammas or ()):
                m.weight.data[channel] = gamma
                m.bias.data[channel] = 0.1 + 0.2 * channel
        elif isinstance(m, nn.Conv2d):
            fan = m.weight[0].numel()
            m.weight.data.normal_(0, math.sqrt(2 / fan), generator=generator)
            if m.bias is not None:
                m.bias.data.normal_(0, 0.1, generator=generator)


def calibrate(module, shape):
    """Running statistics from one pass in training mode over noise-like images."""
    for m in module.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.momentum = None
            m.reset_running_stats()
    module.train()
    with torch.no_grad():
        module(torch.tensor(images(range(1000, 1064), shape)))
    module.eval()


def role_shares(network, xs):
    """Share of the squared gradient norm that each role and each parameter has, mean over images at T = 1."""
    roles, parameters = {}, {}
    for x in xs:
        squares = score(network, x, 1, [0])["squares"]
        total = sum(squares.values())
        for name, square in squares.items():
            parameters[name] = parameters.get(name, 0) + square / total / len(xs)
            role = network.roles[name]
            roles[role] = roles.get(role, 0) + square / total / len(xs)
    return roles, parameters


def set_head(module, shape, seed, form=(13, True)):
    """A head N(0, s) with the s that lets the weakest kind of parameter have the largest share of the norm."""
    head = module.fc3 if hasattr(module, "fc3") else module.fc
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(head.weight.shape, generator=generator)
    bias = torch.randn(head.bias.shape, generator=generator)
    xs = double_images([990, 991, 992], shape)
    best = (0, None)
    for s in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8):
        head.weight.data, head.bias.data = weight * s, bias * min(s, 0.2)
        roles, _ = role_shares(Network(export(module, shape, *form)), xs)
        best = max(best, (min(roles.values()), s))
    head.weight.data, head.bias.data = weight * best[1], bias * 0
    # Centred, so that not all images fall into one class.
    network = Network(export(module, shape, *form))
    mean = torch.cat([network(x).detach() for x in double_images(range(1000, 1010), shape)]).mean(0)
    head.bias.data = (bias * 0.1 * best[1] - mean).float()


def double_images(seeds, shape):
    return [torch.tensor(x)[None].double() for x in images(seeds, shape)]


def steps_of(epsilon, channels):
    """The step of each channel in the network's input space, as float32 numbers."""
    return [float(numpy.float32(epsilon / STD[c])) for c in range(channels)]


def cells():
    return [(t, e) for e in EPSILONS for t in TEMPERATURES]


def jittered(model, seed, noise_level):
    """The model with relative noise on every parameter."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    noise = numpy.random.RandomState(seed)
    for tensor in copy.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype == numpy.float32:
            # Kept in float64, for so little noise is hardly representable in float32.
            changed = array.astype(numpy.float64) * (1 + noise_level * noise.standard_normal(array.shape))
            tensor.CopyFrom(numpy_helper.from_array(changed, tensor.name))
    return Network(copy)


def choose_images(model, shape, noise_level, limit=TOLERANCE / 5):
    """The first seeds whose scores hardly move when the weights do, so that no tie or near-zero gradient decides."""
    networks = [Network(model), jittered(model, 1, noise_level), jittered(model, 2, noise_level)]
    seeds, largest, seen = [], 0.0, 0
    while len(seeds) < IMAGES:
        seen += 1
        assert seen < 150, "hardly any image is well-conditioned"
        x = double_images([seen], shape)[0]
        moved = 0.0
        for t, e in cells():
            first, *others = [score(n, x, t, steps_of(e, shape[0])) for n in networks]
            for other in others:
                moved = max([moved, 9 if other["predicted"] != first["predicted"] else 0] + [
                    abs(other[key] - first[key]) for key in ("log_odds", "log_s", "log_sg", "log_g")
                ])
            if moved >= limit:
                break
        if moved < limit:
            seeds.append(seen)
            largest = max(largest, moved)
    return seeds, largest, seen


def rounded(x):
    return float(f"{x:.10g}")


def reference(name, model, shape, variants=(), confident=False, least=0.005):
    """Everything that test/golden/NAME.json holds."""
    # Much more noise than float32 arithmetic adds; but where one bias is 150, that much would move its logit by 1e-4.
    seeds, moved, seen = choose_images(model, shape, 2e-7 if confident else 1e-6)
    network = Network(model)
    xs = double_images(seeds, shape)
    roles, parameters = role_shares(network, xs)
    if not confident:
        assert min(roles.values()) > least, (name, roles)
    record = {
        "network": name,
        "opset": model.opset_import[0].version,
        "shape": list(shape),
        "seeds": seeds,
        "seedsTried": seen,
        "movedByNoise": float(f"{moved:.2g}"),
        "shares": {role: float(f"{share:.3g}") for role, share in roles.items()},
        "cells": [],
        "parameters": {key: {"role": network.roles[key], "logSG": []} for key in network.leaves},
    }
    for t, e in ((t, e) for t, e in cells() if not confident or t == 1):
        steps = steps_of(e, shape[0])
        scores = [score(network, x, t, steps) for x in xs]
        by_role = {}
        for role in roles:
            by_role[role] = [
                rounded(s["scale_sg"] + math.log(sum(q for k, q in s["squares"].items() if network.roles[k] == role)))
                for s in scores
            ]
        record["cells"].append({
            "temperature": t,
            "epsilon": steps,
            "nearZeroGradients": [s["near_zero"] for s in scores],
            "predicted": [s["predicted"] for s in scores],
            "logits": None if not e and t != 1 else [[float(f"{h:.8g}") for h in s["logits"]] for s in scores],
            "logOdds": [rounded(s["log_odds"]) for s in scores],
            "logS": [rounded(s["log_s"]) for s in scores],
            "logSG": [rounded(s["log_sg"]) for s in scores],
            "logG": [rounded(s["log_g"]) for s in scores],
            "logSGByRole": by_role,
        })
        if (t, e) == (1, 0):
            for key in network.leaves:
                record["parameters"][key]["logSG"] = [
                    # A channel-wise scale of exactly zero can leave a parameter without any gradient.
                    rounded(s["scale_sg"] + math.log(s["squares"][key])) if s["squares"][key] > 0 else None
                    for s in scores
                ]
    record["variants"] = [
        {
            "options": options,
            "logSG": [rounded(score(Network(model, **how), x, 1, [0])["log_sg"]) for x in xs],
        }
        for options, how in variants
    ]
    return record


def check_against_module(model, module, shape, same_parameters):
    """The interpreter's logits and gradients against the module's own, in float64."""
    network, double = Network(model), module.double()
    x = double_images([77], shape)[0]
    ours = network(x)
    theirs = double(x)
    if model.graph.node[-1].op_type == "Softmax":
        ours = F.softmax(ours, 1)
    assert (ours - theirs).abs().max() < 2e-6 * theirs.abs().max().clamp(min=1), (ours - theirs).abs().max()
    named = dict(double.named_parameters())
    if same_parameters:
        assert set(named) == set(network.leaves), set(named) ^ set(network.leaves)
        for leaf, parameter in ((network.leaves[n], named[n]) for n in named):
            a, = torch.autograd.grad(ours[0, 0], leaf, retain_graph=True)
            b, = torch.autograd.grad(theirs[0, 0], parameter, retain_graph=True)
            assert torch.allclose(a, b, rtol=1e-9, atol=1e-12)
    module.float()


def write(name, model, shape, module=None, same_parameters=True, **options):
    onnx.checker.check_model(model)
    if module is not None:
        same = same_parameters and not name.endswith("-folded") and name != "tied"
        check_against_module(model, module, shape, same)
    record = reference(name, model, shape, **options)
    onnx.save(model, os.path.join(FOLDER, name + ".onnx"))
    with open(os.path.join(FOLDER, name + ".json"), "w") as file:
        file.write(compact(record) + "\n")
    size = os.path.getsize(os.path.join(FOLDER, name + ".onnx"))
    near = max(max(c["nearZeroGradients"]) for c in record["cells"])
    print(
        f"{name:22} opset {record['opset']:2} {size / 1024:6.1f} kB  seeds {record['seeds']} of {record['seedsTried']}"
        f"  moved {record['movedByNoise']:.1e}  near-zero {near}  classes {record['cells'][0]['predicted']}"
        f"  shares {record['shares']}", flush=True,
    )


def compact(record):
    """JSON with one line for each innermost list, so that differences can be read."""
    lines = json.dumps(record, indent=1)
    out, depth = [], 0
    for line in lines.split("\n"):
        text = line.strip()
        if depth and out:
            out[-1] += (" " if out[-1][-1] not in "[" and text[0] != "]" else "") + text
        else:
            out.append(line)
        if text.endswith("["):
            depth += 1 if depth or not text.startswith(('"cells"', '"variants"')) else 0
        if text.startswith("]") and depth:
            depth -= 1
    return "\n".join(out)


def prepared(cls, shape, seed, gammas=None, adjust=None, form=(13, True), **arguments):
    torch.manual_seed(seed)
    module = cls(**arguments)
    randomise(module, seed, gammas)
    if adjust:
        adjust(module)
    calibrate(module, shape)
    set_head(module, shape, seed, form)
    return module.eval()


def residual():
    shape = (3, 24, 24)
    module = prepared(architectures.Residual, shape, 11)
    write("residual", export(module, shape, 13, True), shape, module)
    write("residual-folded", export(module, shape, 13, False), shape, module)


def bottleneck():
    shape = (3, 40, 40)
    module = prepared(architectures.Bottleneck, shape, 12)
    write("bottleneck", export(module, shape, 11, True), shape, module)
    # Exported for one image only, as torch.onnx.export does unless told otherwise.
    write("bottleneck-folded", export(module, shape, 12, False, free_batch=False), shape, module)


def wide():
    shape = (3, 16, 16)
    module = prepared(architectures.Wide, shape, 13)
    write("wide", export(module, shape, 16, True), shape, module)
    write("wide-folded", export(module, shape, 14, False), shape, module)


def grouped():
    shape = (3, 20, 28)
    module = prepared(architectures.Grouped, shape, 14)
    write("grouped", export(module, shape, 12, True), shape, module)
    write("grouped-folded", export(module, shape, 11, False), shape, module)


def small_gamma():
    shape = (3, 20, 20)

    def strengthen(module):
        """The smaller the scale before a normalised convolution, the larger its gradient."""
        module.bn2.weight.data *= 0.3
        module.bn2.bias.data *= 0.3

    module = prepared(architectures.SmallGamma, shape, 15, gammas=(0, 1e-8, -0.5, 1e-6), adjust=strengthen)
    write("small-gamma", export(module, shape, 14, True), shape, module)
    write("small-gamma-folded", export(module, shape, 13, False), shape, module)


def mixed():
    shape = (3, 25, 29)

    def weaken(module):
        """Smaller activations leave the biases behind them a larger share."""
        for m in (module.bn2, module.bn4):
            m.weight.data *= 0.4
            m.bias.data *= 0.4

    module = prepared(architectures.Mixed, shape, 16, adjust=weaken)
    model = export(module, shape, 13, True)
    count_padding_in_average_pools(model)
    write_pads_as_constants(model)
    insert_dropout(model, model.graph.node[-1].input[0], 13)
    write("mixed", model, shape, module)
    write("mixed-folded", export(module, shape, 15, False), shape, module)


def perceptron():
    shape = (1, 16, 16)

    def weaken(module):
        """Smaller activations leave the convolutions and biases a larger share."""
        for m in (module.bn1, module.bn2):
            m.weight.data *= 0.15
            m.bias.data *= 0.15
        module.weight.data *= 2
        module.conv2.weight.data *= 0.8
        module.conv2.bias.data *= 0.2

    module = prepared(architectures.Perceptron, shape, 17, adjust=weaken)
    model = export(module, shape, 11, True)
    insert_dropout(model, next(n for n in model.graph.node if n.op_type == "MatMul").output[0], 11)
    write("perceptron", model, shape, module)
    write("perceptron-folded", export(module, shape, 16, False), shape, module)


def ending():
    shape = (3, 18, 18)
    module = prepared(architectures.Ending, shape, 18)
    write("softmax", export(module, shape, 11, True), shape, module)
    write("softmax-folded", export(module, shape, 13, False), shape, module)


def tied():
    """A convolution that runs twice and one initialiser in the slots of two BatchNorms."""
    shape = (3, 16, 16)

    def copy(module):
        module.bn3.load_state_dict(module.bn2.state_dict())

    module = prepared(architectures.Shared, shape, 19, adjust=copy)
    model = export(module, shape, 14, True)
    identities = [n for n in model.graph.node if n.op_type == "Identity"]
    assert sorted(n.output[0] for n in identities) == ["bn3.bias", "bn3.weight"], identities
    # As PyTorch wrote it: the BatchNorms' equal numbers are copies through Identity, so parameters of their own.
    copies = [{"tie": ["bn2.*", "bn3.*"]}, {"tie": True}]
    write("copies", model, shape, module, variants=[copies])
    for node in identities:
        slot = next(n for n in model.graph.node if node.output[0] in n.input and n.op_type != "Identity")
        rename(model, slot.output[0], list(slot.input).index(node.output[0]), node.input[0])
        model.graph.node.remove(node)
    write("tied", model, shape, module, variants=[[{"untie": ["*"]}, {"untie": True}]])
    write("tied-folded", export(module, shape, 13, False), shape, module)


def statistic():
    """One initialiser is both the scale of bn1 and the running variance of bn2; the latter is no parameter."""
    shape = (3, 16, 16)
    module = prepared(architectures.Residual, shape, 20, classes=5, widths=(4, 4, 6))
    model = export(module, shape, 15, True)
    scale = array_of(model, "layer1.bn1.running_var")
    set_array(model, "bn1.weight", scale)
    rename(model, next(n.output[0] for n in model.graph.node if "layer1.bn1.running_var" in n.input), 4, "bn1.weight")
    model.graph.initializer.remove(initializer(model, "layer1.bn1.running_var"))
    write("statistic", model, shape)


def confident():
    """The bias of one class puts its logit about 40, 110 and 150 above all others."""
    shape = (3, 16, 16)
    for gap in (40, 110, 150):
        module = prepared(architectures.Residual, shape, 21, classes=6, widths=(4, 4, 6))
        with torch.no_grad():
            logits = module(torch.tensor(images(range(1, 20), shape)))
            others = torch.cat([logits[:, :2], logits[:, 3:]], 1).max(1).values
            module.fc.bias[2] += gap - (logits[:, 2] - others).mean()
        write(f"confident-{gap}", export(module, shape, 13, True), shape, module, confident=True)


def modern():
    """LayerNorm as an operation of its own, and, before operator set 17, as what it is made of."""
    shape, form = (3, 16, 16), (17, False)

    def weaken(module):
        """Smaller activations leave the biases a larger share."""
        for m in module.modules():
            if isinstance(m, (nn.Linear, nn.LayerNorm)):
                m.weight.data *= 0.7

    module = prepared(architectures.Modern, shape, 22, adjust=weaken, form=form)
    # Weights of linear layers are in the file transposed.
    write("modern", export(module, shape, *form), shape, module, same_parameters=False)
    write("modern-folded", export(module, shape, 13, False), shape, module)


def transformer():
    shape, form = (3, 16, 16), (17, False)

    def strengthen(module):
        """Attention that is not even, tokens and positions that differ."""
        generator = torch.Generator().manual_seed(5)
        for m in module.modules():
            if isinstance(m, architectures.Transformer.Block):
                m.qkv.weight.data *= 2
        for parameter in (module.token, module.positions):
            parameter.data.normal_(0, 0.5, generator=generator)

    module = prepared(architectures.Transformer, shape, 23, adjust=strengthen, form=form)
    write("transformer", export(module, shape, *form), shape, module, same_parameters=False)
    write("transformer-folded", export(module, shape, 14, False), shape, module)


def attention():
    shape, form = (3, 16, 16), (17, False)

    def strengthen(module):
        """Attention that is not even, tokens and positions that differ."""
        generator = torch.Generator().manual_seed(6)
        module.attention.in_proj_weight.data *= 2
        module.attention.in_proj_bias.data.normal_(0, 0.3, generator=generator)
        for parameter in (module.token, module.positions):
            parameter.data.normal_(0, 0.5, generator=generator)

    module = prepared(architectures.Attention, shape, 24, adjust=strengthen, form=form)
    write("attention", export(module, shape, *form), shape, module, same_parameters=False)
    write("attention-folded", export(module, shape, 14, False, free_batch=False), shape, module)


def windows(name="windows", shape=(3, 14, 14), second=False):
    """Sizes that windows don't divide, so that there is padding; masks are computed in the graph."""
    form = (17, False)

    def strengthen(module):
        """Attention that is far from even, and little else: the tables of positions are small."""
        generator = torch.Generator().manual_seed(7)
        for m in module.modules():
            if isinstance(m, nn.Linear):
                m.weight.data.normal_(0, 1 / math.sqrt(m.weight.shape[1]), generator=generator)
                if m.bias is not None:
                    m.bias.data.normal_(0, 0.2, generator=generator)
        for block in module.net.features.modules():
            if hasattr(block, "mlp") and hasattr(block, "attn"):
                block.mlp[0].weight.data *= 0.3
                block.attn.proj.weight.data *= 3
                block.attn.qkv.weight.data[-block.attn.proj.weight.shape[0]:] *= 3

    module = prepared(architectures.Windows, shape, 25, adjust=strengthen, form=form, second=second)
    # Through a softmax little comes back to a table; each kind's norm is held alone too.
    model = shorten(export(module, shape, *form, fold=False))
    write(name, model, shape, module, same_parameters=False, least=5e-4)


def windows_v2():
    """Without padding: a key of zeros, normalised, has a derivative that half precision can't hold."""
    windows("windows-v2", (3, 12, 12), second=True)


MAKERS = [residual, bottleneck, wide, grouped, small_gamma, mixed, perceptron, ending, tied, statistic, confident, modern,
          transformer, attention, windows, windows_v2]

if __name__ == "__main__":
    torch.set_num_threads(1)
    os.makedirs(FOLDER, exist_ok=True)
    for make in MAKERS:
        if len(sys.argv) == 1 or make.__name__ in sys.argv[1:]:
            make()

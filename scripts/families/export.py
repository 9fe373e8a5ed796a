#!/usr/bin/env python3
"""Exports a member of every torchvision family in many variants, with scores by PyTorch in float64 and float32.

    /usr/bin/python3 scripts/families/export.py FOLDER [FAMILY...]

FOLDER/FAMILY/VARIANT.onnx are the files, FOLDER/FAMILY.json the images, the scores of the module and which files there
are. `node dist/scripts/families/compare.js FOLDER` makes docs/model-families.md of it.
"""
import os
import sys
import time
import warnings

import onnx
import torch
import torchvision
from torch import nn
from torchvision import models
from torchvision.models.maxvit import MaxVit
from torchvision.models.swin_transformer import (
    PatchMergingV2, SwinTransformer, SwinTransformerBlockV2,
)
from torchvision.models.vision_transformer import VisionTransformer

from scoring import CELLS, CLASSES, IMAGES, both_ways, describe, noise, score
from export import export
from stored import StoredNetwork


def narrow(module, features):
    """Fully connected layers of 64 instead of 4096 features: theirs would take gigabytes in float64."""
    module.classifier = nn.Sequential(nn.Linear(features, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(),
                                      nn.Linear(64, CLASSES))
    return module


FAMILIES = {
    # Adaptive pools of 6 and 7 export at sizes that these divide.
    "AlexNet": (lambda: narrow(models.alexnet(), 256 * 36), 223),
    "VGG": (lambda: narrow(models.vgg11(), 512 * 49), 224),
    "VGG with BatchNorm": (lambda: narrow(models.vgg11_bn(), 512 * 49), 224),
    "ResNet": (lambda: models.resnet18(num_classes=CLASSES), 96),
    "ResNet, bottleneck": (lambda: models.resnet50(num_classes=CLASSES), 96),
    "ResNeXt": (lambda: models.resnext50_32x4d(num_classes=CLASSES), 96),
    "Wide ResNet": (lambda: models.wide_resnet50_2(num_classes=CLASSES), 64),
    "DenseNet": (lambda: models.densenet121(num_classes=CLASSES), 96),
    "GoogLeNet": (lambda: models.googlenet(num_classes=CLASSES, aux_logits=False, init_weights=False), 96),
    "GoogLeNet, transform_input": (
        lambda: models.googlenet(num_classes=CLASSES, aux_logits=False, init_weights=False, transform_input=True), 96),
    "Inception v3": (
        lambda: models.inception_v3(num_classes=CLASSES, aux_logits=False, init_weights=False), 107),
    "Inception v3, transform_input": (
        lambda: models.inception_v3(num_classes=CLASSES, aux_logits=False, init_weights=False, transform_input=True), 107),
    "MobileNet v2": (lambda: models.mobilenet_v2(num_classes=CLASSES), 96),
    "MobileNet v3": (lambda: models.mobilenet_v3_small(num_classes=CLASSES), 96),
    "MNASNet": (lambda: models.mnasnet0_5(num_classes=CLASSES), 96),
    "ShuffleNet v2": (lambda: models.shufflenet_v2_x0_5(num_classes=CLASSES), 96),
    "SqueezeNet": (lambda: models.squeezenet1_0(num_classes=CLASSES), 96),
    "EfficientNet": (lambda: models.efficientnet_b0(num_classes=CLASSES), 96),
    "EfficientNet v2": (lambda: models.efficientnet_v2_s(num_classes=CLASSES), 64),
    "RegNet x": (lambda: models.regnet_x_400mf(num_classes=CLASSES), 96),
    "RegNet y": (lambda: models.regnet_y_400mf(num_classes=CLASSES), 96),
    "ConvNeXt": (lambda: models.convnext_tiny(num_classes=CLASSES), 64),
    "ViT": (lambda: VisionTransformer(64, 16, 3, 4, 96, 192, num_classes=CLASSES), 64),
    "Swin": (lambda: SwinTransformer([4, 4], 24, [2, 2], [3, 6], [4, 4], num_classes=CLASSES), 56),
    "Swin v2": (lambda: SwinTransformer([4, 4], 24, [2, 2], [3, 6], [4, 4], num_classes=CLASSES,
                                        block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2), 64),
    "MaxViT": (lambda: MaxVit((64, 64), 16, 2, [16, 32], [1, 1], 8, 0.0, num_classes=CLASSES), 64),
}

# opset, BatchNorm kept, constants folded, free batch
VARIANTS = {
    "opset 11, kept, free": (11, True, False, True),
    "opset 13, kept, free": (13, True, False, True),
    "opset 17, kept, free": (17, True, False, True),
    "opset 17, kept, one image": (17, True, False, False),
    "opset 13, folded, free": (13, False, True, True),
    "opset 17, folded, free": (17, False, True, True),
    "opset 17, folded, one image": (17, False, True, False),
}


def prepared(make, size):
    """Random weights that let every part matter: BatchNorm calibrated by a pass over noise, a head of its own."""
    torch.manual_seed(1)
    module = make()
    generator = torch.Generator().manual_seed(2)
    last = None
    for m in module.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            last = m
        if isinstance(m, (nn.Dropout, nn.Dropout2d)):
            m.p = 0.0
        if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm)):
            m.weight.data.uniform_(0.5, 1.5, generator=generator)
            m.bias.data.normal_(0, 0.2, generator=generator)
        if isinstance(m, nn.BatchNorm2d):
            m.momentum = None
            m.reset_running_stats()
    for scale in last_scales(module):
        # Training makes residual branches small; undamped, a random network turns rounding into noise.
        scale.data *= 0.25
    for name, parameter in module.named_parameters():
        # Layer scales of 1e-6, class tokens and tables of zeros would hide what they belong to.
        if "layer_scale" in name or "token" in name or "bias_table" in name:
            parameter.data.normal_(0.3, 0.3, generator=generator)
    last.weight.data.normal_(0, 0.1, generator=generator)
    module.train()
    with torch.no_grad():
        module(torch.randn(8, 3, size, size, generator=generator))
    return module.eval()


def last_scales(module):
    """Of each residual block, what its last normalisation scales by."""
    for m in module.modules():
        kind = type(m).__name__
        if kind == "BasicBlock":
            yield m.bn2.weight
        elif kind == "Bottleneck":
            yield m.bn3.weight
        elif kind == "ResBottleneckBlock":
            yield m.f.c[1].weight
        elif kind in ("InvertedResidual", "_InvertedResidual", "MBConv", "FusedMBConv"):
            norms = [n for n in m.modules() if isinstance(n, nn.BatchNorm2d)]
            added = getattr(m, "use_res_connect", getattr(m, "apply_residual", False))
            if added:
                yield norms[-1].weight


def write(folder, family):
    make, size = FAMILIES[family]
    started = time.time()
    module = prepared(make, size)
    files, refused = {}, {}
    os.makedirs(os.path.join(folder, family), exist_ok=True)
    for variant, (opset, kept, fold, free) in VARIANTS.items():
        try:
            model = export(module, (3, size, size), opset, kept, free_batch=free, fold=fold)
        except Exception as error:
            refused[variant] = str(error).strip().split("\n")[0][:200]
            continue
        file = f"{variant.replace(',', '').replace(' ', '-')}.onnx"
        with open(os.path.join(folder, family, file), "wb") as out:
            out.write(model.SerializeToString())
        files[variant] = {"file": f"{family}/{file}", "nodes": len(model.graph.node)}
    images = noise(size)
    double = make()
    double.load_state_dict(module.state_dict())
    rows = both_ways(module, double, images)
    for variant, about in files.items():
        # Folded normalisations and tables are other parameters: the norms are those of what the file stores.
        if VARIANTS[variant][2]:
            network = StoredNetwork(onnx.load(os.path.join(folder, about["file"])), dict(module.named_buffers()))
            about["stored"] = [
                {name: value for name, value in score(network, images[i:i + 1].double(), t, e).items()
                 if name in ("logSG", "logG")}
                for t, e in CELLS for i in range(IMAGES)
            ]
            about["storedParameters"] = sum(leaf.numel() for leaf in network.leaves.values())
    describe(folder, family, module, images, rows, {"torchvision": torchvision.__version__}, files, refused)
    print(f"{family}: {len(files)} files, {time.time() - started:.0f} s, "
          f"before the head {rows[0]['double']['beforeHead']:.3f}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    target, *wanted = sys.argv[1:]
    for family in FAMILIES:
        if not wanted or family in wanted:
            write(target, family)

#!/usr/bin/env python3
"""Exports torchvision's families, with what their last layer reads and gives in PyTorch float64.

    /usr/bin/python3 scripts/heads/make.py FOLDER [NAME...]

For each family FOLDER gets NAME-kept.onnx and NAME-folded.onnx (BatchNorm kept and folded) and NAME.json: two images, the
input of the last torch.nn.Linear (null where the network ends otherwise) and the logits. Weights are random, statistics
those of a few passes over noise; networks are as large as their code makes them, but for ViT and the hidden layers of VGG
and AlexNet. One process a family: some take gigabytes.
"""
import json
import os
import subprocess
import sys

import torch
import torchvision
from torch import nn

CLASSES = 10
MODELS = torchvision.models


def small_hidden_layers(module, features):
    module.classifier = nn.Sequential(nn.Linear(features, 64), nn.ReLU(True), nn.Dropout(), nn.Linear(64, 32),
                                      nn.ReLU(True), nn.Linear(32, CLASSES))
    return module


def named(name, **options):
    return lambda: getattr(MODELS, name)(weights=None, num_classes=CLASSES, **options)


# Name: height and width of images, and what makes the network.
FAMILIES = {
    "alexnet": (224, lambda: small_hidden_layers(named("alexnet")(), 9216)),
    "convnext_tiny": (32, named("convnext_tiny")),
    "densenet121": (32, named("densenet121")),
    "efficientnet_b0": (32, named("efficientnet_b0")),
    "googlenet": (64, named("googlenet", aux_logits=False, init_weights=False)),
    "inception_v3": (299, named("inception_v3", aux_logits=False, init_weights=False)),
    "mnasnet0_5": (32, named("mnasnet0_5")),
    "mobilenet_v2": (32, named("mobilenet_v2")),
    "mobilenet_v3_small": (32, named("mobilenet_v3_small")),
    "regnet_y_400mf": (32, named("regnet_y_400mf")),
    "resnet18": (32, named("resnet18")),
    "shufflenet_v2_x0_5": (32, named("shufflenet_v2_x0_5")),
    "squeezenet1_0": (64, named("squeezenet1_0")),
    "swin_t": (56, named("swin_t")),
    "vgg11": (224, lambda: small_hidden_layers(named("vgg11")(), 25088)),
    "vit": (64, lambda: MODELS.VisionTransformer(64, 16, 3, 4, 64, 128, num_classes=CLASSES)),
}


def write(folder, name):
    torch.manual_seed(0)
    size, make = FAMILIES[name]
    module = make()
    layers = [one for one in module.modules() if isinstance(one, nn.Linear) and one.out_features == CLASSES]
    with torch.no_grad():
        for layer in layers:
            layer.weight.normal_(0, 0.1)
            layer.bias.normal_(0, 0.1)
        for _ in range(3 if any(isinstance(one, nn.BatchNorm2d) for one in module.modules()) else 0):
            module(torch.rand(4, 3, size, size))
    module.eval()
    images = torch.rand(2, 3, size, size)
    kept = dict(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    for form, options in (("kept", kept), ("folded", {})):
        torch.onnx.export(module, images[:1], os.path.join(folder, f"{name}-{form}.onnx"), opset_version=17,
                          input_names=["image"], output_names=["logits"],
                          dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}}, **options)
    read = []
    for layer in layers[-1:]:
        layer.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].flatten(1).tolist()))
    with torch.no_grad():
        logits = module.double()(images.double()).tolist()
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(dict(shape=images.shape, images=images.flatten().tolist(), features=read[0] if read else None,
                       logits=logits), file)


if __name__ == "__main__":
    folder, *wanted = sys.argv[1:]
    if len(wanted) == 1:
        write(folder, wanted[0])
    else:
        os.makedirs(folder, exist_ok=True)
        for name in wanted or FAMILIES:
            subprocess.run([sys.executable, __file__, folder, name], check=True)
            print(name, flush=True)

"""The networks that are timed: those of scripts/full-size, further ones, and a tiny one of the same blocks for checks."""
import os
import sys

import torch
import torchvision
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "full-size"))
from make import NETWORKS, prepared

# Networks that are scored image by image alone: hooks and vmap know convolutions and linear layers of one position.
FURTHER = {
    "efficientnet-b0": (lambda: torchvision.models.efficientnet_b0(weights=None), (3, 224, 224)),
    "convnext-t": (lambda: torchvision.models.convnext_tiny(weights=None), (3, 224, 224)),
    "vit-b-16": (lambda: torchvision.models.vit_b_16(weights=None), (3, 224, 224)),
    "swin-t": (lambda: torchvision.models.swin_t(weights=None), (3, 224, 224)),
}


def network(name):
    """A network in evaluation mode on the CPU, float32, and the shape [C, H, W] of its images."""
    known = {**NETWORKS, **FURTHER}
    if name not in known:
        raise ValueError(f"no network {name!r}; there are {', '.join(known)}")
    make, shape = known[name]
    return prepared(make, shape), shape


def wave_images(count, shape):
    """Images [count, C, H, W] that differ, float32 on the CPU."""
    channels, height, width = shape
    return torch.sin(torch.arange(count * channels * height * width) * 0.37).reshape(count, *shape)


def tiny_network():
    """Every kind of layer of a ResNet, a grouped convolution and biases: float64, and the shape of its images."""
    from torchvision.models.resnet import BasicBlock, Bottleneck

    def shortcut(inside, outside):
        return nn.Sequential(nn.Conv2d(inside, outside, 1, 2, bias=False), nn.BatchNorm2d(outside))

    class Tiny(nn.Sequential):
        def __init__(self):
            super().__init__(
                nn.Conv2d(3, 8, 7, 2, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
                BasicBlock(8, 8),
                # 16 channels in four groups between its 1 x 1 convolutions.
                Bottleneck(8, 8, 2, shortcut(8, 32), groups=4, base_width=32),
                BasicBlock(32, 48, 2, shortcut(32, 48)),
                nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            )
            self.fc = nn.Linear(48, 10)

    shape = (3, 44, 44)
    return prepared(Tiny, shape).double(), shape

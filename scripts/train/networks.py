"""The networks that are trained, built from what their checkpoints say."""
import difflib

from torch import nn
from torch.nn import functional


class PreActivationBlock(nn.Module):
    """BatchNorm, ReLU and convolution, twice, beside the input; dropout, if any, between the convolutions."""

    def __init__(self, features, width, stride, dropout):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(features)
        self.conv1 = nn.Conv2d(features, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        same = stride == 1 and features == width
        self.shortcut = None if same else nn.Conv2d(features, width, 1, stride, bias=False)

    def forward(self, x):
        active = functional.relu(self.bn1(x))
        # Where shapes change, the shortcut starts behind the activation.
        beside = x if self.shortcut is None else self.shortcut(active)
        inside = self.conv1(active)
        return beside + self.conv2(self.dropout(functional.relu(self.bn2(inside))))


class WideResNet(nn.Module):
    """Wide residual network for images of 32 pixels (Zagoruyko and Komodakis, 2016): WRN-depth-width."""

    def __init__(self, depth, width, classes, dropout=0.0):
        super().__init__()
        if depth < 10 or (depth - 4) % 6 != 0:
            raise ValueError(f"depth {depth} is not 6 n + 4; expected 10, 16, 22, 28, 40, …")
        widths = [16 * width, 32 * width, 64 * width]
        self.conv = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        blocks, features = [], 16
        for group, wide in enumerate(widths):
            for number in range((depth - 4) // 6):
                stride = 2 if group > 0 and number == 0 else 1
                blocks.append(PreActivationBlock(features, wide, stride, dropout))
                features = wide
        self.blocks = nn.Sequential(*blocks)
        self.bn = nn.BatchNorm2d(features)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(features, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)

    def forward(self, x):
        x = functional.relu(self.bn(self.blocks(self.conv(x))))
        return self.linear(self.pool(x).flatten(1))


def build(description):
    """A network with fresh weights, of the random numbers that torch.manual_seed has begun.

    @param description as checkpoints hold it: `kind`, and what that kind needs
    """
    kind = description["kind"]
    if kind == "wide-resnet":
        return WideResNet(description["depth"], description["width"], description["classes"], description["dropout"])
    if kind == "torchvision":
        return torchvision_network(description)
    raise ValueError(f"{kind!r} is no kind of network that is trained here; expected wide-resnet or torchvision")


def torchvision_network(description):
    from torchvision import models
    from torchvision.models import get_model, list_models

    name = description["name"]
    known = list_models(module=models)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        raise ValueError(f"{name}: is none of torchvision's classifiers" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    as_goyal = description["as_goyal"]
    if as_goyal and not name.startswith(("resnet", "resnext", "wide_resnet")):
        raise ValueError(f"{name}: the recipe goyal begins residual networks in a way of its own; take --recipe torchvision")
    options = {"zero_init_residual": True} if as_goyal else {}
    module = get_model(name, weights=None, num_classes=description["classes"], **options)
    if as_goyal:
        nn.init.normal_(module.fc.weight, std=0.01)
        nn.init.zeros_(module.fc.bias)
    return module

"""Conv, MaxPool and AveragePool over three axes."""
import math

import torch
import torch.nn.functional as F

from .normalization import EPSILON
from .tensors import case, drawn, given, integers

# x is [N, 4, 8, 6]: a volume of 4 x 4 x 6 with two channels.
IMAGE = (3, 8, 6)
VOLUME = ("Reshape", ["x", "volume"], "v", {})
SIZES = {"volume": integers(-1, 2, 4, 4, 6)}


def volume(x):
    return x.reshape(1, 2, 4, 4, 6)


def conv(title, kernel, attributes, pads=(0, 0, 0, 0, 0, 0), stride=(1, 1, 1), dilation=(1, 1, 1), groups=1, **options):
    """`pads` as F.pad takes them, the last axis first."""
    return case(title, [VOLUME, ("Conv", ["v", "w", "b"], "y", attributes)],
                lambda x, p: F.conv3d(F.pad(volume(x), pads), p["w"], p["b"], stride, 0, dilation, groups),
                {"w": drawn(kernel), "b": drawn(kernel[:1])}, SIZES, image=IMAGE, **options)


def pool(kind, title, attributes, reference, **options):
    return case(title, [VOLUME, (kind, ["v"], "y", attributes)], lambda x, p: reference(volume(x)), {}, SIZES, image=IMAGE, **options)


def maximum(title, attributes, *arguments, **options):
    return pool("MaxPool", f"maxima, {title}", attributes, lambda x: F.max_pool3d(x, *arguments), **options)


def mean(title, attributes, *arguments, **options):
    return pool("AveragePool", f"means, {title}", attributes, lambda x: F.avg_pool3d(x, *arguments), **options)


# Few different values: windows full of ties.
LEVELS = given((3, 3, 8, 6), [((i * i * 7 + i // 5) % 3 - 1) * 0.5 for i in range(432)])
TIES = [("Concat", ["x", "x"], "d", dict(axis=1)), ("Slice", ["d", "from", "to", "along"], "s", {}),
        ("Reshape", ["s", "volume"], "v", {})]


def normalized(y, p):
    mean, variance = (torch.tensor(values, dtype=y.dtype) for values in ([0.25, -0.5, 0.125], [0.5, 2.0, 0.25]))
    return F.batch_norm(y, mean, variance, p["gamma"], p["beta"], False, 0, EPSILON)


rules = {
    "conv-volumes": [
        conv("a 3×3×3 kernel and padding", (3, 2, 3, 3, 3), dict(pads=[1, 1, 1, 1, 1, 1]), (1, 1, 1, 1, 1, 1)),
        conv("a 2×3×3 kernel", (3, 2, 2, 3, 3), {}),
        conv("a kernel that is 1 along the last axis, as lambda layers have it", (3, 2, 3, 3, 1), dict(pads=[1, 1, 0, 1, 1, 0]),
             (0, 0, 1, 1, 1, 1)),
        conv("a kernel that is 1 along the middle axis", (3, 2, 2, 1, 3), dict(pads=[0, 0, 1, 1, 0, 2]), (1, 2, 0, 0, 0, 1)),
        conv("a 1×1×1 kernel", (4, 2, 1, 1, 1), {}),
        conv("strides that differ and pads that differ on each side", (3, 2, 3, 2, 3),
             dict(strides=[1, 2, 3], pads=[1, 0, 2, 0, 1, 1]), (2, 1, 0, 1, 1, 0), (1, 2, 3)),
        conv("a stride and padding along the axis where kernels are 1", (3, 2, 1, 2, 2),
             dict(strides=[2, 1, 1], pads=[1, 0, 0, 0, 0, 0]), (0, 0, 0, 0, 1, 0), (2, 1, 1)),
        conv("dilation", (3, 2, 2, 2, 3), dict(dilations=[2, 3, 2]), dilation=(2, 3, 2)),
        conv("auto_pad SAME_UPPER and strides", (3, 2, 2, 3, 4), dict(auto_pad="SAME_UPPER", strides=[1, 2, 1]),
             (1, 2, 0, 1, 0, 1), (1, 2, 1)),
        conv("auto_pad SAME_LOWER", (3, 2, 2, 3, 4), dict(auto_pad="SAME_LOWER"), (2, 1, 1, 1, 1, 0)),
        conv("one image at a time", (3, 2, 2, 3, 1), dict(pads=[1, 1, 0, 0, 1, 0]), (0, 0, 1, 1, 1, 0), batch=1),
        conv("two groups", (4, 1, 2, 3, 3), dict(group=2, pads=[1, 1, 1, 0, 1, 1]), (1, 1, 1, 1, 1, 0), groups=2),
        case("a normalisation behind it and a rectifier",
             [VOLUME, ("Conv", ["v", "w"], "u", {}), ("BatchNormalization", ["u", "gamma", "beta", "mean", "variance"], "n", {}),
              ("Relu", ["n"], "y", {})],
             lambda x, p: torch.relu(normalized(F.conv3d(volume(x), p["w"]), p)),
             {"w": drawn((3, 2, 2, 2, 2)), "gamma": drawn((3,)), "beta": drawn((3,))},
             {**SIZES, "mean": given((3,), [0.25, -0.5, 0.125]), "variance": given((3,), [0.5, 2.0, 0.25])}, image=IMAGE),
        case("one weight twice", [VOLUME, ("Conv", ["v", "w"], "u", dict(pads=[1, 1, 1, 0, 0, 0])), ("Conv", ["u", "w"], "y", {})],
             lambda x, p: F.conv3d(F.conv3d(F.pad(volume(x), (1, 0, 1, 0, 1, 0)), p["w"]), p["w"]),
             {"w": drawn((2, 2, 2, 2, 2))}, SIZES, image=IMAGE),
    ],
    "pool-volumes": [
        maximum("overlapping windows and padding", dict(kernel_shape=[3, 3, 3], strides=[2, 2, 1], pads=[1, 1, 1, 1, 1, 1]),
                3, (2, 2, 1), 1),
        maximum("windows side by side", dict(kernel_shape=[2, 2, 3], strides=[2, 2, 3]), (2, 2, 3)),
        maximum("dilation and pads that differ by axis",
                dict(kernel_shape=[2, 2, 3], dilations=[3, 2, 2], pads=[1, 0, 1, 1, 0, 1]), (2, 2, 3), 1, (1, 0, 1), (3, 2, 2)),
        maximum("ceil_mode with windows over the edges", dict(kernel_shape=[3, 3, 3], strides=[2, 2, 2], ceil_mode=1), 3, 2, 0, 1, True),
        pool("MaxPool", "maxima, pads that differ on each side", dict(kernel_shape=[2, 3, 2], strides=[1, 2, 2], pads=[1, 2, 0, 0, 1, 1]),
             lambda x: F.max_pool3d(F.pad(x, (0, 1, 2, 1, 1, 0), value=-math.inf), (2, 3, 2), (1, 2, 2))),
        case("exact ties, of which the first counts",
             [*TIES, ("MaxPool", ["v"], "m", dict(kernel_shape=[3, 2, 3], strides=[1, 2, 1])), ("Mul", ["m", "m"], "y", {})],
             lambda x, p: F.max_pool3d(torch.cat([x, x], 1)[:, :4].reshape(1, 2, 4, 4, 6), (3, 2, 3), (1, 2, 1)) ** 2, {},
             {**SIZES, "from": integers(0), "to": integers(4), "along": integers(1)}, image=IMAGE, stem="half", images=LEVELS),
        mean("windows side by side", dict(kernel_shape=[2, 2, 2], strides=[2, 2, 2]), 2),
        mean("overlapping windows without their padding", dict(kernel_shape=[3, 3, 2], strides=[2, 1, 2], pads=[1, 1, 0, 1, 1, 0]),
             (3, 3, 2), (2, 1, 2), (1, 1, 0), False, False),
        mean("overlapping windows with their padding",
             dict(kernel_shape=[3, 3, 2], strides=[2, 1, 2], pads=[1, 1, 1, 1, 1, 1], count_include_pad=1), (3, 3, 2), (2, 1, 2), 1),
        mean("ceil_mode without padding", dict(kernel_shape=[3, 3, 3], strides=[2, 2, 2], ceil_mode=1), 3, 2, 0, True, runs=False),
        mean("ceil_mode and padding that counts",
             dict(kernel_shape=[3, 2, 3], strides=[2, 3, 2], pads=[1, 1, 1, 1, 1, 1], ceil_mode=1, count_include_pad=1),
             (3, 2, 3), (2, 3, 2), 1, True, runs=False),
        mean("ceil_mode and padding that does not count",
             dict(kernel_shape=[3, 2, 3], strides=[2, 3, 2], pads=[1, 1, 1, 1, 1, 1], ceil_mode=1), (3, 2, 3), (2, 3, 2), 1, True, False,
             runs=False),
        mean("one image at a time", dict(kernel_shape=[2, 2, 2]), 2, 1, batch=1),
        pool("GlobalAveragePool", "the mean of all places", {}, lambda x: x.mean((2, 3, 4), keepdim=True)),
        pool("GlobalMaxPool", "the largest of all places", {}, lambda x: x.amax((2, 3, 4), keepdim=True)),
    ],
}

"""Conv over three axes."""
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
}

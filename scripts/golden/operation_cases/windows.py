"""Convolutions over windows that an image is cut into, which are its own in a batch [N · windows, C, h, w]."""
import torch
import torch.nn.functional as F

from .normalization import EPSILON
from .tensors import case, drawn, given, integers

# x is [N, 4, 8, 6]: four windows of 4 x 3.
IMAGE = (3, 8, 6)
SIZES = {"cut": integers(-1, 4, 2, 4, 2, 3), "windows": integers(-1, 4, 4, 3)}
INSIDE = [("Reshape", ["x", "cut"], "c", {}), ("Transpose", ["c"], "t", dict(perm=[0, 2, 4, 1, 3, 5])),
          ("Reshape", ["t", "windows"], "m", {})]
AROUND = [("Reshape", ["x", "cut"], "c", {}), ("Transpose", ["c"], "t", dict(perm=[2, 4, 0, 1, 3, 5])),
          ("Reshape", ["t", "windows"], "m", {})]


def cut(x):
    """[1, 4, 8, 6] → [4, 4, 4, 3]."""
    return x.reshape(4, 2, 4, 2, 3).permute(1, 3, 0, 2, 4).reshape(4, 4, 4, 3)


def windows(title, nodes, given_shape, reference, parameters=None, constants=None, around=False, **options):
    """From m, the windows, to r, [4 N, *given_shape]; the reference takes and gives those of one image."""
    constants = {**SIZES, "back": integers(*((4, -1) if around else (-1, 4)), *given_shape), **(constants or {})}
    back = [("Reshape", ["r", "back"], "y", {})]
    if around:
        back = [("Reshape", ["r", "back"], "a", {}), ("Transpose", ["a"], "y", dict(perm=[1, 0, 2, 3, 4]))]
    return case(title, [*(AROUND if around else INSIDE), *nodes, *back], lambda x, p: reference(cut(x), p)[None], parameters,
                constants, image=IMAGE, **options)


def conv(title, kernel, attributes, given_shape, pads=(0, 0, 0, 0), stride=(1, 1), dilation=(1, 1), groups=1, **options):
    return windows(title, [("Conv", ["m", "w", "b"], "r", attributes)], given_shape,
                   lambda m, p: F.conv2d(F.pad(m, pads), p["w"], p["b"], stride, 0, dilation, groups),
                   {"w": drawn(kernel), "b": drawn(kernel[:1])}, **options)


MEAN, VARIANCE = [0.25, -0.5, 0.125], [0.5, 2.0, 0.25]
STATISTICS = {"mean": given((3,), MEAN), "variance": given((3,), VARIANCE)}


def normalized(x, p):
    mean, variance = (torch.tensor(values, dtype=x.dtype) for values in (MEAN, VARIANCE))
    return F.batch_norm(x, mean, variance, p["gamma"], p["beta"], False, 0, EPSILON)


rules = {
    "conv-over-windows": [
        conv("a 3×3 kernel and padding", (3, 4, 3, 3), dict(pads=[1, 1, 1, 1]), (3, 4, 3), (1, 1, 1, 1)),
        conv("a 3×3 kernel without padding", (3, 4, 3, 3), {}, (3, 2, 1)),
        conv("a 1×1 kernel", (5, 4, 1, 1), {}, (5, 4, 3)),
        conv("a 1×1 kernel that leaves rows out", (5, 4, 1, 1), dict(strides=[3, 2]), (5, 2, 2), stride=(3, 2)),
        conv("strides and pads that differ on each side", (3, 4, 3, 2), dict(strides=[2, 1], pads=[2, 1, 1, 0]), (3, 3, 3),
             (1, 0, 2, 1), (2, 1)),
        conv("a stride larger than the kernel", (3, 4, 2, 1), dict(strides=[3, 2], pads=[1, 0, 0, 0]), (3, 2, 2), (0, 0, 1, 0),
             (3, 2)),
        conv("a kernel that reaches over several rows of the next window", (3, 4, 4, 3), dict(pads=[0, 1, 0, 1]), (3, 1, 3),
             (1, 1, 0, 0)),
        conv("dilation", (3, 4, 2, 2), dict(dilations=[2, 2], pads=[1, 1, 1, 1]), (3, 4, 3), (1, 1, 1, 1), dilation=(2, 2)),
        conv("one kernel for each channel", (4, 1, 3, 3), dict(group=4, pads=[1, 1, 1, 1]), (4, 4, 3), (1, 1, 1, 1), groups=4),
        conv("two groups and a stride", (6, 2, 3, 3), dict(group=2, strides=[2, 2], pads=[1, 1, 1, 1]), (6, 2, 2),
             (1, 1, 1, 1), (2, 2), groups=2),
        conv("auto_pad SAME_LOWER", (3, 4, 2, 2), dict(auto_pad="SAME_LOWER"), (3, 4, 3), (1, 0, 1, 0)),
        conv("the images inside of the windows", (3, 4, 3, 3), dict(pads=[1, 1, 1, 1]), (3, 4, 3), (1, 1, 1, 1), around=True),
        conv("one image at a time", (3, 4, 3, 3), dict(pads=[1, 1, 1, 1]), (3, 4, 3), (1, 1, 1, 1), batch=1),
        windows("a normalisation behind it and a rectifier",
                [("Conv", ["m", "w", "b"], "v", dict(pads=[1, 1, 1, 1])),
                 ("BatchNormalization", ["v", "gamma", "beta", "mean", "variance"], "n", {}), ("Relu", ["n"], "r", {})],
                (3, 4, 3), lambda m, p: torch.relu(normalized(F.conv2d(m, p["w"], p["b"], 1, 1), p)),
                {"w": drawn((3, 4, 3, 3)), "b": drawn((3,)), "gamma": given((3,), [1.5, 1e-4, -0.5]), "beta": drawn((3,))},
                STATISTICS),
        windows("kernels that are computed", [("Tanh", ["w"], "k", {}), ("Conv", ["m", "k"], "r", dict(pads=[1, 1, 0, 0]))],
                (3, 3, 2), lambda m, p: F.conv2d(F.pad(m, (1, 0, 1, 0)), torch.tanh(p["w"])), {"w": drawn((3, 4, 3, 3))}),
        windows("one weight over windows and whole images",
                [("Conv", ["m", "w"], "u", dict(pads=[1, 1, 1, 1])), ("Reshape", ["u", "cutback"], "u1", {}),
                 ("Transpose", ["u1"], "u2", dict(perm=[0, 3, 1, 4, 2, 5])), ("Reshape", ["u2", "whole"], "u3", {}),
                 ("Conv", ["u3", "w"], "v", dict(pads=[1, 1, 1, 1])), ("Identity", ["v"], "r", {})],
                (8, 6), lambda m, p: F.conv2d(
                    F.conv2d(m, p["w"], None, 1, 1).reshape(2, 2, 4, 4, 3).permute(2, 0, 3, 1, 4).reshape(1, 4, 8, 6),
                    p["w"], None, 1, 1)[0],
                {"w": drawn((4, 4, 3, 3), 0.5)}, {"cutback": integers(-1, 2, 2, 4, 4, 3), "whole": integers(-1, 4, 8, 6)}),
    ],
}

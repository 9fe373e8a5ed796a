"""Convolutions, pools and normalisations over windows that an image is cut into, which are its own in a batch [N · windows, C, h, w]."""
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


def rows(title, nodes, given_shape, reference, parameters=None, constants=None, **options):
    """The same from m, rows [4 N, 4, 12]."""
    return windows(title, [("Reshape", ["m", "rows"], "l", {}), *nodes], given_shape,
                   lambda m, p: reference(m.reshape(4, 4, 12), p), parameters,
                   {"rows": integers(-1, 4, 12), **(constants or {})}, **options)


def pool(title, kind, attributes, given_shape, reference, of=windows, **options):
    """Of squares of the pool, so that what arrives differs from place to place."""
    return of(title, [(kind, ["m" if of is windows else "l"], "u", attributes), ("Mul", ["u", "u"], "r", {})], given_shape,
              lambda m, p: reference(m) ** 2, **options)


def affine(*channels):
    return {"gamma": drawn(channels), "beta": drawn(channels)}


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
    "pools-over-windows": [
        pool("maxima", "MaxPool", dict(kernel_shape=[2, 2], strides=[2, 1]), (4, 2, 2), lambda m: F.max_pool2d(m, 2, (2, 1))),
        pool("maxima with padding, of one image at a time", "MaxPool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
             (4, 2, 2), lambda m: F.max_pool2d(m, 3, 2, 1), batch=1),
        pool("maxima, the images inside of the windows", "MaxPool", dict(kernel_shape=[2, 2]), (4, 3, 2),
             lambda m: F.max_pool2d(m, 2, 1), around=True),
        pool("means with padding", "AveragePool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), (4, 2, 2),
             lambda m: F.avg_pool2d(m, 3, 2, 1, count_include_pad=False)),
        pool("means of all places", "GlobalAveragePool", {}, (4, 1, 1), lambda m: m.mean((2, 3), keepdim=True)),
        pool("maxima of all places", "GlobalMaxPool", {}, (4, 1, 1), lambda m: F.max_pool2d(m, (4, 3))),
        case("maxima, the images in the place of channels",
             [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("MaxPool", ["t"], "u", dict(kernel_shape=[3, 2])),
              ("Mul", ["u", "t2"], "v", {}), ("Transpose", ["v"], "y", dict(perm=[1, 0, 2, 3]))],
             lambda x, p: F.max_pool2d(x, (3, 2), 1) * p["t2"].transpose(0, 1), {"t2": drawn((4, 1, 6, 5))}, image=IMAGE),
        case("means, the images among channels",
             [("Reshape", ["x", "halves"], "h", {}), ("Transpose", ["h"], "t", dict(perm=[1, 0, 2, 3, 4])),
              ("Reshape", ["t", "among"], "m", {}), ("AveragePool", ["m"], "u", dict(kernel_shape=[2, 2], strides=[2, 2])),
              ("Reshape", ["u", "again"], "v", {}), ("Transpose", ["v"], "w", dict(perm=[1, 0, 2, 3, 4])), ("Mul", ["w", "w"], "y", {})],
             lambda x, p: F.avg_pool2d(x, 2) ** 2, image=IMAGE,
             constants={"halves": integers(-1, 2, 2, 8, 6), "among": integers(2, -1, 8, 6), "again": integers(2, -1, 2, 4, 3)}),
        pool("maxima of rows", "MaxPool", dict(kernel_shape=[3], strides=[2]), (4, 5), lambda l: F.max_pool1d(l, 3, 2), of=rows),
        pool("means of rows", "AveragePool", dict(kernel_shape=[3], strides=[3]), (4, 4), lambda l: F.avg_pool1d(l, 3), of=rows),
        pool("means of whole rows", "GlobalAveragePool", {}, (4, 1), lambda l: l.mean(2, keepdim=True), of=rows),
    ],
    "conv-of-rows-over-windows": [
        rows("a kernel and padding", [("Conv", ["l", "w", "b"], "r", dict(pads=[1, 1]))], (3, 12),
             lambda l, p: F.conv1d(l, p["w"], p["b"], 1, 1), {"w": drawn((3, 4, 3)), "b": drawn((3,))}),
        rows("a stride and two groups, of one image at a time", [("Conv", ["l", "w"], "r", dict(strides=[2], group=2))], (6, 5),
             lambda l, p: F.conv1d(l, p["w"], None, 2, 0, 1, 2), {"w": drawn((6, 2, 3))}, batch=1),
        rows("a normalisation behind it",
             [("Conv", ["l", "w"], "v", dict(pads=[2, 2], dilations=[2])),
              ("BatchNormalization", ["v", "gamma", "beta", "mean", "variance"], "r", {})],
             (3, 12), lambda l, p: normalized(F.conv1d(l, p["w"], None, 1, 2, 2), p), {"w": drawn((3, 4, 3)), **affine(3)},
             STATISTICS),
    ],
    "normalizations-over-windows": [
        windows("positions of each channel", [("InstanceNormalization", ["m", "gamma", "beta"], "r", {})], (4, 4, 3),
                lambda m, p: F.instance_norm(m, None, None, p["gamma"], p["beta"], True, 0, EPSILON), affine(4)),
        windows("positions of each channel, the images inside of the windows",
                [("InstanceNormalization", ["m", "gamma", "beta"], "r", {})], (4, 4, 3),
                lambda m, p: F.instance_norm(m, None, None, p["gamma"], p["beta"], True, 0, EPSILON), affine(4), around=True),
        rows("positions of rows, of one image at a time", [("InstanceNormalization", ["l", "gamma", "beta"], "r", {})], (4, 12),
             lambda l, p: F.instance_norm(l, None, None, p["gamma"], p["beta"], True, 0, EPSILON), affine(4), batch=1),
        windows("groups of channels, as exporters write them",
                [("Reshape", ["m", "groups"], "g", {}), ("InstanceNormalization", ["g", "ones", "zeros"], "i", {}),
                 ("Reshape", ["i", "maps"], "h", {}), ("Mul", ["h", "gamma"], "scaled", {}), ("Add", ["scaled", "beta"], "r", {})],
                (4, 4, 3), lambda m, p: F.group_norm(m, 2, p["gamma"].flatten(), p["beta"].flatten(), EPSILON), affine(4, 1, 1),
                {"groups": integers(0, 2, -1), "maps": integers(-1, 4, 4, 3), "ones": given((2,), [1, 1]),
                 "zeros": given((2,), [0, 0])}),
        windows("groups of channels", [("GroupNormalization", ["m", "gamma", "beta"], "r", dict(num_groups=2))], (4, 4, 3),
                lambda m, p: F.group_norm(m, 2, p["gamma"], p["beta"], EPSILON), affine(4), opset=21),
        windows("neighbouring channels", [("LRN", ["m"], "r", dict(size=3, alpha=0.5, beta=0.75, bias=1.0))], (4, 4, 3),
                lambda m, p: F.local_response_norm(m, 3, 0.5, 0.75, 1.0)),
    ],
}

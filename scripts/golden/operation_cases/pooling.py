"""MaxPool, AveragePool, GlobalAveragePool."""
import math

import torch
import torch.nn.functional as F

from .tensors import case, given

# Few different values: windows full of ties. The last image is one value everywhere.
LEVELS = given((3, 3, 7, 6), [[(i * i * 7 + i // 5) % 3 - 1, (i * 5 + i // 11) % 2 - 3, 0.25][i // 126] * 0.5
                              for i in range(378)])
NEGATIVE = given((3, 3, 7, 6), [-0.25 - ((i * 37 + i // 7) % 16) / 16 for i in range(378)])


def behind(x, pads):
    return F.pad(x, pads, value=-math.inf)


# PyTorch leaves out a last window that would begin in the padding, as does ONNX since operator set 22. ONNX Runtime
# counts it in older files, so that it refuses what PyTorch exports: cases with `runs=False`.
def max_pool(title, attributes, reference, **options):
    return case(title, [("MaxPool", ["x"], "y", attributes)], lambda x, p: reference(x), **options)


def average_pool(title, attributes, reference, **options):
    return case(title, [("AveragePool", ["x"], "y", attributes)], lambda x, p: reference(x), **options)


def mean_without_padding(x, pads, kernel, stride):
    share = F.avg_pool2d(F.pad(torch.ones_like(x), pads), kernel, stride)
    return F.avg_pool2d(F.pad(x, pads), kernel, stride) / share


def dilated(title, attributes, kernel, dilation, pads=(0, 0, 0, 0), stride=(1, 1), counts=False):
    """By the sum over each window of each channel, and of how many pixels it saw."""
    def reference(x):
        ones = torch.ones((x.shape[1], 1, *kernel), dtype=x.dtype)
        each = [F.conv2d(F.pad(one, pads), ones, None, stride, 0, dilation, x.shape[1]) for one in (x, torch.ones_like(x))]
        return each[0] / (kernel[0] * kernel[1] if counts else each[1])
    return average_pool(title, attributes, reference, opset=19, runs=False)


rules = {
    "max-pool": [
        max_pool("windows side by side", dict(kernel_shape=[2, 2], strides=[2, 2]), lambda x: F.max_pool2d(x, 2)),
        max_pool("overlapping windows", dict(kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1]),
                 lambda x: F.max_pool2d(x, 3, (2, 1), 1)),
        max_pool("exact ties in overlapping windows", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
                 lambda x: F.max_pool2d(x, 3, 2, 1), stem="half", images=LEVELS),
        max_pool("exact ties at stride 1 and no padding", dict(kernel_shape=[3, 2]),
                 lambda x: F.max_pool2d(x, (3, 2), 1), stem="half", images=LEVELS),
        max_pool("exact ties in the image itself", dict(kernel_shape=[2, 3], strides=[1, 2], pads=[1, 1, 0, 1]),
                 lambda x: F.max_pool2d(behind(x, (1, 1, 1, 0)), (2, 3), (1, 2)), stem=None, images=LEVELS),
        case("exact ties at 0 behind a ReLU",
             [("Relu", ["x"], "r", {}), ("MaxPool", ["r"], "y", dict(kernel_shape=[3, 3], strides=[2, 2]))],
             lambda x, p: F.max_pool2d(torch.relu(x), 3, 2), stem="half", images=LEVELS),
        max_pool("padding around negative values", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
                 lambda x: F.max_pool2d(x, 3, 2, 1), stem="half", images=NEGATIVE),
        max_pool("pads that differ on each side", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[2, 0, 0, 1]),
                 lambda x: F.max_pool2d(behind(x, (0, 1, 2, 0)), 3, 2), stem="half", images=NEGATIVE),
        max_pool("dilation", dict(kernel_shape=[2, 3], dilations=[3, 2], strides=[1, 2]),
                 lambda x: F.max_pool2d(x, (2, 3), (1, 2), 0, (3, 2))),
        max_pool("dilation, padding and ties", dict(kernel_shape=[3, 3], dilations=[2, 2], pads=[1, 1, 1, 1]),
                 lambda x: F.max_pool2d(x, 3, 1, 1, 2), stem="half", images=LEVELS),
        max_pool("ceil_mode with a window over the edge", dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
                 lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)),
        max_pool("ceil_mode that changes nothing", dict(kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1),
                 lambda x: F.max_pool2d(x, (3, 2), 2)),
        max_pool("ceil_mode, padding and negative values",
                 dict(kernel_shape=[2, 3], strides=[3, 2], pads=[1, 1, 1, 1], ceil_mode=1),
                 lambda x: F.max_pool2d(x, (2, 3), (3, 2), 1, ceil_mode=True), stem="half", images=NEGATIVE, runs=False),
        max_pool("ceil_mode whose last window would begin in the padding",
                 dict(kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
                 lambda x: F.max_pool2d(x, 2, 2, 1, ceil_mode=True), runs=False),
        max_pool("ceil_mode and dilation, the overhang as wide as the kernel",
                 dict(kernel_shape=[2, 2], strides=[2, 3], dilations=[3, 3], ceil_mode=1),
                 lambda x: F.max_pool2d(x, 2, (2, 3), 0, 3, ceil_mode=True), image=(3, 7, 8)),
        max_pool("auto_pad SAME_UPPER", dict(kernel_shape=[3, 2], strides=[2, 1], auto_pad="SAME_UPPER"),
                 lambda x: F.max_pool2d(behind(x, (0, 1, 1, 1)), (3, 2), (2, 1)), stem="half", images=NEGATIVE),
        max_pool("auto_pad SAME_LOWER", dict(kernel_shape=[3, 2], strides=[2, 1], auto_pad="SAME_LOWER"),
                 lambda x: F.max_pool2d(behind(x, (1, 0, 1, 1)), (3, 2), (2, 1)), stem="half", images=NEGATIVE),
        max_pool("auto_pad VALID", dict(kernel_shape=[3, 3], strides=[3, 2], auto_pad="VALID"),
                 lambda x: F.max_pool2d(x, 3, (3, 2))),
        max_pool("a stride larger than the window", dict(kernel_shape=[1, 2], strides=[2, 3]),
                 lambda x: F.max_pool2d(x, (1, 2), (2, 3))),
        max_pool("windows of one element", dict(kernel_shape=[1, 1], strides=[2, 2]),
                 lambda x: F.max_pool2d(x, 1, 2)),
        case("values of about 1e-30",
             [("MaxPool", ["x"], "u", dict(kernel_shape=[2, 2], strides=[1, 1])), ("Mul", ["u", "huge"], "y", {})],
             lambda x, p: F.max_pool2d(x, 2, 1) * float(torch.tensor(1e30)), stem=None, image=(1, 2, 3),
             images=given((1, 1, 2, 3), [1e-30, 2e-30, -1e-30, -3e-30, 1e-30, 3e-30]),
             constants={"huge": given((), [1e30])}),
    ],
    "average-pool": [
        average_pool("windows side by side", dict(kernel_shape=[2, 3], strides=[2, 3]),
                     lambda x: F.avg_pool2d(x, (2, 3))),
        average_pool("overlapping windows", dict(kernel_shape=[3, 3], strides=[2, 1]),
                     lambda x: F.avg_pool2d(x, 3, (2, 1))),
        average_pool("padding that counts", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
                                                 count_include_pad=1),
                     lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=True)),
        average_pool("padding that does not count", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
                                                         count_include_pad=0),
                     lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)),
        average_pool("pads that differ on each side and do not count",
                     dict(kernel_shape=[3, 4], strides=[1, 2], pads=[2, 0, 1, 3]),
                     lambda x: mean_without_padding(x, (0, 3, 2, 1), (3, 4), (1, 2))),
        average_pool("pads that differ on each side and count",
                     dict(kernel_shape=[3, 4], strides=[1, 2], pads=[2, 0, 1, 3], count_include_pad=1),
                     lambda x: F.avg_pool2d(F.pad(x, (0, 3, 2, 1)), (3, 4), (1, 2))),
        average_pool("auto_pad SAME_UPPER", dict(kernel_shape=[3, 2], strides=[2, 1], auto_pad="SAME_UPPER"),
                     lambda x: mean_without_padding(x, (0, 1, 1, 1), (3, 2), (2, 1))),
        average_pool("auto_pad SAME_LOWER", dict(kernel_shape=[3, 2], strides=[2, 1], auto_pad="SAME_LOWER"),
                     lambda x: mean_without_padding(x, (1, 0, 1, 1), (3, 2), (2, 1))),
        average_pool("ceil_mode that changes nothing", dict(kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1),
                     lambda x: F.avg_pool2d(x, (3, 2), 2)),
        average_pool("ceil_mode with a window over the edge", dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
                     lambda x: F.avg_pool2d(x, 3, 2, ceil_mode=True)),
        average_pool("ceil_mode and padding that does not count",
                     dict(kernel_shape=[2, 3], strides=[3, 2], pads=[1, 1, 1, 1], ceil_mode=1),
                     lambda x: F.avg_pool2d(x, (2, 3), (3, 2), 1, ceil_mode=True, count_include_pad=False),
                     runs=False),
        average_pool("ceil_mode, padding that counts and an overhang that does not",
                     dict(kernel_shape=[3, 4], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1, count_include_pad=1),
                     lambda x: F.avg_pool2d(x, (3, 4), 3, 1, ceil_mode=True), opset=19),
        average_pool("ceil_mode whose last window would begin in the padding",
                     dict(kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
                     lambda x: F.avg_pool2d(x, 2, 2, 1, ceil_mode=True, count_include_pad=False), runs=False),
        average_pool("a stride larger than the window", dict(kernel_shape=[2, 1], strides=[3, 4]),
                     lambda x: F.avg_pool2d(x, (2, 1), (3, 4))),
        average_pool("a window as large as the image", dict(kernel_shape=[7, 6]), lambda x: x.mean((2, 3))),
        average_pool("the image itself below it", dict(kernel_shape=[2, 2], strides=[2, 2]),
                     lambda x: F.avg_pool2d(x, 2), stem=None),
    ],
    "average-pool-dilated": [
        dilated("both ways", dict(kernel_shape=[2, 3], dilations=[3, 2]), (2, 3), (3, 2)),
        dilated("strides and padding that does not count", dict(kernel_shape=[3, 2], dilations=[2, 3], strides=[1, 2],
                                                                pads=[1, 2, 3, 0]), (3, 2), (2, 3), (2, 0, 1, 3), (1, 2)),
        dilated("padding that counts", dict(kernel_shape=[3, 2], dilations=[2, 2], strides=[2, 1], pads=[2, 1, 1, 0],
                                            count_include_pad=1), (3, 2), (2, 2), (1, 0, 2, 1), (2, 1), counts=True),
        dilated("auto_pad SAME_UPPER", dict(kernel_shape=[2, 3], dilations=[3, 1], auto_pad="SAME_UPPER"), (2, 3), (3, 1),
                (1, 1, 1, 2)),
        dilated("ceil_mode with a window over the edge",
                dict(kernel_shape=[2, 2], dilations=[2, 3], strides=[3, 2], ceil_mode=1), (2, 2), (2, 3), (0, 0, 0, 2),
                (3, 2)),
    ],
    "global-average-pool": [
        case("the mean over all positions", [("GlobalAveragePool", ["x"], "y", {})],
             lambda x, p: x.sum((2, 3)) / 42),
        case("one position", [("GlobalAveragePool", ["x"], "y", {})], lambda x, p: x, image=(3, 1, 1)),
        case("a gate of its own input", [("GlobalAveragePool", ["x"], "g", {}), ("Mul", ["x", "g"], "y", {})],
             lambda x, p: x * x.mean((2, 3), keepdim=True)),
    ],
}

"""Conv."""
import torch.nn.functional as F

from .tensors import case, drawn


def conv(title, kernel, attributes, pads=(0, 0, 0, 0), stride=(1, 1), dilation=(1, 1), groups=1, bias=False, **options):
    """`pads` is left, right, top, bottom, as F.pad takes them; `attributes` are the node's own."""
    parameters = {"w": drawn(kernel), **({"b": drawn(kernel[:1])} if bias else {})}
    inputs = ["x", "w", "b"] if bias else ["x", "w"]
    return case(
        title, [("Conv", inputs, "y", attributes)],
        lambda x, p: F.conv2d(F.pad(x, pads), p["w"], p.get("b"), stride, 0, dilation, groups),
        parameters, **options)


rules = {"conv": [
    conv("a 3×3 kernel and a bias", (5, 4, 3, 3), dict(pads=[1, 1, 1, 1]), (1, 1, 1, 1), bias=True),
    conv("strides that differ and pads that differ on each side", (3, 4, 3, 3),
         dict(strides=[2, 3], pads=[2, 0, 1, 1]), (0, 1, 2, 1), (2, 3), bias=True),
    conv("stride 1 and pads that differ on each side", (3, 4, 3, 2), dict(pads=[2, 0, 1, 1]), (0, 1, 2, 1)),
    conv("more padding than the kernel reaches", (3, 4, 2, 2), dict(pads=[2, 3, 2, 1]), (3, 1, 2, 2)),
    conv("dilation", (3, 4, 3, 2), dict(dilations=[2, 3], pads=[2, 1, 2, 1]), (1, 1, 2, 2), dilation=(2, 3)),
    conv("dilation and stride", (3, 4, 2, 3), dict(dilations=[3, 2], strides=[2, 2], pads=[1, 2, 0, 1]),
         (2, 1, 1, 0), (2, 2), (3, 2)),
    conv("two groups", (6, 2, 3, 3), dict(group=2, pads=[1, 1, 1, 1]), (1, 1, 1, 1), groups=2, bias=True),
    conv("two groups and a stride", (6, 2, 3, 2), dict(group=2, strides=[2, 2]), stride=(2, 2), groups=2),
    conv("one kernel for each channel", (4, 1, 3, 3), dict(group=4, pads=[1, 1, 1, 1]), (1, 1, 1, 1), groups=4),
    conv("two kernels for each channel", (8, 1, 3, 3), dict(group=4, strides=[2, 1], pads=[1, 1, 1, 1]),
         (1, 1, 1, 1), (2, 1), groups=4, bias=True),
    conv("one kernel of 1×1 for each channel", (4, 1, 1, 1), dict(group=4), groups=4),
    # 7 x 6 at stride 2, 3 x 3: two rows of padding, one column.
    conv("auto_pad SAME_UPPER", (3, 4, 3, 3), dict(auto_pad="SAME_UPPER", strides=[2, 2]), (0, 1, 1, 1), (2, 2)),
    conv("auto_pad SAME_LOWER", (3, 4, 3, 3), dict(auto_pad="SAME_LOWER", strides=[2, 2]), (1, 0, 1, 1), (2, 2)),
    conv("auto_pad SAME_LOWER, an even kernel and dilation", (3, 4, 2, 4),
         dict(auto_pad="SAME_LOWER", dilations=[3, 1]), (2, 1, 2, 1), dilation=(3, 1),
         runs=False),
    conv("auto_pad SAME_UPPER where the stride needs no padding", (3, 4, 2, 1),
         dict(auto_pad="SAME_UPPER", strides=[4, 4]), stride=(4, 4)),
    conv("auto_pad VALID", (3, 4, 3, 3), dict(auto_pad="VALID", strides=[2, 2]), stride=(2, 2)),
    conv("a 1×3 kernel", (3, 4, 1, 3), dict(pads=[0, 1, 0, 1]), (1, 1, 0, 0)),
    conv("a 5×1 kernel", (3, 4, 5, 1), dict(pads=[2, 0, 2, 0], kernel_shape=[5, 1]), (0, 0, 2, 2), bias=True),
    conv("an even kernel", (3, 4, 4, 2), dict(pads=[1, 0, 2, 1]), (0, 1, 1, 2)),
    conv("a stride larger than the kernel", (3, 4, 2, 1), dict(strides=[3, 4]), stride=(3, 4)),
    conv("a stride larger than the kernel, and padding", (3, 4, 1, 2), dict(strides=[3, 3], pads=[1, 1, 0, 1]),
         (1, 1, 1, 0), (3, 3), bias=True),
    conv("a 1×1 kernel", (5, 4, 1, 1), {}, bias=True),
    conv("a 1×1 kernel at stride 2", (5, 4, 1, 1), dict(strides=[2, 2]), stride=(2, 2)),
    conv("a 1×1 kernel whose stride and padding keep the image's size", (5, 4, 1, 1),
         dict(strides=[2, 2], pads=[1, 1, 1, 1]), (1, 1, 1, 1), (2, 2), image=(3, 3, 3)),
    conv("a kernel as large as the image", (3, 4, 7, 6), {}, bias=True),
    conv("kernels that look at the image itself", (5, 3, 3, 3), dict(strides=[2, 2], pads=[1, 1, 1, 1]),
         (1, 1, 1, 1), (2, 2), bias=True, stem=None),
    conv("many channels at few positions", (24, 16, 3, 3), dict(pads=[1, 1, 1, 1]), (1, 1, 1, 1), stem=16,
         image=(3, 3, 2)),
    case("one weight in two convolutions with other groups",
         [("Conv", ["x", "w"], "u", dict(group=2, pads=[1, 1, 1, 1])),
          ("Conv", ["u", "v"], "s", {}),
          ("Conv", ["s", "w"], "y", dict(pads=[1, 1, 1, 1]))],
         lambda x, p: F.conv2d(F.conv2d(F.conv2d(x, p["w"], None, 1, 1, 1, 2), p["v"]), p["w"], None, 1, 1),
         {"w": drawn((4, 2, 3, 3), 0.5), "v": drawn((2, 4, 1, 1), 0.5)}),
]}

"""Convolutions and pools over one axis, as PyTorch's Conv1d, MaxPool1d and AvgPool1d."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, integers

ROWS = [("Reshape", ["x", "rows"], "m", {})]
CONSTANTS = {"rows": integers(0, 4, -1)}


def of_rows(title, node, reference, parameters=None, **options):
    """From m [N, 4, 42] to y."""
    return case(title, [*ROWS, node], lambda x, p: reference(x.flatten(2), p), parameters, CONSTANTS, **options)


def conv(title, kernel, attributes, pads=(0, 0), bias=False, **settings):
    parameters = {"w": drawn(kernel), **({"b": drawn(kernel[:1])} if bias else {})}
    return of_rows(title, ("Conv", ["m", "w", *(["b"] if bias else [])], "y", attributes),
                   lambda m, p: F.conv1d(F.pad(m, pads), p["w"], p.get("b"), **settings), parameters)


NORMALIZED = [("Conv", ["m", "w"], "u", dict(pads=[1, 1])),
              ("BatchNormalization", ["u", "g", "b", "mean", "variance"], "n", {}), ("Relu", ["n"], "y", {})]

rules = {
    "conv-rows": [
        conv("a kernel, pads and a bias", (5, 4, 3), dict(pads=[1, 2]), (1, 2), bias=True),
        conv("stride and dilation", (5, 4, 3), dict(strides=[2], dilations=[3], kernel_shape=[3]), stride=2, dilation=3),
        conv("two groups", (6, 2, 4), dict(group=2, strides=[3]), stride=3, groups=2, bias=True),
        conv("one kernel for each channel", (4, 1, 5), dict(group=4, pads=[2, 2]), (2, 2), groups=4),
        conv("a kernel of one", (3, 4, 1), {}),
        conv("auto_pad SAME_UPPER", (3, 4, 4), dict(auto_pad="SAME_UPPER"), (1, 2)),
        case("one kernel in two layers",
             [*ROWS, ("Conv", ["m", "w"], "u", dict(pads=[1, 1])), ("Relu", ["u"], "r", {}), ("Conv", ["r", "w"], "y", {})],
             lambda x, p: F.conv1d(torch.relu(F.conv1d(x.flatten(2), p["w"], padding=1)), p["w"]), {"w": drawn((4, 4, 3))},
             CONSTANTS),
        case("a normalisation behind it", [*ROWS, *NORMALIZED],
             lambda x, p: torch.relu(F.batch_norm(F.conv1d(x.flatten(2), p["w"], padding=1), torch.zeros(5).double(),
                                                  torch.ones(5).double(), p["g"], p["b"], False, 0.1,
                                                  float(torch.tensor(1e-5)))),
             {"w": drawn((5, 4, 3)), "g": drawn((5,)), "b": drawn((5,))},
             {**CONSTANTS, "mean": {"dims": [5], "values": [0.0] * 5}, "variance": {"dims": [5], "values": [1.0] * 5}}),
    ],
    "pool-rows": [
        of_rows("maxima", ("MaxPool", ["m"], "y", dict(kernel_shape=[3], strides=[2], pads=[1, 1])),
                lambda m, p: F.max_pool1d(m, 3, 2, 1)),
        of_rows("maxima with ceil_mode and dilation",
                ("MaxPool", ["m"], "y", dict(kernel_shape=[3], strides=[3], dilations=[2], ceil_mode=1)),
                lambda m, p: F.max_pool1d(m, 3, 3, 0, 2, ceil_mode=True)),
        of_rows("means", ("AveragePool", ["m"], "y", dict(kernel_shape=[4], strides=[3])), lambda m, p: F.avg_pool1d(m, 4, 3)),
        of_rows("means without padding", ("AveragePool", ["m"], "y", dict(kernel_shape=[3], strides=[2], pads=[1, 1])),
                lambda m, p: F.avg_pool1d(m, 3, 2, 1, count_include_pad=False)),
        of_rows("the mean of all", ("GlobalAveragePool", ["m"], "y", {}), lambda m, p: m.mean(2)),
    ],
}

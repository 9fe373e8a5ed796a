"""The scores of a file whose parameters are not its module's, by autograd over the very file."""
import re

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from interpreter import OPERATIONS, Network, Slot, average_pool

# Inputs of numbers that are no parameters: statistics, sizes, bounds.
NUMBERS = {("BatchNormalization", 3), ("BatchNormalization", 4), ("Resize", 1), ("Resize", 2), ("Clip", 1), ("Clip", 2),
           ("Pad", 2)}


class StoredNetwork(Network):
    """An ONNX graph whose leaves are its stored tensors of more than one element.

    An Identity makes a copy that is a leaf of its own: the exporter stores parameters of equal values once.
    """

    def __init__(self, model, buffers, dtype=torch.float64):
        """`buffers`: names of tensors that the module keeps beside its parameters, as tables of coordinates."""
        self.buffers = {*buffers, *taken_apart(model)}
        super().__init__(model, dtype=dtype)

    def find_slots(self):
        for number, node in enumerate(self.graph.node):
            for index, name in enumerate(node.input):
                array = self.constants.get(name)
                if array is None or array.dtype.kind != "f" or array.size == 1 or is_mask(array):
                    continue
                if name in self.buffers and node.op_type != "BatchNormalization":
                    continue
                if node.op_type == "Expand" and name.startswith("onnx::Expand_") and not array.any():
                    # What the code of Swin v2 sets keys' biases to.
                    continue
                if node.op_type != "Identity" and (node.op_type, index) not in NUMBERS:
                    yield Slot(number, index, name, "tensor")

    def check_completeness(self):
        """The rule is complete by itself."""

    def named_parameters(self):
        return self.leaves.items()


def taken_apart(model):
    """Writes biases of queries, keys and values whose keys the code of Swin v2 sets to zero as three tensors.

    Returns the names of the zeros, which are no parameters.
    """
    zeros = []
    for tensor in list(model.graph.initializer):
        array = numpy_helper.to_array(tensor)
        if not re.fullmatch(r"onnx::Add_\d+", tensor.name) or array.ndim != 1 or array.size % 3:
            continue
        parts = numpy.split(array, 3)
        if parts[1].any() or not parts[0].any() or not parts[2].any():
            continue
        names = [f"{tensor.name}[{part}]" for part in range(3)]
        model.graph.initializer.remove(tensor)
        model.graph.initializer.extend(numpy_helper.from_array(p, n) for p, n in zip(parts, names))
        model.graph.node.insert(0, onnx.helper.make_node("Concat", names, [tensor.name], axis=0))
        zeros.append(names[1])
    return zeros


def is_mask(array):
    """Zeros and one number of -100 or less: what a Softmax is not to see."""
    values = numpy.unique(array)
    return len(values) == 2 and values[0] <= -100 and values[1] == 0


def hard_sigmoid(net, a, x):
    return torch.clamp(a.get("alpha", 0.2) * x + a.get("beta", 0.5), 0, 1)


def reduced(how):
    """A reduction whose axes are an attribute, or, later, an input."""
    def reduce(net, a, x, axes=None):
        return how(x, tuple(a["axes"] if axes is None else axes.tolist()), keepdim=bool(a.get("keepdims", 1)))
    return reduce


def pool_to_the_end(net, a, x):
    """AveragePool, whose last window may reach over the end where `ceil_mode` lets it."""
    if not a.get("ceil_mode", 0):
        return average_pool(net, a, x)
    assert not any(a.get("pads", [0])), a
    return F.avg_pool2d(x, tuple(a["kernel_shape"]), tuple(a.get("strides", [1, 1])), ceil_mode=True)


OPERATIONS.update({
    "AveragePool": pool_to_the_end,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": lambda net, a, x: F.hardswish(x),
    "ReduceMean": reduced(torch.mean),
    "Einsum": lambda net, a, *xs: torch.einsum(a["equation"].decode(), *xs),
    "Tanh": lambda net, a, x: torch.tanh(x),
})

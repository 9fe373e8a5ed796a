"""Runs an ONNX classifier node by node in PyTorch float64, so that autograd can differentiate the very file.

It shares nothing with the project's compiler, and networks.py checks it against the modules that were exported.
"""
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

# (operation, input slot) -> role of a floating-point initialiser found there
SLOTS = {
    ("Conv", 1): "convolution-weight",
    ("Conv", 2): "convolution-bias",
    ("Gemm", 1): "linear-weight",
    ("Gemm", 2): "linear-bias",
    ("MatMul", 1): "linear-weight",
    ("BatchNormalization", 1): "scale",
    ("BatchNormalization", 2): "shift",
    # An Add behind a MatMul is its bias.
    ("Add", 0): "shift",
    ("Add", 1): "shift",
    ("Mul", 0): "scale",
    ("Mul", 1): "scale",
    ("LayerNormalization", 1): "scale",
    ("LayerNormalization", 2): "shift",
    ("Expand", 0): "tensor",
    ("Gather", 0): "tensor",
    ("Slice", 0): "tensor",
    ("ScatterND", 0): "tensor",
    ("Clip", 0): "tensor",
    ("Concat", 0): "tensor",
    # Where constants are not folded, weights of linear layers are transposed in the graph.
    ("Transpose", 0): "linear-weight",
}


class Slot:
    """One place where a node reads a parameter."""

    def __init__(self, node, index, name, role):
        self.node, self.index, self.name, self.role = node, index, name, role


class Network:
    """An ONNX graph with one float64 leaf for each parameter.

    One initialiser in several slots is one leaf; copies through Identity are leaves of their own.
    `tie` joins such copies; `untie` gives each slot its own leaf.
    """

    def __init__(self, model, tie=False, untie=False, dtype=torch.float64):
        self.graph, self.opset, self.dtype = model.graph, model.opset_import[0].version, dtype
        self.constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        copies = {}
        for node in model.graph.node:
            if node.op_type == "Identity" and node.input[0] in self.constants:
                self.constants[node.output[0]] = self.constants[node.input[0]]
                copies[node.output[0]] = copies.get(node.input[0], node.input[0])
            if node.op_type == "Constant":
                self.constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        self.slots = list(self.find_slots())
        self.leaves, self.roles, self.leaf_of = {}, {}, {}
        for slot in self.slots:
            source = copies.get(slot.name, slot.name) if tie else slot.name
            key = f"{slot.name}@{slot.node}" if untie else source
            if key not in self.leaves:
                self.leaves[key] = torch.tensor(self.constants[slot.name], dtype=dtype, requires_grad=True)
                self.roles[key] = slot.role
            self.leaf_of[slot.node, slot.index] = key
        self.check_completeness()
        # The logits are what a closing Softmax reads.
        last = model.graph.node[-1]
        self.logits_name = last.input[0] if last.op_type == "Softmax" else last.output[0]

    def find_slots(self):
        products, turned = set(), set()
        for number, node in enumerate(self.graph.node):
            if node.op_type in ("Dropout", "Identity") and node.input[0] in products:
                products.add(node.output[0])
            if node.op_type == "Transpose" and node.input[0] in self.constants:
                turned.add(node.output[0])
            if node.op_type == "MatMul" and node.input[1] in turned:
                products.add(node.output[0])
            for index, name in enumerate(node.input):
                role = SLOTS.get((node.op_type, index))
                if node.op_type == "Add" and node.input[1 - index] in products:
                    role = "linear-bias"
                # A number without axes beside an activation is a literal in the code.
                if role and name in self.constants and self.constants[name].ndim == 0:
                    continue
                if role and name in self.constants and self.constants[name].dtype.kind == "f":
                    yield Slot(number, index, name, role)
                    if node.op_type == "MatMul":
                        products.add(node.output[0])

    def check_completeness(self):
        """No initialiser may slip out of the norm unseen."""
        others = {
            name
            for node in self.graph.node
            for index, name in enumerate(node.input)
            if (node.op_type, index) in {("BatchNormalization", 3), ("BatchNormalization", 4), ("Dropout", 1)}
            or node.op_type == "Identity"
        }
        found = {slot.name for slot in self.slots} | others
        for tensor in self.graph.initializer:
            assert self.constants[tensor.name].dtype.kind != "f" or tensor.name in found, tensor.name

    def __call__(self, image):
        """Logits [N, K] of images [N, C, H, W]."""
        values = {name: torch.tensor(array) for name, array in self.constants.items()}
        for name, value in values.items():
            if value.is_floating_point():
                values[name] = value.to(self.dtype)
        values[self.graph.input[0].name] = image
        for number, node in enumerate(self.graph.node):
            if node.op_type == "Constant" or node.output[0] in self.constants:
                continue
            inputs = [
                self.leaves[self.leaf_of[number, i]] if (number, i) in self.leaf_of else values.get(name)
                for i, name in enumerate(node.input)
            ]
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            self.outputs = len(node.output)
            found = OPERATIONS[node.op_type](self, attributes, *inputs)
            values.update(zip(node.output, found if isinstance(found, tuple) else (found,)))
        return values[self.logits_name]


def padded(x, pads, value=0.0):
    half = len(pads) // 2
    flat = [side for axis in reversed(range(half)) for side in (pads[axis], pads[axis + half])]
    return F.pad(x, flat, value=value) if any(flat) else x


def convolution(net, a, x, weight, bias=None):
    x = padded(x, a.get("pads", [0, 0, 0, 0]))
    return F.conv2d(
        x, weight, bias, stride=tuple(a.get("strides", [1, 1])), dilation=tuple(a.get("dilations", [1, 1])),
        groups=a.get("group", 1),
    )


def batch_normalization(net, a, x, scale, shift, mean, variance):
    assert not a.get("training_mode", 0)
    shape = (1, -1, 1, 1) if x.dim() == 4 else (1, -1)
    inverse = 1 / torch.sqrt(variance.detach() + a.get("epsilon", 1e-5))
    normal = (x - mean.detach().view(shape)) * inverse.view(shape)
    return normal * scale.view(shape) + shift.view(shape)


def max_pool(net, a, x):
    return F.max_pool2d(
        padded(x, a.get("pads", [0, 0, 0, 0]), float("-inf")), tuple(a["kernel_shape"]),
        tuple(a.get("strides", [1, 1])), ceil_mode=bool(a.get("ceil_mode", 0)),
    )


def average_pool(net, a, x):
    """Sums of windows over their own counts, so that uneven pads and both ways to count need no special case."""
    assert not a.get("ceil_mode", 0)
    kernel, strides, pads = tuple(a["kernel_shape"]), tuple(a.get("strides", [1, 1])), a.get("pads", [0, 0, 0, 0])
    total = F.avg_pool2d(padded(x, pads), kernel, strides, divisor_override=1)
    outside = 1.0 if a.get("count_include_pad", 0) else 0.0
    count = F.avg_pool2d(padded(torch.ones_like(x), pads, outside), kernel, strides, divisor_override=1)
    return total / count


def gemm(net, a, x, weight, bias=None):
    x = x.t() if a.get("transA", 0) else x
    weight = weight.t() if a.get("transB", 0) else weight
    product = a.get("alpha", 1.0) * (x @ weight)
    return product if bias is None else product + a.get("beta", 1.0) * bias


def clip(net, a, x, low=None, high=None):
    low, high = a.get("min", low), a.get("max", high)
    # F.hardtanh sends nothing back at its bounds, as torch.nn.ReLU6 does; torch.clamp would.
    return F.hardtanh(x, float(low if low is not None else -3e38), float(high if high is not None else 3e38))


def reshape(net, a, x, shape):
    sizes = [x.shape[i] if size == 0 else int(size) for i, size in enumerate(shape.tolist())]
    return x.reshape(sizes)


def pad(net, a, x, pads, value=None):
    assert a.get("mode", b"constant") == b"constant"
    return padded(x, pads.tolist(), 0.0 if value is None else float(value))


def unsqueeze(net, a, x, axes=None):
    for axis in a["axes"] if axes is None else axes.tolist():
        x = x.unsqueeze(axis)
    return x


def gather(net, a, x, index):
    axis = a.get("axis", 0)
    return x.select(axis, int(index)) if index.dim() == 0 else x.index_select(axis, index.flatten() % x.shape[axis])


def scatter(net, a, x, index, updates):
    """Parts replaced: the last axis of the indices says where."""
    places = tuple(index.reshape(-1, index.shape[-1]).T)
    return x.index_put(places, updates.reshape(-1, *x.shape[index.shape[-1]:]))


def mod(net, a, x, y):
    return torch.remainder(x, y)


def cut(net, a, x, starts, ends, axes, steps=None):
    """Slice, also backwards, as exporters write it to reverse a list of pads."""
    steps = torch.ones_like(starts) if steps is None else steps
    index = [slice(None)] * x.dim()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps.tolist()):
        index[axis] = slice(start, None if end < -x.shape[axis] else end, step)
    if x.is_floating_point():
        return x[tuple(index)]
    return torch.tensor(x.numpy()[tuple(index)].copy())


def cast(net, a, x):
    types = {1: net.dtype, 7: torch.int64, 9: torch.bool}
    return x.to(types[a["to"]])


def filled(net, a, shape):
    value = torch.tensor(numpy_helper.to_array(a["value"])) if "value" in a else torch.zeros(1)
    return value.expand(tuple(shape.tolist()))


def layer_normalization(net, a, x, scale, shift):
    axes = tuple(range(a.get("axis", -1) % x.dim(), x.dim()))
    centred = x - x.mean(axes, keepdim=True)
    variance = (centred * centred).mean(axes, keepdim=True)
    return centred / torch.sqrt(variance + a.get("epsilon", 1e-5)) * scale + shift


def squeeze(net, a, x, axes=None):
    for axis in sorted((axis % x.dim() for axis in (a["axes"] if axes is None else axes.tolist())), reverse=True):
        x = x.squeeze(axis)
    return x


def split(net, a, x, sizes=None):
    axis = a.get("axis", 0)
    return torch.split(x, x.shape[axis] // net.outputs if sizes is None else sizes.tolist(), axis)


def expand(net, a, x, sizes):
    return x.expand(*torch.broadcast_shapes(x.shape, sizes.tolist()))


def divide(net, a, x, y):
    return x / y if x.is_floating_point() else torch.div(x, y, rounding_mode="trunc")


OPERATIONS = {
    "Conv": convolution,
    "BatchNormalization": batch_normalization,
    "Relu": lambda net, a, x: F.relu(x),
    "Clip": clip,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda net, a, x: x.mean((2, 3), keepdim=True),
    "Add": lambda net, a, x, y: x + y,
    "Mul": lambda net, a, x, y: x * y,
    "Concat": lambda net, a, *xs: torch.cat([x.reshape(-1) if x.dim() == 0 else x for x in xs], a["axis"]),
    "Pad": pad,
    "Flatten": lambda net, a, x: x.flatten(a.get("axis", 1)),
    "Reshape": reshape,
    "Transpose": lambda net, a, x: x.permute(*a["perm"]),
    "Gemm": gemm,
    "MatMul": lambda net, a, x, y: x @ y,
    "Identity": lambda net, a, x: x,
    "Dropout": lambda net, a, x, *rest: x,
    "Softmax": lambda net, a, x: F.softmax(x, a.get("axis", -1)),
    "Shape": lambda net, a, x: torch.tensor(x.shape),
    "Gather": gather,
    "Slice": cut,
    "Cast": cast,
    "ConstantOfShape": filled,
    "Sub": lambda net, a, x, y: x - y,
    "Div": divide,
    "Pow": lambda net, a, x, y: x ** y,
    "Sqrt": lambda net, a, x: torch.sqrt(x),
    "Erf": lambda net, a, x: torch.erf(x),
    "Sigmoid": lambda net, a, x: torch.sigmoid(x),
    "ReduceMean": lambda net, a, x: x.mean(tuple(a["axes"]), keepdim=bool(a.get("keepdims", 1))),
    "LayerNormalization": layer_normalization,
    "Split": split,
    "Squeeze": squeeze,
    "Expand": expand,
    "Equal": lambda net, a, x, y: x == y,
    "Where": lambda net, a, condition, x, y: torch.where(condition, x, y),
    "Unsqueeze": unsqueeze,
    "ScatterND": scatter,
    "ReduceL2": lambda net, a, x: x.norm(dim=tuple(a["axes"]), keepdim=bool(a.get("keepdims", 1))),
    "Exp": lambda net, a, x: torch.exp(x),
    "Mod": mod,
    "Range": lambda net, a, start, limit, step: torch.arange(int(start), int(limit), int(step)),
    "Not": lambda net, a, x: ~x.bool(),
    "Floor": lambda net, a, x: torch.floor(x),
    "Neg": lambda net, a, x: -x,
}

"""Concat, Pad, Flatten, Reshape, Transpose."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers


def pad(title, pads, reference, value=None, axes=None, attributes=None, **options):
    constants = {"pads": integers(*pads)}
    inputs = ["x", "pads"]
    if value is not None:
        constants["value"] = given((), [value])
        inputs.append("value")
    if axes is not None:
        constants["axes"] = integers(*axes)
        inputs += ([""] if value is None else []) + ["axes"]
    return case(title, [("Pad", inputs, "y", attributes or {})], lambda x, p: reference(x), constants=constants, **options)


def reshape(title, target, reference, attributes=None, **options):
    """What follows the Reshape multiplies by a tensor of its shape, so that elements out of place show."""
    return case(title, [("Reshape", ["x", "target"], "u", attributes or {}), ("Mul", ["u", "scale"], "y", {})],
                lambda x, p: reference(x) * p["scale"], constants={"target": integers(*target)}, **options)


rules = {
    "concat": [
        case("two activations", [("Relu", ["x"], "u", {}), ("Concat", ["x", "u"], "y", dict(axis=1))],
             lambda x, p: torch.cat([x, torch.relu(x)], 1)),
        case("the same tensor twice", [("Concat", ["x", "x"], "y", dict(axis=1))],
             lambda x, p: torch.cat([x, x], 1)),
        case("the same tensor at both ends of another",
             [("GlobalAveragePool", ["x"], "g", {}), ("Flatten", ["g"], "f", dict(axis=1)),
              ("Flatten", ["x"], "u", dict(axis=1)), ("Concat", ["f", "u", "f"], "y", dict(axis=-1))],
             lambda x, p: torch.cat([x.mean((2, 3)), x.flatten(1), x.mean((2, 3))], 1)),
        case("the last axis", [("MaxPool", ["x"], "u", dict(kernel_shape=[1, 3])),
                               ("Concat", ["u", "x"], "y", dict(axis=3))],
             lambda x, p: torch.cat([F.max_pool2d(x, (1, 3), 1), x], 3)),
        case("a negative axis", [("Relu", ["x"], "u", {}), ("Concat", ["u", "x"], "y", dict(axis=-2))],
             lambda x, p: torch.cat([torch.relu(x), x], 2)),
        case("one input", [("Concat", ["x"], "y", dict(axis=1))], lambda x, p: x * 1),
        case("the image itself", [("Relu", ["x"], "u", {}), ("Concat", ["u", "x", "x"], "y", dict(axis=1))],
             lambda x, p: torch.cat([torch.relu(x), x, x], 1), stem=None),
    ],
    "pad": [
        pad("zeros, other on each side", [0, 0, 1, 2, 0, 0, 3, 0], lambda x: F.pad(x, (2, 0, 1, 3))),
        pad("negative pads", [0, 0, -1, -2, 0, 0, 0, -1], lambda x: x[:, :, 1:, 2:5]),
        pad("negative and positive pads", [0, 0, -1, 2, 0, 0, 2, -1], lambda x: F.pad(x[:, :, 1:, :5], (2, 0, 0, 2))),
        pad("a constant other than zero", [0, 0, 1, 0, 0, 0, 0, 2], lambda x: F.pad(x, (0, 2, 1, 0), value=0.75),
            value=0.75),
        pad("channels of another value", [0, 1, 0, 0, 0, 2, 0, 0], lambda x: F.pad(x, (0, 0, 0, 0, 1, 2), value=-2),
            value=-2.0),
        pad("channels cut away", [0, -1, 0, 0, 0, -1, 0, 0], lambda x: x[:, 1:3]),
        pad("no pads", [0] * 8, lambda x: x * 1),
        pad("a constant around the image itself", [0, 0, 1, 1, 0, 0, 1, 1],
            lambda x: F.pad(x, (1, 1, 1, 1), value=3), value=3.0, stem=None),
        pad("named axes", [1, -1, 2, 0], lambda x: F.pad(x[:, :, 1:], (1, 2)), axes=[3, 2], opset=18),
        pad("named axes counted from the end, and a value", [1, 2], lambda x: F.pad(x, (1, 2), value=0.5), value=0.5,
            axes=[-1], opset=18),
        pad("reflections, other on each side", [0, 0, 1, 3, 0, 0, 2, 0],
            lambda x: F.pad(x, (3, 0, 1, 2), mode="reflect"), attributes=dict(mode="reflect")),
        pad("reflections as far as the image reaches", [0, 0, 6, 5, 0, 0, 6, 5],
            lambda x: F.pad(x, (5, 5, 6, 6), mode="reflect"), attributes=dict(mode="reflect")),
        pad("reflections of the image itself", [0, 0, 1, 1, 0, 0, 1, 1],
            lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect"), attributes=dict(mode="reflect"), stem=None),
        pad("edges, other on each side", [0, 0, 1, 3, 0, 0, 2, 0],
            lambda x: F.pad(x, (3, 0, 1, 2), mode="replicate"), attributes=dict(mode="edge")),
        pad("edges repeated beyond the image's size", [0, 0, 0, 9, 0, 0, 8, 0],
            lambda x: F.pad(x, (9, 0, 0, 8), mode="replicate"), attributes=dict(mode="edge")),
        pad("edges of channels", [0, 2, 0, 0, 0, 1, 0, 0],
            lambda x: x[:, [0, 0, 0, 1, 2, 3, 3]], attributes=dict(mode="edge")),
        pad("edges of the image itself", [0, 0, 1, 1, 0, 0, 1, 1],
            lambda x: F.pad(x, (1, 1, 1, 1), mode="replicate"), attributes=dict(mode="edge"), stem=None),
    ],
    "flatten": [
        case("axis 1", [("Flatten", ["x"], "y", dict(axis=1))], lambda x, p: x.reshape(1, 168)),
        case("the axis left out", [("Flatten", ["x"], "y", {})], lambda x, p: x.reshape(1, 168)),
        case("the axis counted from the end", [("Flatten", ["x"], "y", dict(axis=-3))],
             lambda x, p: x.reshape(1, 168)),
        case("the image itself", [("Flatten", ["x"], "y", dict(axis=1))], lambda x, p: x.reshape(1, 126), stem=None),
        case("what is flat already", [("Flatten", ["x"], "u", dict(axis=1)), ("Flatten", ["u"], "y", dict(axis=1))],
             lambda x, p: x.reshape(1, 168)),
    ],
    "reshape": [
        case("a target that is cut into parts and joined, as repeat_interleave has it",
             [("Split", ["sizes", "lengths"], ["front", "back"], dict(axis=0)),
              ("Concat", ["front", "back"], "target", dict(axis=0)), ("Reshape", ["x", "target"], "y", {})],
             lambda x, p: x.reshape(1, 4, 42), constants={"sizes": integers(0, 4, 42), "lengths": integers(1, 2)}),
        reshape("0 and −1", [0, -1], lambda x: x.reshape(1, 168), parameters={"scale": drawn((168,))}),
        reshape("−1 for the batch", [-1, 168], lambda x: x.reshape(1, 168), parameters={"scale": drawn((168,))}),
        reshape("0 for the batch and channels", [0, 0, -1], lambda x: x.reshape(1, 4, 42),
                parameters={"scale": drawn((4, 42))}),
        reshape("−1 in the middle", [0, 2, -1, 6], lambda x: x.reshape(1, 2, 14, 6),
                parameters={"scale": drawn((2, 14, 6))}),
        reshape("−1 for the batch and other axes", [-1, 8, 3, 7], lambda x: x.reshape(1, 8, 3, 7),
                parameters={"scale": drawn((8, 3, 7))}),
        reshape("a batch size of 1 that the file was written with", [1, -1], lambda x: x.reshape(1, 168), batch=1,
                parameters={"scale": drawn((168,))}),
        reshape("a batch size of 4 that the file was written with", [4, 2, 84], lambda x: x.reshape(1, 2, 84),
                batch=4, parameters={"scale": drawn((2, 84))}),
        reshape("−1 for a batch size that the file was written with", [-1, 168], lambda x: x.reshape(1, 168),
                batch=4, parameters={"scale": drawn((168,))}),
        reshape("the shape it has", [0, 4, 7, 6], lambda x: x * 1, parameters={"scale": drawn((4, 7, 6))}),
        case("the image itself", [("Reshape", ["x", "target"], "y", {})], lambda x, p: x.reshape(1, 126),
             constants={"target": integers(0, -1)}, stem=None),
    ],
    "transpose": [
        case("back and forth",
             [("Transpose", ["x"], "u", dict(perm=[0, 2, 3, 1])), ("Mul", ["u", "scale"], "v", {}),
              ("Transpose", ["v"], "y", dict(perm=[0, 3, 1, 2]))],
             lambda x, p: x * p["scale"].permute(2, 0, 1), {"scale": drawn((7, 6, 4))}),
        case("an order that is not its own inverse",
             [("Transpose", ["x"], "u", dict(perm=[0, 3, 1, 2])), ("Mul", ["u", "scale"], "y", {})],
             lambda x, p: x.permute(0, 3, 1, 2) * p["scale"], {"scale": drawn((6, 4, 7))}),
        case("a channel shuffle",
             [("Reshape", ["x", "split"], "u", {}), ("Transpose", ["u"], "v", dict(perm=[0, 2, 1, 3, 4])),
              ("Reshape", ["v", "joined"], "y", {})],
             lambda x, p: x[:, [0, 2, 1, 3]],
             constants={"split": integers(0, 2, 2, 7, 6), "joined": integers(0, 4, 7, 6)}),
        case("the order as it was", [("Transpose", ["x"], "y", dict(perm=[0, 1, 2, 3]))], lambda x, p: x * 1),
        case("the order left out, twice",
             [("Transpose", ["x"], "u", {}), ("Relu", ["u"], "v", {}), ("Transpose", ["v"], "y", {})],
             lambda x, p: torch.relu(x)),
        case("the image itself", [("Transpose", ["x"], "y", dict(perm=[0, 2, 1, 3]))],
             lambda x, p: x.permute(0, 2, 1, 3), stem=None),
    ],
}

"""Parameters that are not used as the file keeps them."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers



def token(title, axis, attributes, reference, parameters, **options):
    """A filled tensor with a part for each image, along `axis` of [.., 1, 6], is added to or multiplied, and joined to rows."""
    sizes = ["one", "six"]
    sizes.insert(axis, "images")
    rows = [("Reshape", ["x", "rows"], "r", {})] + ([("Transpose", ["r"], "m", dict(perm=[1, 0, 2]))] if axis == 1 else [])
    joined = "m" if axis == 1 else "r"
    return case(title, [("Shape", ["x"], "shape", {}), ("Gather", ["shape", "zero"], "images", dict(axis=0)),
                        ("Concat", sizes, "sizes", dict(axis=0)), ("ConstantOfShape", ["sizes"], "f", attributes),
                        *rows, ("Add", ["f", "c"], "u", {}), ("Concat", ["u", joined], "v", dict(axis=1 - axis)),
                        ("Tanh", ["v"], "t", {}), *([("Transpose", ["t"], "y", dict(perm=[1, 0, 2]))] if axis == 1 else
                                                   [("Identity", ["t"], "y", {})])],
                reference, parameters, {"rows": integers(0, 28, 6), "zero": integers(0), "one": integers(1),
                                        "six": integers(6)}, **options)


HEADS = case(
    "zeros for each head of each image, as of attention with a key of zeros",
    [("Shape", ["x"], "shape", {}), ("Gather", ["shape", "zero"], "images", dict(axis=0)), ("Mul", ["images", "four"], "heads", {}),
     ("Concat", ["heads", "one", "six"], "sizes", dict(axis=0)), ("ConstantOfShape", ["sizes"], "f", {}),
     ("Concat", ["heads", "seven", "six"], "rows", dict(axis=0)), ("Reshape", ["x", "rows"], "r", {}),
     ("Concat", ["r", "f"], "v", dict(axis=1)), ("Softmax", ["v"], "s", dict(axis=1)),
     ("Concat", ["images", "four", "eight", "six"], "whole", dict(axis=0)), ("Reshape", ["s", "whole"], "y", {})],
    lambda x, p: torch.softmax(torch.cat([x, x[:, :, :1] * 0], 2), 2),
    constants={"zero": integers(0), "one": integers(1), "four": integers(4), "six": integers(6), "seven": integers(7),
               "eight": integers(8)})

rules = {"constant-of-shape": [
    HEADS,
    token("zeros for each image that a class token is added to", 0, {},
          lambda x, p: torch.tanh(torch.cat([p["c"], x.reshape(1, 28, 6)], 1)), {"c": drawn((1, 1, 6))}),
    token("zeros for each image along the second axis", 1, {},
          lambda x, p: torch.tanh(torch.cat([p["c"], x.reshape(1, 28, 6)], 1)), {"c": drawn((1, 1, 6))}),
    token("zeros for the one image that a file is written for", 0, {},
          lambda x, p: torch.tanh(torch.cat([p["c"], x.reshape(1, 28, 6)], 1)), {"c": drawn((1, 1, 6))}, batch=1),
], "constants": [
    case("two tokens of equal values, which are parameters each",
         [("Reshape", ["x", "rows"], "r", {}), ("Concat", ["class", "r", "teacher"], "v", dict(axis=1)), ("Tanh", ["v"], "y", {})],
         lambda x, p: torch.tanh(torch.cat([p["class"], x.reshape(1, 28, 6), p["teacher"]], 1)),
         {name: given((1, 1, 6), [0.25] * 5 + [0.5]) for name in ("class", "teacher")}, {"rows": integers(1, 28, 6)}, batch=1),
    case("one weight as it stands and transposed",
         [("MatMul", ["x", "w"], "u", {}), ("Relu", ["u"], "r", {}), ("Transpose", ["w"], "v", dict(perm=[1, 0])),
          ("MatMul", ["r", "v"], "y", {})],
         lambda x, p: torch.relu(x @ p["w"]) @ p["w"].T, {"w": drawn((6, 5))}),
    case("one tensor in two shapes",
         [("Reshape", ["w", "square"], "v", {}), ("Conv", ["x", "v"], "u", {}), ("Relu", ["u"], "r", {}),
          ("Reshape", ["w", "deep"], "d", {}), ("Conv", ["r", "d"], "y", dict(group=4))],
         lambda x, p: F.conv2d(torch.relu(F.conv2d(x, p["w"].reshape(4, 4, 1, 1))), p["w"].reshape(4, 1, 2, 2),
                               groups=4),
         {"w": drawn((2, 8))}, {"square": integers(4, 4, 1, 1), "deep": integers(4, 1, -1, 2)}),
    case("a weight transposed, then reshaped, and used before",
         [("Conv", ["x", "w"], "u", dict(pads=[0, 1, 0, 1])), ("Relu", ["u"], "r", {}),
          ("Transpose", ["w"], "t", dict(perm=[3, 1, 0, 2])), ("Reshape", ["t", "shape"], "v", {}),
          ("Conv", ["r", "v"], "y", {})],
         lambda x, p: F.conv2d(torch.relu(F.conv2d(x, p["w"], padding=(0, 1))),
                               p["w"].permute(3, 1, 0, 2).reshape(6, 4, 1, 1)),
         {"w": drawn((4, 2, 1, 3))}, {"shape": integers(6, 4, 1, 1)}, stem=2),
    case("a bias unsqueezed for an Add, and in a convolution",
         [("Conv", ["x", "w", "b"], "u", {}), ("Relu", ["u"], "r", {}), ("Unsqueeze", ["b", "axes"], "column", {}),
          ("Add", ["r", "column"], "y", {})],
         lambda x, p: torch.relu(F.conv2d(x, p["w"], p["b"])) + p["b"].view(-1, 1, 1),
         {"w": drawn((5, 4, 1, 1)), "b": drawn((5,))}, {"axes": integers(1, 2)}),
]}

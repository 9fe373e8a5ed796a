"""Whole numbers that count truth values, and become floating-point numbers."""
import torch

from .tensors import case, integers

INT, FLOAT = 7, 1
MASK = {"dims": [1, 4, 1, 1], "booleans": [True, False, True, True]}
WHOLE = {"dims": [1, 4, 1, 1], "integers": [1, 0, 1, 2]}
FIRST = {"zero": {"dims": [], "values": [0.0]}, "positions": integers(2, 3), "one": {"dims": [], "integers": [1]}}
OF_IMAGE = [("Greater", ["x", "zero"], "m", {})]


def numbers(spec):
    return torch.tensor(spec.get("booleans") or spec["integers"], dtype=torch.float64).reshape(spec["dims"])


def where_counted(x):
    count = (x > 0).sum((2, 3), keepdim=True)
    return torch.where(count > 1, x, count.to(x.dtype))


def masked_mean(title, nodes, mask, constants, least=0, **options):
    """The mean of x where a mask `m` holds, whose truth values `count` counts."""
    def reference(x, p):
        m = mask(x).to(x.dtype)
        count = m.sum((2, 3), keepdim=True).clamp(min=least)
        return (x * m).sum((2, 3), keepdim=True) / count

    return case(title, [*nodes, ("Cast", ["count"], "divisor", dict(to=FLOAT)), ("Cast", ["m"], "weight", dict(to=FLOAT)),
                        ("Mul", ["x", "weight"], "kept", {}), ("ReduceSum", ["kept", "positions"], "sum", {}),
                        ("Div", ["sum", "divisor"], "y", {})], reference, constants={**FIRST, **constants}, **options)


REPEATED = [("Shape", ["x"], "shape", {}), ("Expand", ["mask", "shape"], "m", {})]

rules = {
    "counts": [
        masked_mean("truth values of the image", [*OF_IMAGE, ("Cast", ["m"], "w", dict(to=INT)), ("ReduceSum", ["w", "positions"], "count", {})],
                    lambda x: x > 0, {}),
        masked_mean("a bound of whole numbers",
                    [*OF_IMAGE, ("Cast", ["m"], "w", dict(to=INT)), ("ReduceSum", ["w", "positions"], "n", {}), ("Max", ["n", "one"], "count", {})],
                    lambda x: x > 0, {}, least=1),
        masked_mean("truth values of the code, repeated for each image",
                    [*REPEATED, ("Cast", ["m"], "w", dict(to=INT)), ("ReduceSum", ["w", "positions"], "n", {}), ("Max", ["n", "one"], "count", {})],
                    lambda x: (x * 0 + numbers(MASK)) > 0, {"mask": MASK}, least=1),
        masked_mean("whole numbers of the code, repeated for each image",
                    [*REPEATED, ("ReduceSum", ["m", "positions"], "n", {}), ("Max", ["n", "one"], "count", {})],
                    lambda x: x * 0 + numbers(WHOLE), {"mask": WHOLE}, least=1),
        case("truth values of the code, counted when the file is read",
             [("Cast", ["mask"], "w", dict(to=INT)), ("ReduceSum", ["w"], "n", dict(keepdims=0)), ("Cast", ["n"], "d", dict(to=FLOAT)),
              ("Cast", ["mask"], "m", dict(to=FLOAT)), ("Mul", ["x", "m"], "k", {}), ("Div", ["k", "d"], "y", {})],
             lambda x, p: x * numbers(MASK) / 3, constants={"mask": MASK}),
        case("a comparison of counts",
             [*OF_IMAGE, ("Cast", ["m"], "w", dict(to=INT)), ("ReduceSum", ["w", "positions"], "n", {}), ("Greater", ["n", "one"], "c", {}),
              ("Cast", ["n"], "f", dict(to=FLOAT)), ("Where", ["c", "x", "f"], "y", {})],
             lambda x, p: where_counted(x), constants=FIRST),
    ],
}

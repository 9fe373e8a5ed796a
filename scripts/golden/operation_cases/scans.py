"""CumSum."""
import torch

from .parts import HEADS, QKV, turned
from .tensors import case, drawn, integers

SCALED = {"scale": drawn((4, 7, 6))}


def sums(title, axis, attributes, reference, **options):
    return case(title, [("CumSum", ["x", "axis"], "u", attributes), ("Mul", ["u", "scale"], "y", {})],
                lambda x, p: reference(x) * p["scale"], SCALED, {"axis": {"dims": [], "integers": [axis]}}, **options)


def from_the_end(x, axis):
    return x.flip(axis).cumsum(axis).flip(axis)


rules = {
    "cum-sum": [
        sums("rows", 2, {}, lambda x: x.cumsum(2)),
        sums("the last axis, counted from the end", -1, {}, lambda x: x.cumsum(3)),
        sums("each element left out", 3, dict(exclusive=1), lambda x: x.cumsum(3) - x),
        sums("from the end", 1, dict(reverse=1), lambda x: from_the_end(x, 1)),
        sums("from the end, each element left out", 2, dict(reverse=1, exclusive=1), lambda x: from_the_end(x, 2) - x),
        case("the batch on the second axis",
             [*QKV, ("CumSum", ["t", "axis"], "s", {}), ("Transpose", ["s"], "u", dict(perm=[1, 0, 2, 3])),
              ("Mul", ["u", "scale"], "y", {})],
             lambda x, p: turned(x).cumsum(0).permute(1, 0, 2, 3) * p["scale"], {"scale": drawn((2, 2, 42))},
             {**HEADS, "axis": integers(0)}),
        case("the image itself", [("CumSum", ["x", "axis"], "y", {})], lambda x, p: x.cumsum(3),
             constants={"axis": integers(3)}, stem=None),
        case("a parameter", [("CumSum", ["c", "axis"], "s", {}), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * p["c"].cumsum(1), {"c": drawn((7, 6))}, {"axis": integers(1)}),
    ],
}

"""Mean, Max, Min, ReduceMax, ReduceMin, GlobalMaxPool, Where."""
import torch
import torch.nn.functional as F

from .elementwise import STEPS, scalar
from .pooling import LEVELS
from .tensors import case, drawn, given, integers

RELU = ("Relu", ["x"], "u", {})
MOVED = ("Transpose", ["x"], "m", dict(perm=[1, 0, 2, 3]))
BACK = ("Transpose", ["r"], "y", dict(perm=[1, 0, 2, 3]))


def extremes(kind, of):
    """`of` is torch.maximum or torch.minimum, which give half of the gradient to each of two equal numbers."""
    sign = 1 if kind == "Max" else -1

    def bounded(x, bound):
        """The derivative where a number equals the bound is 0, as at the bounds of Clip."""
        return torch.where(sign * x > sign * bound, x, torch.full_like(x, bound))

    return [
        case("two activations", [("Tanh", ["x"], "u", {}), ("Mul", ["x", "two"], "d", {}), (kind, ["d", "u"], "y", {})],
             lambda x, p: of(2 * x, torch.tanh(x)), constants={"two": scalar(2)}),
        case("ties of two activations", [RELU, (kind, ["x", "u"], "y", {})], lambda x, p: of(x, torch.relu(x)),
             stem="half", images=STEPS),
        case("the same tensor on both sides", [(kind, ["x", "x"], "y", {})], lambda x, p: of(x, x * 1)),
        case("activations [N, C, 1, 1] and [N, C, H, W]",
             [("GlobalAveragePool", ["x"], "u", {}), (kind, ["u", "x"], "y", {})],
             lambda x, p: of(x.mean((2, 3), keepdim=True).expand_as(x), x)),
        case("a bound", [(kind, ["x", "half"], "y", {})], lambda x, p: bounded(x, 0.5), constants={"half": scalar(0.5)}),
        case("a bound that is met exactly", [(kind, ["x", "half"], "y", {})], lambda x, p: bounded(x, -0.5),
             constants={"half": scalar(-0.5)}, stem="half", images=STEPS),
        case("a bound on the left, of four axes", [(kind, ["half", "x"], "y", {})], lambda x, p: bounded(x, 0.25),
             constants={"half": given((1, 1, 1, 1), [0.25])}),
        case("a constant of each channel", [(kind, ["x", "c"], "y", {})], lambda x, p: of(x, p["c"].expand_as(x)),
             {"c": drawn((4, 1, 1))}),
        case("a constant that meets ties", [(kind, ["c", "x"], "y", {})], lambda x, p: of(x, p["c"].expand_as(x)),
             {"c": given((3, 1, 1), [0, 0.5, -0.5])}, stem="half", images=STEPS),
        case("three activations",
             [("Sigmoid", ["x"], "u", {}), ("Tanh", ["x"], "v", {}), (kind, ["x", "u", "v"], "y", {})],
             lambda x, p: of(of(x, torch.sigmoid(x)), torch.tanh(x))),
        case("one activation", [(kind, ["x"], "y", {})], lambda x, p: x * 1),
        case("the batch on the second axis", [MOVED, ("Tanh", ["m"], "u", {}), ("Mul", ["m", "half"], "v", {}),
                                              (kind, ["u", "v"], "r", {}), BACK],
             lambda x, p: of(torch.tanh(x), x * 0.5), constants={"half": scalar(0.5)}),
        case("a table and one of its functions, the same for all images",
             [("Tanh", ["t"], "u", {}), ("Mul", ["t", "half"], "v", {}), (kind, ["u", "v"], "s", {}),
              ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * of(torch.tanh(p["t"]), p["t"] * 0.5), {"t": drawn((7, 6), 2.0)},
             {"half": scalar(0.5)}),
        case("operator set 8", [RELU, (kind, ["x", "u"], "y", {})], lambda x, p: of(x, torch.relu(x)), opset=8),
    ]


WEIGHTED = [("Mul", ["x", "w"], "m", {})]
WEIGHTS = {"w": drawn((4, 7, 6))}


def over_axes(kind, of):
    """`of` is amax or amin, which divide evenly among equal numbers."""

    def one(title, axes, keep=True, opset=17, **options):
        attributes = {} if keep else dict(keepdims=0)
        inputs = ["m", "axes"] if opset >= 18 else ["m"]
        constants = {"axes": integers(*axes)} if opset >= 18 else None
        if opset < 18:
            attributes["axes"] = list(axes)
        return case(title, [*WEIGHTED, (kind, inputs, "r", attributes), ("Mul", ["r", "r"], "y", {})],
                    lambda x, p: of(x * p["w"], axes, keepdim=keep) ** 2, WEIGHTS, constants, opset=opset, **options)

    def tied(title, axes, keep=True, **options):
        return case(title, [(kind, ["x"], "r", dict(axes=list(axes), keepdims=int(keep))), ("Mul", ["r", "r"], "y", {})],
                    lambda x, p: of(x, axes, keepdim=keep) ** 2, stem="half", images=LEVELS, **options)

    return [
        one("the positions", (2, 3)),
        one("the channels, axis dropped", (1,), False),
        one("negative axes out of order, dropped", (-1, 1), False),
        one("all axes but the batch's", (1, 2, 3)),
        one("operator set 11", (-2,), opset=11),
        one("operator set 18", (-2,), opset=18),
        one("operator set 20, axes dropped", (2, 3), False, opset=20),
        tied("ties over positions", (2, 3)),
        tied("ties over channels, axis dropped", (1,), False),
        case("the positions of the image itself", [(kind, ["x"], "y", dict(axes=[2]))],
             lambda x, p: of(x, (2,), keepdim=True), stem=None),
        case("a gate of its own input", [(kind, ["x"], "g", dict(axes=[1])), ("Mul", ["x", "g"], "y", {})],
             lambda x, p: x * of(x, (1,), keepdim=True)),
        case("the batch on the second axis",
             [MOVED, (kind, ["m"], "u", dict(axes=[0])), ("Mul", ["m", "u"], "r", {}), BACK],
             lambda x, p: x * of(x, (1,), keepdim=True)),
        case("of a table that is the same for all images",
             [("Tanh", ["t"], "u", {}), (kind, ["u"], "s", dict(axes=[-1])), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * of(torch.tanh(p["t"]), (-1,), keepdim=True), {"t": drawn((7, 6), 2.0)}),
    ]


MASK = [[(i * 7 + j * 3 + i * j) % 3 == 0 for j in range(6)] for i in range(7)]
TRUTHS = {"dims": [7, 6], "booleans": [int(one) for line in MASK for one in line]}
PER_CHANNEL = {"dims": [1, 4, 1, 1], "booleans": [1, 0, 0, 1]}
MASK = torch.tensor(MASK)
CHANNELS = torch.tensor([True, False, False, True]).view(1, 4, 1, 1)

def gated(title, nodes, reference, **options):
    """What a test of x lets through of it."""
    return case(title, [*nodes, ("Cast", ["t"], "n", dict(to=1)), ("Mul", ["x", "n"], "y", {})],
                lambda x, p: x * reference(x, p), **options)


LOW_HIGH = {"low": scalar(-0.5), "high": scalar(0.5)}
LOW, HIGH = {"low": LOW_HIGH["low"]}, {"high": LOW_HIGH["high"]}
STEPPED = dict(stem="half", images=STEPS)
comparisons = [
    *(gated(f"{kind}, with equal numbers", [(kind, ["x", "high"], "t", {})],
            lambda x, p, holds=holds: holds(x, 0.5).double(), constants=HIGH, **STEPPED)
      for kind, holds in (("Greater", torch.gt), ("GreaterOrEqual", torch.ge), ("Less", torch.lt),
                          ("LessOrEqual", torch.le), ("Equal", torch.eq))),
    *(gated(f"{kind} of two tests",
            [("Greater", ["x", "low"], "a", {}), ("Less", ["x", "high"], "b", {}), (kind, ["a", "b"], "t", {})],
            lambda x, p, joined=joined: joined(x > -0.5, x < 0.5).double(), constants=LOW_HIGH, **STEPPED)
      for kind, joined in (("And", torch.logical_and), ("Or", torch.logical_or), ("Xor", torch.logical_xor))),
    gated("what a test is not", [("Less", ["x", "high"], "a", {}), ("Not", ["a"], "t", {})],
          lambda x, p: (x >= 0.5).double(), constants=HIGH, **STEPPED),
    gated("what is not 0", [("Cast", ["x"], "t", dict(to=9))], lambda x, p: (x != 0).double(), **STEPPED),
    gated("a test and known truths", [("Less", ["x", "high"], "a", {}), ("And", ["a", "c"], "t", {})],
          lambda x, p: ((x < 0.5) & MASK).double(), constants={**HIGH, "c": TRUTHS}),
    gated("a test of two activations", [("GlobalAveragePool", ["x"], "m", {}), ("Greater", ["x", "m"], "t", {})],
          lambda x, p: (x > x.mean((2, 3), keepdim=True)).double()),
    gated("a test by a tensor of the file", [("Greater", ["x", "c"], "t", {})],
          lambda x, p: (x > p["c"]).double(), parameters={"c": drawn((4, 1, 1))}),
    case("a choice by a test", [("Greater", ["x", "low"], "t", {}), ("Tanh", ["x"], "u", {}), ("Where", ["t", "x", "u"], "y", {})],
         lambda x, p: torch.where(x > -0.5, x, torch.tanh(x)), constants=LOW),
    case("a choice between a parameter and what is computed",
         [("Greater", ["x", "low"], "t", {}), ("Where", ["t", "x", "c"], "y", {})],
         lambda x, p: torch.where(x > -0.5, x, p["c"].expand_as(x)), {"c": drawn((4, 1, 1))}, LOW),
    case("what is moved with the batch on the second axis",
         [("Transpose", ["x"], "v", dict(perm=[1, 0, 2, 3])), ("Greater", ["v", "low"], "t", {}),
          ("Where", ["t", "v", "low"], "u", {}), ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))],
         lambda x, p: torch.where(x > -0.5, x, torch.full_like(x, -0.5)), constants=LOW),
]

rules = {
    "comparisons": comparisons,
    "mean": [
        case("three activations", [("Sigmoid", ["x"], "u", {}), ("GlobalAveragePool", ["x"], "v", {}),
                                   ("Mean", ["x", "u", "v"], "y", {})],
             lambda x, p: (x + torch.sigmoid(x) + x.mean((2, 3), keepdim=True)) / 3),
        case("an activation and a constant", [("Mean", ["x", "c"], "y", {})], lambda x, p: (x + p["c"]) / 2,
             {"c": drawn((4, 1, 1))}),
    ],
    "max": extremes("Max", torch.maximum),
    "min": extremes("Min", torch.minimum),
    "reduce-max": over_axes("ReduceMax", torch.amax),
    "reduce-min": over_axes("ReduceMin", torch.amin),
    "global-max-pool": [
        case("the maximum over all positions", [("GlobalMaxPool", ["x"], "y", {})], lambda x, p: F.adaptive_max_pool2d(x, 1)),
        case("ties", [("GlobalMaxPool", ["x"], "y", {})], lambda x, p: F.adaptive_max_pool2d(x, 1), stem="half",
             images=LEVELS),
        case("ties in the image itself", [("GlobalMaxPool", ["x"], "y", {})], lambda x, p: F.adaptive_max_pool2d(x, 1),
             stem=None, images=LEVELS),
        case("one position", [("GlobalMaxPool", ["x"], "y", {})], lambda x, p: x * 1, image=(3, 1, 1)),
        case("a gate of its own input", [("GlobalMaxPool", ["x"], "g", {}), ("Mul", ["x", "g"], "y", {})],
             lambda x, p: x * F.adaptive_max_pool2d(x, 1)),
        case("rows", [("Reshape", ["x", "rows"], "m", {}), ("GlobalMaxPool", ["m"], "y", {})],
             lambda x, p: F.adaptive_max_pool1d(x.flatten(2), 1), constants={"rows": integers(0, 4, -1)}),
    ],
    "where": [
        case("two activations", [("Tanh", ["x"], "u", {}), ("Where", ["c", "x", "u"], "y", {})],
             lambda x, p: torch.where(MASK, x, torch.tanh(x)), constants={"c": TRUTHS}),
        case("a number where the condition holds", [("Where", ["c", "n", "x"], "y", {})],
             lambda x, p: torch.where(MASK, torch.full_like(x, -2.5), x), constants={"c": TRUTHS, "n": scalar(-2.5)}),
        case("a number where it does not", [("Where", ["c", "x", "n"], "y", {})],
             lambda x, p: torch.where(CHANNELS, x, torch.full_like(x, 0.5)),
             constants={"c": PER_CHANNEL, "n": given((1,), [0.5])}),
        case("a token of each column where the condition holds", [("Where", ["c", "t", "x"], "y", {})],
             lambda x, p: torch.where(MASK, p["t"].expand_as(x), x), {"t": drawn((6,))}, {"c": TRUTHS}),
        case("shares that a mask leaves out",
             [("Where", ["c", "n", "x"], "u", {}), ("Softmax", ["u"], "s", dict(axis=-1)), ("Mul", ["s", "x"], "y", {})],
             lambda x, p: x * torch.softmax(x.masked_fill(MASK, -1e30), -1), constants={"c": TRUTHS, "n": scalar(-1e30)}),
        case("the lowest number of float32", [("Where", ["c", "n", "x"], "u", {}), ("Softmax", ["u"], "s", dict(axis=-1)),
                                    ("Mul", ["s", "x"], "y", {})],
             lambda x, p: x * torch.softmax(x.masked_fill(MASK, -1e30), -1), constants={"c": TRUTHS, "n": scalar(-3.4028234663852886e38)}),
        case("a triangle that is computed",
             [("ConstantOfShape", ["sizes"], "ones", {}), ("Add", ["ones", "one"], "full", {}),
              ("Trilu", ["full", "two"], "t", dict(upper=0)), ("Equal", ["t", "zero"], "c", {}),
              ("Where", ["c", "n", "x"], "y", {})],
             lambda x, p: torch.where(torch.ones(7, 6).tril(2) == 0, torch.full_like(x, -5), x),
             constants={"sizes": integers(7, 6), "one": scalar(1), "zero": scalar(0), "n": scalar(-5),
                        "two": {"dims": [], "integers": [2]}}),
        case("a condition that is computed of places",
             [("Less", ["i", "n"], "c", {}), ("Where", ["c", "x", "zero"], "y", {})],
             lambda x, p: torch.where(torch.arange(6) < 4, x, torch.zeros_like(x)),
             constants={"i": integers(0, 1, 2, 3, 4, 5), "n": {"dims": [], "integers": [4]}, "zero": scalar(0)}),
        case("the batch on the second axis",
             [MOVED, ("Tanh", ["m"], "u", {}), ("Where", ["c", "m", "u"], "r", {}), BACK],
             lambda x, p: torch.where(MASK, x, torch.tanh(x)), constants={"c": TRUTHS}),
        case("tables that are the same for all images",
             [("Tanh", ["t"], "u", {}), ("Where", ["c", "t", "u"], "s", {}), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * torch.where(MASK, p["t"], torch.tanh(p["t"])), {"t": drawn((7, 6), 2.0)}, {"c": TRUTHS}),
    ],
}

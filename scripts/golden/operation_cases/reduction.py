"""ReduceMean, ReduceSum, Softmax, LayerNormalization."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers

# A weight for each place, so that no two elements of a mean are alike to what follows.
WEIGHTED = [("Mul", ["x", "w"], "m", {})]
WEIGHTS = {"w": drawn((4, 7, 6))}


def reduction(kind, title, axes, reference, keep=True, **options):
    """Axes as an input, or as an attribute in operator sets that have them so."""
    opset = options.get("opset", 17)
    early = opset < (18 if kind == "ReduceMean" else 13)
    attributes = {} if keep else dict(keepdims=0)
    if early and axes is not None:
        attributes["axes"] = list(axes)
    inputs = ["m"] if early or axes is None else ["m", "axes"]
    return case(title, [*WEIGHTED, (kind, inputs, "r", attributes), ("Mul", ["r", "r"], "y", {})],
                lambda x, p: reference(x * p["w"]) ** 2, WEIGHTS,
                {"axes": integers(*axes)} if len(inputs) == 2 else None, **options)


def reductions(kind, of):
    def named(axes, keep=True):
        return lambda m: of(m, [axis % m.dim() for axis in axes], keep)

    def one(title, axes, keep=True, **options):
        return reduction(kind, title, axes, named(axes, keep), keep, **options)

    return [
        one("the positions", (2, 3)),
        one("the positions, axes dropped", (2, 3), False),
        one("the positions by negative axes out of order", (-1, -2)),
        one("the channels", (1,)),
        one("the channels, axis dropped", (1,), False),
        one("the last axis, negative", (-1,)),
        one("rows and channels, axes dropped", (-2, 1), False),
        one("all axes but the batch's", (1, 2, 3)),
        *[one(f"operator set {opset}", (-1, 1), opset=opset, runs=opset <= 21) for opset in (11, 13, 18, 20, 21)],
        *[one(f"operator set {opset}, axes dropped", (2, 3), False, opset=opset) for opset in (11, 18)],
        case("axes that nothing is said of, as no operation",
             [*WEIGHTED, (kind, ["m"], "y", dict(noop_with_empty_axes=1))], lambda x, p: x * p["w"], WEIGHTS,
             opset=13 if kind == "ReduceSum" else 18),
        case("a difference from it", [*WEIGHTED, (kind, *AXES_OF[kind]), ("Sub", ["m", "r"], "y", {})],
             lambda x, p: x * p["w"] - of(x * p["w"], [3], True), WEIGHTS, CONSTANTS_OF[kind]),
        case("a constant as axes",
             [*WEIGHTED, ("Identity", ["axes"], "a", {}), (kind, ["m", "a"], "r", {}), ("Mul", ["r", "r"], "y", {})],
             lambda x, p: of(x * p["w"], [1, 2], True) ** 2, WEIGHTS, {"axes": integers(1, -2)},
             opset=13 if kind == "ReduceSum" else 18),
        case("the rows of a square",
             [("Mul", ["x", "x"], "m", {}), (kind, ["m", "axes"], "y", {})],
             lambda x, p: of(x * x, [2], True), {}, {"axes": {"dims": [1], "integers": [-2]}},
             opset=13 if kind == "ReduceSum" else 18),
    ]


AXES_OF = {"ReduceMean": (["m"], "r", dict(axes=[-1])), "ReduceSum": (["m", "axes"], "r", {})}
CONSTANTS_OF = {"ReduceMean": None, "ReduceSum": {"axes": integers(-1)}}
TWICE = {"two": given((), [2.0])}


def softmax(title, attributes, reference, **options):
    return case(title, [("Mul", ["x", "two"], "m", {}), ("Softmax", ["m"], "s", attributes), ("Mul", ["s", "x"], "y", {})],
                lambda x, p: x * reference(2 * x), constants=TWICE, **options)


def flat_softmax(m, axis):
    return F.softmax(m.flatten(axis), axis).reshape(m.shape)


def normalized(x, axes, epsilon):
    mean = x.mean(axes, keepdim=True)
    return (x - mean) / torch.sqrt(((x - mean) ** 2).mean(axes, keepdim=True) + epsilon)


EPSILON = float(torch.tensor(1e-5))


def layer_norm(title, dims, attributes, axes, epsilon=EPSILON, shift=None, gamma=None, before=(), order=None, **options):
    parameters = {"g": gamma or drawn(dims), **({"b": drawn(shift)} if shift is not None else {})}
    inputs = ["t" if before else "x", "g", *(["b"] if shift is not None else [])]
    arranged = (lambda x: x.permute(order)) if order else (lambda x: x)

    def reference(x, p):
        y = normalized(arranged(x), axes, epsilon) * p["g"]
        return y + p["b"] if shift is not None else y

    return case(title, [*before, ("LayerNormalization", inputs, "y", attributes)], reference, parameters, **options)


LAST = [("Transpose", ["x"], "t", dict(perm=[0, 2, 3, 1]))]
rules = {
    "reduce-mean": reductions("ReduceMean", lambda m, axes, keep: m.mean(axes, keepdim=keep)),
    "reduce-sum": reductions("ReduceSum", lambda m, axes, keep: m.sum(axes, keepdim=keep)),
    "softmax": [
        softmax("the last axis", {}, lambda m: F.softmax(m, 3)),
        softmax("a negative axis", dict(axis=-2), lambda m: F.softmax(m, 2)),
        softmax("channels", dict(axis=1), lambda m: F.softmax(m, 1)),
        softmax("channels alone before operator set 13", dict(axis=3), lambda m: flat_softmax(m, 3), opset=11),
        softmax("two axes at once before operator set 13", dict(axis=2), lambda m: flat_softmax(m, 2), opset=12),
        softmax("all axes at once before operator set 13", {}, lambda m: flat_softmax(m, 1), opset=11),
        softmax("a negative axis before operator set 13", dict(axis=-2), lambda m: flat_softmax(m, 2), opset=12),
        softmax("equal numbers", dict(axis=1), lambda m: F.softmax(m, 1), stem="half",
                images=given((2, 3, 2, 2), [1.0] * 12 + [-0.5, 0.5] * 6), image=(3, 2, 2)),
    ],
    "layer-normalization": [
        layer_norm("channels in the last place, as ConvNeXt has it", (4,), {}, (3,), shift=(4,), before=LAST,
                   order=(0, 2, 3, 1)),
        layer_norm("the last axis and no shift", (6,), {}, (3,)),
        layer_norm("a negative axis and a shift", (7, 6), dict(axis=-2), (2, 3), shift=(7, 6)),
        layer_norm("all axes but the batch's", (4, 7, 6), dict(axis=1), (1, 2, 3), shift=(4, 7, 6)),
        layer_norm("scales that broadcast", (1, 6), dict(axis=2), (2, 3), shift=(6,)),
        layer_norm("an epsilon of its own", (6,), dict(epsilon=0.5), (3,), 0.5, shift=(6,)),
        layer_norm("scales of 1e-8, 0 and −0.5", (6,), {}, (3,), shift=(6,), gamma=given((6,), [1, 1e-8, 0, -0.5, 1, 2])),
        layer_norm("the image itself", (6,), {}, (3,), shift=(6,), stem=None),
    ],
}

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


def of_dead(title, nodes, reference):
    """Of r, maps of which the third is 0 everywhere: y = what the nodes make of it, [N, 4]."""
    bounds = given((4, 1, 1), [0.5, 1, -99, 0.25])
    numbers = {"flat": integers(0, 4, -1), "last": integers(-1), "places": integers(2, 3), "count": given((), [42]),
               "less": given((), [41]), "two": given((), [2]), "least": given((), [1e-8])}
    read = {name for _, inputs, _, _ in nodes for name in inputs}
    return case(title, [("Add", ["x", "bounds"], "a", {}), ("Relu", ["a"], "r", {}), *nodes],
                lambda x, p: reference(torch.relu(x + torch.tensor(bounds["values"], dtype=x.dtype).reshape(4, 1, 1)).flatten(2)),
                constants={"bounds": bounds, **{name: number for name, number in numbers.items() if name in read}})


SQUARES = [("Reshape", ["r", "flat"], "f", {}), ("Mul", ["f", "f"], "q", {}), ("ReduceSum", ["q", "last"], "s", dict(keepdims=0))]
SPREAD = [("Reshape", ["r", "flat"], "f", {}), ("ReduceMean", ["f"], "m", dict(axes=[-1])), ("Sub", ["f", "m"], "d", {}),
          ("Mul", ["d", "d"], "q", {}), ("ReduceMean", ["q"], "v", dict(axes=[-1], keepdims=0)), ("Mul", ["v", "count"], "w", {}),
          ("Div", ["w", "less"], "u", {})]


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


def flat_log_softmax(m, axis):
    return F.log_softmax(m.flatten(axis), axis).reshape(m.shape)


def log_softmax(title, attributes, reference, **options):
    """Times x: a LogSoftmax that closes the network would be cut off."""
    return case(title, [("LogSoftmax", ["x"], "s", attributes), ("Mul", ["s", "x"], "y", {})],
                lambda x, p: x * reference(x), **options)


def of_positive(kind, title, axes, reference, keep=True, opset=17):
    """Sums of x² + 1/2 over axes."""
    before = [("Mul", ["x", "x"], "q", {}), ("Add", ["q", "half"], "m", {})]
    inputs, constants, attributes = over(axes, keep, opset)
    return case(title, [*before, (kind, inputs, "r", attributes), ("Mul", ["r", "r"], "y", {})],
                lambda x, p: reference(x * x + 0.5, axes, keep) ** 2, None, {"half": given((), [0.5]), **constants},
                opset=opset)


def over(axes, keep, opset):
    attributes = {} if keep else dict(keepdims=0)
    if opset < 18:
        return ["m"], {}, {**attributes, "axes": list(axes)}
    return ["m", "axes"], {"axes": integers(*axes)}, attributes


def composite(kind, reference, positive=False):
    def one(title, axes, keep=True, opset=17):
        if positive:
            return of_positive(kind, title, axes, reference, keep, opset)
        inputs, constants, attributes = over(axes, keep, opset)
        return case(title, [*WEIGHTED, (kind, inputs, "r", attributes), ("Mul", ["r", "r"], "y", {})],
                    lambda x, p: reference(x * p["w"], axes, keep) ** 2, WEIGHTS, constants, opset=opset)

    moved = [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("Mul", ["t", "t"], "q", {})]
    return [
        one("the positions", (2, 3)),
        one("the channels, axis dropped", (1,), False),
        one("negative axes out of order, dropped", (-1, 1), False),
        one("operator set 11", (-2,), opset=11),
        one("operator set 18", (-2,), opset=18),
        case("the batch on the second axis",
             [*moved, (kind, ["q"], "u", dict(axes=[0])), ("Mul", ["q", "u"], "r", {}),
              ("Transpose", ["r"], "y", dict(perm=[1, 0, 2, 3]))],
             lambda x, p: x * x * reference(x * x, (1,), True)),
        case("of a table that is the same for all images",
             [("Exp", ["t"], "u", {}), (kind, ["u"], "s", dict(axes=[-1])), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * reference(p["t"].exp(), (-1,), True), {"t": drawn((7, 6), 2.0)}),
    ]


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
    "log-softmax": [
        log_softmax("the last axis", {}, lambda m: F.log_softmax(m, 3)),
        log_softmax("a negative axis", dict(axis=-2), lambda m: F.log_softmax(m, 2)),
        log_softmax("channels", dict(axis=1), lambda m: F.log_softmax(m, 1)),
        log_softmax("two axes at once before operator set 13", dict(axis=2), lambda m: flat_log_softmax(m, 2), opset=12),
        log_softmax("all axes at once before operator set 13", {}, lambda m: flat_log_softmax(m, 1), opset=11),
        case("numbers that are far apart",
             [("Mul", ["x", "many"], "m", {}), ("LogSoftmax", ["m"], "s", dict(axis=1)), ("Mul", ["s", "few"], "y", {})],
             lambda x, p: F.log_softmax(x * 200, 1) / 32, constants={"many": given((), [200]), "few": given((), [1 / 32])}),
        case("the batch on the second axis",
             [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("LogSoftmax", ["t"], "s", dict(axis=0)),
              ("Mul", ["s", "t"], "r", {}), ("Transpose", ["r"], "y", dict(perm=[1, 0, 2, 3]))],
             lambda x, p: x * F.log_softmax(x, 1)),
        case("of a table that is the same for all images",
             [("Exp", ["t"], "u", {}), ("LogSoftmax", ["u"], "s", {}), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * F.log_softmax(p["t"].exp(), -1), {"t": drawn((7, 6))}),
    ],
    "reduce-l1": composite("ReduceL1", lambda m, axes, keep: m.abs().sum(axes, keepdim=keep)),
    "reduce-sum-square": composite("ReduceSumSquare", lambda m, axes, keep: (m * m).sum(axes, keepdim=keep)),
    "reduce-log-sum": composite("ReduceLogSum", lambda m, axes, keep: m.sum(axes, keepdim=keep).log(), True),
    "reduce-log-sum-exp": [
        *composite("ReduceLogSumExp", lambda m, axes, keep: m.logsumexp(axes, keepdim=keep)),
        case("numbers that are large",
             [("Mul", ["x", "many"], "m", {}), ("ReduceLogSumExp", ["m"], "s", dict(axes=[1])), ("Mul", ["s", "x"], "y", {})],
             lambda x, p: x * (x * 200).logsumexp(1, keepdim=True), constants={"many": given((), [200])}),
    ],
    "roots-of-squares": [
        of_dead("a norm, one of which is 0", [*SQUARES, ("Sqrt", ["s"], "y", {})], lambda r: r.norm(dim=-1)),
        of_dead("a norm by powers, of which a logarithm is taken",
                [("Pow", ["r", "two"], "q", {}), ("ReduceSum", ["q", "places"], "s", dict(keepdims=0)), ("Sqrt", ["s"], "n", {}),
                 ("Softplus", ["n"], "y", {})], lambda r: F.softplus(r.norm(dim=-1))),
        of_dead("a standard deviation, one of which is 0", [*SPREAD, ("Sqrt", ["u"], "y", {})], lambda r: r.std(-1)),
        of_dead("a cosine with a vector, of which one is 0",
                [*SQUARES, ("Mul", ["s", "two"], "t", {}), ("Sqrt", ["t"], "n", {}), ("Max", ["n", "least"], "l", {}),
                 ("ReduceSum", ["f", "last"], "p", dict(keepdims=0)), ("Div", ["p", "l"], "y", {})],
                lambda r: r.sum(-1) / (r.norm(dim=-1) * 2 ** 0.5).clamp_min(1e-8)),
    ],
    "layer-normalization": [
        case("a scale and a shift of one number", [("LayerNormalization", ["x", "g", "b"], "y", dict(axis=2))],
             lambda x, p: F.layer_norm(x, x.shape[2:]) * p["g"] + p["b"],
             {"g": given((1,), [0.75]), "b": given((1,), [0.5])}, opset=17),
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

"""Relu, Clip, Add, Sub, Mul, Div, Identity, Dropout."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given

# Half of it meets −1, −0.5, 0, 0.5 and 1 exactly.
STEPS = given((3, 3, 7, 6), [((i * 5 + i // 42) % 9 - 4) / 2 for i in range(378)])


def scalar(value):
    return given((), [value])


def clip(title, low, high, reference, **options):
    constants = {name: scalar(value) for name, value in (("low", low), ("high", high)) if value is not None}
    inputs = ["x", "low" if low is not None else "", "high" if high is not None else ""]
    while inputs[-1] == "":
        inputs.pop()
    return case(title, [("Clip", inputs, "y", {})], reference, constants=constants, **options)


def below(x, high):
    """min(x, high) whose derivative at the bound is 0."""
    return torch.where(x < high, x, torch.full_like(x, high))


def above(x, low):
    return torch.where(x > low, x, torch.full_like(x, low))


def binary(kind, title, inputs, reference, parameters=None, **options):
    return case(title, [(kind, inputs, "y", {})], reference, parameters, **options)


def with_constant(kind, title, dims, reference, swapped=False, **options):
    inputs = ["c", "x"] if swapped else ["x", "c"]
    return binary(kind, title, inputs, reference, {"c": drawn(dims)}, **options)


def broadcasts(kind, apply):
    """Cases that Add and Mul share, with their inverses; `apply` is +, −, · or /."""
    other = {"w": drawn((4, 3, 1, 1))}

    def two(title, nodes, reference):
        return case(title, [*nodes, (kind, ["x", "u"], "y", {})], reference, other)

    return [
        with_constant(kind, "a constant of [C, 1, 1]", (4, 1, 1), lambda x, p: apply(x, p["c"])),
        with_constant(kind, "a constant of [1, C, 1, 1]", (1, 4, 1, 1), lambda x, p: apply(x, p["c"])),
        case("a literal of [1]", [(kind, ["x", "half"], "y", {})], lambda x, p: apply(x, 0.5),
             constants={"half": given((1,), [0.5])}),
        with_constant(kind, "a constant of [W]", (6,), lambda x, p: apply(x, p["c"])),
        with_constant(kind, "a constant of [1, H, 1]", (1, 7, 1), lambda x, p: apply(x, p["c"])),
        with_constant(kind, "a constant of the image's shape", (1, 4, 7, 6), lambda x, p: apply(x, p["c"])),
        with_constant(kind, "a constant on the left side", (4, 1, 1), lambda x, p: apply(p["c"], x), swapped=True),
        with_constant(kind, "a constant that repeats the activation", (5, 1, 6),
                      lambda x, p: apply(x, p["c"]), stem=1, image=(3, 7, 1)),
        case("a literal of no axes", [(kind, ["x", "half"], "y", {})], lambda x, p: apply(x, 0.5),
             constants={"half": scalar(0.5)}),
        binary(kind, "the same tensor on both sides", ["x", "x"], lambda x, p: apply(x, x)),
        case("the image itself on both sides", [(kind, ["x", "x"], "y", {})], lambda x, p: apply(x, x), stem=None),
        case("two activations of one shape", [("Relu", ["x"], "u", {}), (kind, ["x", "u"], "y", {})],
             lambda x, p: apply(x, torch.relu(x))),
        case("activations [N, C, H, W] and [N, C, 1, 1]",
             [("GlobalAveragePool", ["x"], "u", {}), (kind, ["x", "u"], "y", {})],
             lambda x, p: apply(x, x.mean((2, 3), keepdim=True))),
        case("activations [N, 1, H, W] and [N, C, 1, 1]",
             [("Conv", ["x", "w"], "u", {}), ("GlobalAveragePool", ["x"], "v", {}), (kind, ["u", "v"], "y", {})],
             lambda x, p: apply(torch.einsum("oi,nihw->nohw", p["w"][:, :, 0, 0], x), x.mean((2, 3), keepdim=True)),
             {"w": drawn((1, 4, 1, 1))}),
        case("one constant twice", [(kind, ["x", "c"], "u", {}), ("Relu", ["u"], "v", {}), (kind, ["v", "c"], "y", {})],
             lambda x, p: apply(torch.relu(apply(x, p["c"])), p["c"]), {"c": drawn((4, 1, 1))}),
        case("one constant broadcast in two ways",
             [(kind, ["x", "c"], "u", {}), ("GlobalAveragePool", ["u"], "v", {}), (kind, ["v", "c"], "y", {})],
             lambda x, p: apply(apply(x, p["c"]).mean((2, 3), keepdim=True), p["c"]), {"c": drawn((1, 4, 1, 1))}),
    ]


def inverse(kind, apply):
    """Cases of Sub and Div, which have sides, and a literal wherever there is but one number."""
    # Numbers away from 0.
    def constant(dims):
        count = 1
        for size in dims:
            count *= size
        return given(dims, [(1 + i % 5) / 4 * (-1) ** (i // 2) for i in range(count)])

    def one(title, dims, left=False, **options):
        reference = (lambda x, p: apply(p["c"], x)) if left else (lambda x, p: apply(x, p["c"]))
        return case(title, [(kind, ["c", "x"] if left else ["x", "c"], "y", {})], reference, {"c": constant(dims)},
                    **options)

    return [
        one("a constant of [C, 1, 1]", (4, 1, 1)),
        one("a constant of [1, C, 1, 1]", (1, 4, 1, 1)),
        one("a constant of [W]", (6,)),
        one("a constant of the image's shape", (1, 4, 7, 6)),
        one("a constant that repeats the activation", (5, 1, 6), stem=1, image=(3, 7, 1)),
        case("a literal of no axes", [(kind, ["x", "half"], "y", {})], lambda x, p: apply(x, 0.5),
             constants={"half": scalar(0.5)}),
        case("a literal of one axis", [(kind, ["x", "half"], "y", {})], lambda x, p: apply(x, 0.5),
             constants={"half": given((1,), [0.5])}),
        case("a literal of four axes", [(kind, ["x", "half"], "y", {})], lambda x, p: apply(x, 0.5),
             constants={"half": given((1, 1, 1, 1), [0.5])}),
    ]


differences = [
    case("a constant on the left side", [("Sub", ["c", "x"], "y", {})], lambda x, p: p["c"] - x, {"c": drawn((4, 1, 1))}),
    case("a literal on the left side", [("Sub", ["one", "x"], "y", {})], lambda x, p: 1 - x,
         constants={"one": scalar(1)}),
    case("the same tensor on both sides of a product",
         [("Relu", ["x"], "u", {}), ("Sub", ["x", "u"], "d", {}), ("Mul", ["d", "x"], "y", {})],
         lambda x, p: (x - torch.relu(x)) * x),
    case("activations [N, C, H, W] and [N, C, 1, 1]",
         [("GlobalAveragePool", ["x"], "u", {}), ("Sub", ["x", "u"], "y", {})],
         lambda x, p: x - x.mean((2, 3), keepdim=True)),
    case("activations [N, C, 1, 1] and [N, C, H, W]",
         [("GlobalAveragePool", ["x"], "u", {}), ("Sub", ["u", "x"], "y", {})],
         lambda x, p: x.mean((2, 3), keepdim=True) - x),
]
SQUARE = [("Mul", ["x", "x"], "q", {}), ("Add", ["q", "half"], "p", {})]
quotients = [
    case("a constant on the left side", [*SQUARE, ("Div", ["c", "p"], "y", {})],
         lambda x, p: p["c"] / (x * x + 0.5), {"c": drawn((4, 1, 1))}, {"half": scalar(0.5)}),
    case("a literal on the left side", [*SQUARE, ("Div", ["half", "p"], "y", {})], lambda x, p: 0.5 / (x * x + 0.5),
         constants={"half": scalar(0.5)}),
    case("two activations", [*SQUARE, ("Div", ["x", "p"], "y", {})], lambda x, p: x / (x * x + 0.5),
         constants={"half": scalar(0.5)}),
    case("activations [N, C, H, W] and [N, C, 1, 1]",
         [*SQUARE, ("GlobalAveragePool", ["p"], "u", {}), ("Div", ["x", "u"], "y", {})],
         lambda x, p: x / (x * x + 0.5).mean((2, 3), keepdim=True), constants={"half": scalar(0.5)}),
]

PROMPT = case("what is learnt for each pixel of the image, before any weights",
              [("Add", ["x", "c"], "u", {}), ("Relu", ["u"], "y", {})], lambda x, p: torch.relu(x + p["c"]),
              {"c": drawn((1, 3, 7, 6))}, stem=None)


def learnt(title, inputs, reference, **parameters):
    """A Clip of PyTorch's exporter, whose bounds have the names of parameters."""
    return case(title, [("Clip", ["x", *inputs], "y", {})], reference,
                {name: given((), [value]) for name, value in parameters.items()}, producer="pytorch")


learnt_bounds = [
    learnt("learnt bounds", ["low", "high"], lambda x, p: torch.clamp(x, p["low"], p["high"]), low=-0.3, high=0.4),
    learnt("a learnt upper bound alone", ["", "high"], lambda x, p: torch.minimum(x, p["high"]), high=0.4),
    learnt("one learnt number for both bounds", ["low", "low"], lambda x, p: torch.clamp(x, p["low"], p["low"]), low=0.25),
    case("bounds that are made of a learnt number",
         [("Neg", ["high"], "low", {}), ("Clip", ["x", "low", "high"], "y", {})],
         lambda x, p: torch.clamp(x, -p["high"], p["high"]), {"high": given((), [0.4])}, producer="pytorch"),
]

rules = {
    "relu": [
        case("both signs", [("Relu", ["x"], "y", {})], lambda x, p: torch.relu(x)),
        case("exact zeros", [("Relu", ["x"], "y", {})], lambda x, p: torch.relu(x), stem="half", images=STEPS),
        case("exact zeros in the image itself", [("Relu", ["x"], "y", {})], lambda x, p: torch.relu(x), stem=None,
             images=STEPS),
        case("its own output", [("Relu", ["x"], "u", {}), ("Relu", ["u"], "y", {})], lambda x, p: torch.relu(x)),
        case("values of 1e-30 and of 1e30", [("Relu", ["x"], "u", {}), ("Mul", ["u", "tiny"], "y", {})],
             lambda x, p: torch.relu(x) * float(torch.tensor(1e-30)), stem=None,
             images=given((2, 1, 1, 3), [1e-30, -1e-30, 1e30, 2e30, 0, -1e30]), image=(1, 1, 3),
             constants={"tiny": scalar(1e-30)}),
    ],
    "clip": [
        clip("the bounds of ReLU6", 0.0, 6.0, lambda x, p: F.relu6(x)),
        clip("values exactly at both bounds", -0.5, 0.5, lambda x, p: F.hardtanh(x, -0.5, 0.5), stem="half",
             images=STEPS),
        clip("values exactly at 0 and 1", 0.0, 1.0, lambda x, p: F.hardtanh(x, 0, 1), stem="half", images=STEPS),
        clip("no lower bound", None, 0.5, lambda x, p: below(x, 0.5), stem="half", images=STEPS),
        clip("no upper bound", -0.5, None, lambda x, p: above(x, -0.5), stem="half", images=STEPS),
        clip("no bounds", None, None, lambda x, p: x * 1),
        clip("bounds at the ends of float32", -3.4028234663852886e38, 3.4028234663852886e38, lambda x, p: x * 1),
        *learnt_bounds,
        clip("bounds that are both positive", 0.25, 0.75, lambda x, p: F.hardtanh(x, 0.25, 0.75)),
    ],
    "add": [*broadcasts("Add", lambda x, y: x + y), PROMPT],
    "mul": broadcasts("Mul", lambda x, y: x * y),
    "sub": [*inverse("Sub", lambda x, y: x - y), *differences],
    "div": [*inverse("Div", lambda x, y: x / y), *quotients],
    "identity": [
        case("an activation", [("Identity", ["x"], "y", {})], lambda x, p: x * 1),
        case("the image itself", [("Identity", ["x"], "y", {})], lambda x, p: x * 1, stem=None),
        case("both an activation and its copy", [("Identity", ["x"], "u", {}), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * x),
    ],
    "dropout": [
        case("no mode", [("Dropout", ["x"], "y", {})], lambda x, p: x * 1),
        case("a ratio alone", [("Dropout", ["x", "ratio"], "y", {})], lambda x, p: x * 1,
             constants={"ratio": scalar(0.25)}),
        case("a mode that is false", [("Dropout", ["x", "ratio", "mode"], "y", {})], lambda x, p: x * 1,
             constants={"ratio": scalar(0.5), "mode": {"dims": [], "booleans": [0]}}),
        case("a ratio attribute", [("Dropout", ["x"], "y", dict(ratio=0.5))], lambda x, p: x * 1, opset=11),
        case("a mask that nothing reads", [("Dropout", ["x"], ["y", "mask"], {})], lambda x, p: x * 1, opset=11),
        case("a ReLU before and a skip around it",
             [("Relu", ["x"], "u", {}), ("Dropout", ["u"], "v", {}), ("Add", ["x", "v"], "y", {})],
             lambda x, p: x + torch.relu(x)),
    ],
}

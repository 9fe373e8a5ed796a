"""Operations that compute each number of their output from one of their input, Pow among them."""
import torch
import torch.nn.functional as F

from .elementwise import STEPS, scalar
from .tensors import case, drawn, given

# Images whose halves meet −3, 0 and 3 exactly, and go beyond.
WIDE = given((3, 3, 7, 6), [((i * 5 + i // 42) % 17 - 8) * 1.0 for i in range(378)])
# Of which little is left beside 1.
TINY = given((3, 3, 7, 6), [((i * 5 + i // 42) % 17 - 8) * 2.0 ** -16 for i in range(378)])
HALF = {"half": scalar(0.5)}
POSITIVE = [("Mul", ["x", "x"], "q", {}), ("Add", ["q", "half"], "p", {})]


def single(number):
    """A number as an ONNX attribute holds it."""
    return float(torch.tensor(number))


def function(kind, reference, attributes=None, title="both signs", **options):
    return case(title, [(kind, ["x"], "y", attributes or {})], lambda x, p: reference(x), **options)


def everywhere(kind, reference, attributes=None, **options):
    """Cases that each function that is defined everywhere has."""
    return [
        function(kind, reference, attributes, **options),
        function(kind, reference, attributes, "steps and exact zeros", stem="half", images=STEPS, **options),
        function(kind, reference, attributes, "large numbers", stem="half", images=WIDE, **options),
        function(kind, reference, attributes, "the image itself", stem=None, **options),
        case("the batch on the second axis",
             [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), (kind, ["t"], "u", attributes or {}),
              ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))], lambda x, p: reference(x), **options),
        case("a product with its own input", [(kind, ["x"], "u", attributes or {}), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * reference(x), **options),
    ]


def step_function(kind, reference):
    """What lies before one has a gradient only by other ways."""
    plain = [one for one in everywhere(kind, reference) if "product" not in one["title"]]
    return [
        case("a product with its own input", [(kind, ["x"], "u", {}), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * reference(x)),
        *plain,
        case("large numbers of whose product it is a factor", [(kind, ["x"], "u", {}), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * reference(x), stem="half", images=WIDE),
        case("weights before and behind it", [(kind, ["x"], "u", {}), ("Mul", ["u", "c"], "y", {})],
             lambda x, p: reference(x) * p["c"], {"c": drawn((4, 1, 1))}),
        case("what was rounded, in place of what it was made of, as where gradients are to pass it",
             [(kind, ["x"], "u", {}), ("Sub", ["u", "x"], "d", {}), ("Add", ["x", "d"], "y", {})],
             lambda x, p: x + (reference(x) - x)),
    ]


def of_positive(kind, reference):
    return [
        case("positive numbers", [*POSITIVE, (kind, ["p"], "y", {})], lambda x, p: reference(x * x + 0.5),
             constants=HALF),
        case("positive numbers and a product with what they are of",
             [*POSITIVE, (kind, ["p"], "u", {}), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * reference(x * x + 0.5), constants=HALF),
    ]


def beside_one(kind, reference):
    """Products and quotients that change nothing, beside a slope that divides."""
    return [case(f"{title} by one", [*POSITIVE, (kind, ["p"], "u", {}), (product, ["u", "one"], "y", {})],
                 lambda x, p: reference(x * x + 0.5), constants={**HALF, "one": scalar(1)})
            for title, product in (("a product", "Mul"), ("a quotient", "Div"))]


def inside(kind, reference):
    """Of a function that is defined between −1 and 1."""
    return [case("what lies between −1 and 1", [("Softsign", ["x"], "s", {}), (kind, ["s"], "y", {})],
                 lambda x, p: reference(F.softsign(x)))]


def of_small(kind, reference):
    """Of a function that rises too fast for large numbers, or has poles: what is small, some of it very, and exact zeros."""
    return [
        function(kind, reference),
        function(kind, reference, title="exact zeros", stem="half", images=STEPS),
        function(kind, reference, title="numbers close to 0", stem="half", images=TINY),
        case("the batch on the second axis",
             [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), (kind, ["t"], "u", {}),
              ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))], lambda x, p: reference(x)),
    ]


def hard_sigmoid(x, alpha=single(0.2), beta=0.5):
    y = alpha * x + beta
    return torch.where((y > 0) & (y < 1), y, y.detach().clamp(0, 1))


def hard_swish(x):
    """At its kinks the derivative is that of the outer parts; F.hardswish has it otherwise in some loops."""
    gate = (x + 3) / 6
    return x * torch.where((gate > 0) & (gate < 1), gate, gate.detach().clamp(0, 1))


def power(title, exponent, reference, positive=False, spec=None, **options):
    return case(title, [*(POSITIVE if positive else []), ("Pow", ["p" if positive else "x", "e"], "y", {})],
                (lambda x, p: reference(x * x + 0.5)) if positive else (lambda x, p: reference(x)),
                constants={"e": spec or scalar(exponent), **(HALF if positive else {})}, **options)


def selu(x, alpha=single(1.6732632423543772), gamma=single(1.0507009873554805)):
    return gamma * F.elu(x, alpha)


def slopes(title, dims):
    return case(title, [("PRelu", ["x", "s"], "y", {})], lambda x, p: torch.where(x > 0, x, x * p["s"]), {"s": drawn(dims)})


SIXTH = single(1 / 6)
PYTORCH = dict(producer="pytorch")
EACH = given((4, 1, 1), [0.5, 1.25, 2, 3])
learnt_exponents = [
    case("a learnt exponent", [*POSITIVE, ("Pow", ["p", "e"], "y", {})], lambda x, p: (x * x + 0.5) ** p["e"],
         {"e": given((1,), [1.75])}, HALF, **PYTORCH),
    case("a learnt exponent of what may be 0", [("Relu", ["x"], "u", {}), ("Pow", ["u", "e"], "y", {})],
         lambda x, p: torch.relu(x) ** p["e"], {"e": given((), [2.5])}, stem="half", images=STEPS, **PYTORCH),
    case("a learnt exponent and its inverse, as of generalised means",
         [*POSITIVE, ("Pow", ["p", "e"], "u", {}), ("GlobalAveragePool", ["u"], "v", {}), ("Reciprocal", ["e"], "i", {}),
          ("Pow", ["v", "i"], "y", {})],
         lambda x, p: ((x * x + 0.5) ** p["e"]).mean((2, 3), keepdim=True) ** (1 / p["e"]), {"e": given((1,), [3])}, HALF,
         **PYTORCH),
    case("a learnt exponent for each channel", [*POSITIVE, ("Pow", ["p", "e"], "y", {})],
         lambda x, p: (x * x + 0.5) ** p["e"], {"e": EACH}, HALF, **PYTORCH),
    case("a learnt exponent for each channel of what may be 0", [("Relu", ["x"], "u", {}), ("Pow", ["u", "e"], "y", {})],
         lambda x, p: torch.relu(x) ** p["e"], {"e": given((4, 1, 1), [1.5, 1.25, 2, 3])}, stem="half", image=(4, 7, 6),
         images=given((3, 4, 7, 6), [((i * 5 + i // 42) % 9 - 4) / 2 for i in range(504)]), **PYTORCH),
    case("an exponent for each channel that the code holds", [("Pow", ["x", "e"], "y", {})],
         lambda x, p: x ** torch.tensor([1.0, 2.0, 3.0, 0.0]).reshape(4, 1, 1), constants={"e": given((4, 1, 1), [1, 2, 3, 0])}),
    case("an exponent that is computed from the image", [*POSITIVE, ("Pow", ["p", "x"], "y", {})],
         lambda x, p: (x * x + 0.5) ** x, constants=HALF),
    case("a number to the power of what is computed from the image", [("Pow", ["half", "x"], "y", {})],
         lambda x, p: 0.5 ** x, constants=HALF),
]

rules = {
    "atan": [*everywhere("Atan", torch.atan), *beside_one("Atan", torch.atan)],
    "asin": inside("Asin", torch.asin),
    "acos": inside("Acos", torch.acos),
    "sinh": of_small("Sinh", torch.sinh),
    "cosh": of_small("Cosh", torch.cosh),
    "tan": [*inside("Tan", torch.tan), function("Tan", torch.tan, title="numbers close to 0", stem="half", images=TINY)],
    "asinh": [*everywhere("Asinh", torch.asinh), *of_small("Asinh", torch.asinh)[2:3]],
    "acosh": [
        case("what lies above 1", [("Exp", ["x"], "q", {}), ("Add", ["q", "one"], "p", {}), ("Acosh", ["p"], "y", {})],
             lambda x, p: torch.acosh(x.exp() + 1), constants={"one": scalar(1)}),
        case("what lies just above 1", [("Sigmoid", ["x"], "q", {}), ("Mul", ["q", "small"], "r", {}), ("Add", ["r", "one"], "p", {}),
                                        ("Acosh", ["p"], "y", {})],
             lambda x, p: torch.acosh(torch.sigmoid(x) * 2.0 ** -4 + 1), constants={"small": scalar(2.0 ** -4), "one": scalar(1)}),
    ],
    "atanh": [*inside("Atanh", torch.atanh), function("Atanh", torch.atanh, title="numbers close to 0", stem="half", images=TINY)],
    "abs": everywhere("Abs", torch.abs),
    "elu": [*everywhere("Elu", F.elu),
            function("Elu", lambda x: F.elu(x, 0.25), dict(alpha=0.25), "an alpha of its own")],
    "erf": everywhere("Erf", torch.erf),
    "exp": everywhere("Exp", torch.exp),
    "hard-sigmoid": [
        *everywhere("HardSigmoid", hard_sigmoid),
        function("HardSigmoid", lambda x: hard_sigmoid(x, SIXTH), dict(alpha=1 / 6), "the slope of MobileNetV3",
                 stem="half", images=WIDE),
        function("HardSigmoid", lambda x: hard_sigmoid(x, 0.5, 0.25), dict(alpha=0.5, beta=0.25),
                 "kinks that are met exactly", stem="half", images=STEPS),
        function("HardSigmoid", lambda x: hard_sigmoid(x, -0.5, 0.25), dict(alpha=-0.5, beta=0.25),
                 "a slope that is negative", stem="half", images=STEPS),
    ],
    "hard-swish": everywhere("HardSwish", hard_swish),
    "leaky-relu": [
        *everywhere("LeakyRelu", lambda x: F.leaky_relu(x, single(0.01))),
        function("LeakyRelu", lambda x: F.leaky_relu(x, 0.25), dict(alpha=0.25), "a slope of its own", stem="half",
                 images=STEPS),
    ],
    "ceil": step_function("Ceil", torch.ceil),
    "floor": step_function("Floor", torch.floor),
    "round": step_function("Round", torch.round),
    "sign": step_function("Sign", torch.sign),
    "log": [*of_positive("Log", torch.log), *beside_one("Log", torch.log)],
    "neg": everywhere("Neg", torch.neg),
    "reciprocal": of_positive("Reciprocal", torch.reciprocal),
    "sigmoid": everywhere("Sigmoid", torch.sigmoid),
    "softplus": everywhere("Softplus", lambda x: F.softplus(x, threshold=1000)),
    "sqrt": of_positive("Sqrt", torch.sqrt),
    "softsign": everywhere("Softsign", F.softsign),
    "sin": everywhere("Sin", torch.sin),
    "cos": everywhere("Cos", torch.cos),
    "tanh": everywhere("Tanh", torch.tanh),
    "selu": [
        *everywhere("Selu", selu),
        function("Selu", lambda x: selu(x, 1.5, 0.75), dict(alpha=1.5, gamma=0.75), "numbers of its own"),
    ],
    "celu": [
        *everywhere("Celu", F.celu),
        function("Celu", lambda x: F.celu(x, 0.5), dict(alpha=0.5), "an alpha of its own", stem="half", images=STEPS),
    ],
    "mish": [one for one in everywhere("Mish", F.mish, opset=18)],
    "thresholded-relu": [
        *everywhere("ThresholdedRelu", lambda x: F.threshold(x, 1, 0)),
        function("ThresholdedRelu", lambda x: F.threshold(x, -0.5, 0), dict(alpha=-0.5), "a threshold below 0, met exactly",
                 stem="half", images=STEPS),
    ],
    "p-relu": [
        slopes("a slope of each channel", (4, 1, 1)),
        slopes("one slope", (1,)),
        slopes("one slope of three axes", (1, 1, 1)),
        slopes("a slope of each place", (4, 7, 6)),
        case("exact zeros", [("PRelu", ["x", "s"], "y", {})], lambda x, p: F.prelu(x, p["s"]), {"s": given((1,), [0.25])},
             stem="half", images=STEPS),
        case("the image itself", [("PRelu", ["x", "s"], "y", {})], lambda x, p: F.prelu(x, p["s"].flatten()),
             {"s": drawn((3, 1, 1))}, stem=None),
        case("one slope in two places", [("PRelu", ["x", "s"], "u", {}), ("Neg", ["u"], "v", {}), ("PRelu", ["v", "s"], "y", {})],
             lambda x, p: F.prelu(-F.prelu(x, p["s"].flatten()), p["s"].flatten()), {"s": drawn((4, 1, 1))}),
        case("the batch on the second axis",
             [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("PRelu", ["t", "s"], "u", {}),
              ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))],
             lambda x, p: F.prelu(x, p["s"].flatten()), {"s": drawn((4, 1, 1, 1))}),
        case("of features", [("Flatten", ["x"], "f", {}), ("PRelu", ["f", "s"], "y", {})],
             lambda x, p: F.prelu(x.flatten(1), p["s"]), {"s": drawn((168,))}),
    ],
    "gelu": [
        *[one for one in everywhere("Gelu", F.gelu, opset=20) if "second axis" not in one["title"]],
        function("Gelu", lambda x: F.gelu(x, approximate="tanh"), dict(approximate="tanh"), "an approximation by tanh",
                 opset=20),
        function("Gelu", lambda x: F.gelu(x), dict(approximate="none"), "no approximation", opset=20),
    ],
    "pow": [
        power("the square", 2, lambda x: x * x),
        power("the square of steps and zeros", 2, lambda x: x * x, stem="half", images=STEPS),
        power("the square of the image itself", 2, lambda x: x * x, stem=None),
        power("the cube", 3, lambda x: x * x * x),
        power("an exponent of 1", 1, lambda x: x * 1),
        power("an exponent of 0", 0, lambda x: x ** 0),
        power("an exponent of 5", 5, lambda x: x ** 5),
        power("the square root", 0.5, torch.sqrt, positive=True),
        power("one over the square root", -0.5, torch.rsqrt, positive=True),
        power("one over the number", -1, torch.reciprocal, positive=True),
        power("a broken exponent", 1.75, lambda x: x ** 1.75, positive=True),
        power("a negative exponent", -1.25, lambda x: x ** -1.25, positive=True),
        power("an exponent of one axis", 2, lambda x: x * x, spec=given((1,), [2])),
        power("an exponent of four axes", 2, lambda x: x * x, spec=given((1, 1, 1, 1), [2])),
        power("a whole exponent", 2, lambda x: x * x, spec={"dims": [], "integers": [2]}),
        *learnt_exponents,
    ],
}

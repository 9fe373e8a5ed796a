"""BatchNormalization, InstanceNormalization, LRN."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers

EPSILON = float(torch.tensor(1e-5))
MEAN = [0.25, -0.5, 0.125, 0.75]
VARIANCE = [0.5, 2.0, 0.25, 1.5]


def normalized(x, p, epsilon=EPSILON):
    shape = (1, -1, *[1] * (x.dim() - 2))
    mean, variance = (torch.tensor(values, dtype=x.dtype).view(shape) for values in (MEAN, VARIANCE))
    return (x - mean) / torch.sqrt(variance + epsilon) * p["gamma"].view(shape) + p["beta"].view(shape)


def batch_norm(title, gamma, **options):
    return case(title, [("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], "y", {})], normalized,
                {"gamma": given((4,), gamma), "beta": drawn((4,))}, STATISTICS, **options)


STATISTICS = {"mean": given((4,), MEAN), "variance": given((4,), VARIANCE)}


def repeated_once():
    """As PyTorch exports an InstanceNorm2d with running statistics for one image."""
    vectors = ("gamma", "beta", "mean", "variance")
    repeats = [node for name in vectors for node in [("Expand", [name, "once"], f"{name} expanded", {}),
                                                     ("Tile", [f"{name} expanded", "once"], f"{name} tiled", {})]]
    return case("vectors that are repeated once, for a batch of one",
                [*repeats, ("Reshape", ["x", "sizes"], "r", {}),
                 ("BatchNormalization", ["r", *(f"{name} tiled" for name in vectors)], "n", {}),
                 ("Reshape", ["n", "sizes"], "y", {})], normalized,
                {"gamma": given((4,), [1.5, 0.75, -1.25, 0.5]), "beta": drawn((4,))},
                {**STATISTICS, "once": integers(1), "sizes": integers(1, 4, 7, 6)}, batch=1)


def instance_norm(title, parameters, epsilon=EPSILON, **options):
    attributes = {} if epsilon == EPSILON else dict(epsilon=epsilon)
    return case(title, [("InstanceNormalization", ["x", "g", "b"], "y", attributes)],
                lambda x, p: F.instance_norm(x, None, None, p["g"], p["b"], True, 0.1, epsilon), parameters, **options)


def response(title, attributes, **options):
    """From the definition: F.local_response_norm counts channels from the other side where their number is even."""
    size, bias = attributes["size"], attributes.get("bias", 1.0)
    alpha, beta = (float(torch.tensor(attributes.get(name, usual))) for name, usual in (("alpha", 1e-4), ("beta", 0.75)))

    def reference(x, p):
        before, after = (size - 1) // 2, size // 2
        squares = F.pad(x * x, (0, 0, 0, 0, before, after))
        total = sum(squares[:, at:at + x.shape[1]] for at in range(size))
        return x * (bias + alpha / size * total) ** -beta

    return case(title, [("LRN", ["x"], "y", attributes)], reference, **options)


def group_norm(title, groups, scales, epsilon=EPSILON, opset=21, before=(), **options):
    """Scales of each group until operator set 20, of each channel since."""
    attributes = dict(num_groups=groups, **({} if epsilon == EPSILON else dict(epsilon=epsilon)))

    def reference(x, p):
        each = [p[name].repeat_interleave(x.shape[1] // len(p[name])) for name in ("g", "b")]
        return F.group_norm(x, groups, *each, epsilon)

    nodes = [*before, ("GroupNormalization", ["m" if before else "x", "g", "b"], "y", attributes)]
    return case(title, nodes, reference, {"g": given((len(scales),), scales), "b": drawn((len(scales),))},
                opset=opset, runs=False, **options)


def mean_variance(title, axes, **options):
    def reference(x, p):
        centred = x - x.mean(axes, keepdim=True)
        return centred / (torch.sqrt((centred ** 2).mean(axes, keepdim=True)) + float(torch.tensor(1e-9)))

    return case(title, [("MeanVarianceNormalization", ["x"], "y", dict(axes=list(axes)))], reference, **options)


def unit(title, attributes, axis, **options):
    return case(title, [("LpNormalization", ["x"], "y", attributes)], lambda x, p: x / x.norm(dim=axis, keepdim=True),
                **options)


rules = {"group-normalization": [
    group_norm("scales of channels", 2, [1.5, 0.75, -1.25, 0.5]),
    group_norm("scales of groups, as operator set 18 has them", 2, [1.5, -0.75], opset=18),
    group_norm("scales of groups in operator set 20", 2, [0.5, 1], opset=20),
    group_norm("scales of 1e-8, 0 and −0.5", 2, [1e-8, 0, -0.5, 1]),
    group_norm("a scale of 0 for a group", 2, [0, 1], opset=18),
    group_norm("one group", 1, [1.5, 0.75, -1.25, 0.5]),
    group_norm("one group with one scale", 1, [1.5], opset=19),
    group_norm("a group of each channel", 4, [1.5, 0.75, -1.25, 0.5]),
    group_norm("an epsilon of its own", 2, [1.5, 0.75, -1.25, 0.5], 0.5, opset=23),
    group_norm("the image itself", 3, [1.5, 0.75, -1.25], stem=None),
    case("of rows", [("Reshape", ["x", "rows"], "m", {}), ("GroupNormalization", ["m", "g", "b"], "y", dict(num_groups=2))],
         lambda x, p: F.group_norm(x.flatten(2), 2, p["g"], p["b"], EPSILON), {"g": drawn((4,)), "b": drawn((4,))},
         {"rows": integers(0, 4, -1)}, opset=21, runs=False),
], "mean-variance-normalization": [
    mean_variance("the positions", (2, 3)),
    mean_variance("channels and positions", (1, 2, 3)),
    mean_variance("the channels", (1,)),
    mean_variance("operator set 9", (2, 3), opset=9),
], "lp-normalization": [
    unit("the last axis", {}, 3),
    unit("the channels", dict(axis=1, p=2), 1),
    case("features", [("Flatten", ["x"], "f", {}), ("LpNormalization", ["f"], "y", dict(axis=-1))],
         lambda x, p: F.normalize(x.flatten(1))),
], "batch-normalization": [
    batch_norm("scales of about 1", [1.5, 0.75, 1.25, 0.5]),
    repeated_once(),
    batch_norm("a scale of 0", [1.5, 0, 1.25, 0.5]),
    batch_norm("scales of 0 alone", [0, 0, 0, 0]),
    batch_norm("scales of 1e-8 alone", [1e-8, -1e-8, 1e-8, 1e-8]),
    batch_norm("scales of 1e-8, 0 and −0.5", [1e-8, 0, -0.5, 1]),
    case("scales and shifts that are computed",
         [("Exp", ["g"], "gamma", {}), ("Mul", ["b", "b"], "beta", {}),
          ("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], "y", {})],
         lambda x, p: normalized(x, {"gamma": p["g"].exp(), "beta": p["b"] ** 2}), {"g": drawn((4,)), "b": drawn((4,))},
         STATISTICS),
    case("scales that are computed, behind a convolution",
         [("Conv", ["x", "w"], "u", {}), ("Add", ["g", "one"], "gamma", {}),
          ("BatchNormalization", ["u", "gamma", "beta", "mean", "variance"], "y", {})],
         lambda x, p: normalized(F.conv2d(x, p["w"]), {"gamma": 1 + p["g"], "beta": p["beta"]}),
         {"w": drawn((4, 4, 1, 1)), "g": drawn((4,)), "beta": drawn((4,))}, {**STATISTICS, "one": given((), [1])}),
    case("an epsilon of its own",
         [("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], "y", dict(epsilon=0.5))],
         lambda x, p: normalized(x, p, 0.5), {"gamma": drawn((4,)), "beta": drawn((4,))}, STATISTICS),
    case("a Gemm before it",
         [("Flatten", ["x"], "f", dict(axis=1)), ("Gemm", ["f", "w"], "u", {}),
          ("BatchNormalization", ["u", "gamma", "beta", "mean", "variance"], "y", {})],
         lambda x, p: normalized(x.flatten(1) @ p["w"], p),
         {"w": drawn((168, 4), 0.25), "gamma": given((4,), [1, 0, -0.5, 1e-8]), "beta": drawn((4,))}, STATISTICS),
    case("a ReLU behind it",
         [("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], "u", {}), ("Relu", ["u"], "y", {})],
         lambda x, p: torch.relu(normalized(x, p)),
         {"gamma": given((4,), [1, 0, -0.5, 1e-8]), "beta": given((4,), [0.1, 0.3, 0.5, 0.7])}, STATISTICS),
    case("one tensor as its shift and as the running mean",
         [("BatchNormalization", ["x", "gamma", "beta", "beta", "variance"], "y", {})],
         lambda x, p: normalized_by(x, p),
         {"gamma": drawn((4,)), "beta": drawn((4,))}, {"variance": given((4,), VARIANCE)}),
    batch_norm("an image of one column", [1.5, 0.75, -1.25, 0.5], image=(1, 5, 1)),
], "instance-normalization": [
    instance_norm("scales and shifts", {"g": drawn((4,)), "b": drawn((4,))}),
    instance_norm("scales of 1e-8, 0 and −0.5", {"g": given((4,), [1e-8, 0, -0.5, 1]), "b": drawn((4,))}),
    instance_norm("an epsilon of its own", {"g": drawn((4,)), "b": drawn((4,))}, 0.5),
    instance_norm("one channel", {"g": given((1,), [0.75]), "b": given((1,), [0.5])}, stem=1),
    instance_norm("the image itself", {"g": drawn((3,)), "b": drawn((3,))}, stem=None),
    instance_norm("an image of one channel", {"g": given((1,), [1.5]), "b": given((1,), [-0.25])}, image=(1, 7, 6), stem=None),
    case("groups of channels, as exporters write GroupNorm",
         [("Reshape", ["x", "groups"], "r", {}), ("Constant", [], "ones", dict(value_floats=[1.0, 1.0])),
          ("Constant", [], "zeros", dict(value_floats=[0.0, 0.0])),
          ("InstanceNormalization", ["r", "ones", "zeros"], "n", {}), ("Shape", ["x"], "s", {}),
          ("Reshape", ["n", "s"], "u", {}), ("Mul", ["u", "g"], "v", {}), ("Add", ["v", "b"], "y", {})],
         lambda x, p: F.group_norm(x, 2, p["g"].flatten(), p["b"].flatten(), EPSILON),
         {"g": drawn((4, 1, 1)), "b": drawn((4, 1, 1))}, {"groups": integers(0, 2, -1)}),
], "local-response-normalization": [  # ONNX Runtime has it for odd numbers of channels alone.
    response("three channels", dict(size=3, alpha=2.0, beta=0.75, bias=1.0)),
    response("an even number of channels", dict(size=4, alpha=1.0, beta=0.5, bias=2.0), runs=False),
    response("one channel", dict(size=1, alpha=1.0, beta=0.25, bias=0.5)),
    response("more channels than there are", dict(size=9, alpha=4.0, beta=1.5, bias=1.0)),
    response("AlexNet's numbers", dict(size=5)),
    response("the image itself", dict(size=2, alpha=1.0), stem=None, runs=False),
]}


def normalized_by(x, p):
    mean, beta = p["beta"].detach().view(1, -1, 1, 1), p["beta"].view(1, -1, 1, 1)
    variance = torch.tensor(VARIANCE, dtype=x.dtype).view(1, -1, 1, 1)
    return (x - mean) / torch.sqrt(variance + EPSILON) * p["gamma"].view(1, -1, 1, 1) + beta

"""Operations where the batch is another axis than the first, or part of one, and on what is the same for all images."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers

# x is [N, 4, 7, 6] throughout.
MERGE = ("Reshape", ["x", "merged"], "m", {})
SPLIT = ("Reshape", ["r", "split"], "y", {})
MERGED = {"merged": integers(-1, 7, 6), "split": integers(-1, 4, 7, 6)}


def merged(title, nodes, reference, parameters=None, constants=None, split=None, **options):
    """From m [4 N, 7, 6] to r; the reference takes and gives one image's part of it."""
    targets = {**MERGED, **({"split": integers(*split)} if split else {})}
    return case(title, [MERGE, *nodes, SPLIT], lambda x, p: reference(x[0], p)[None], parameters,
                {**targets, **(constants or {})}, **options)


MOVE = ("Transpose", ["x"], "m", dict(perm=[1, 0, 2, 3]))
BACK = ("Transpose", ["r"], "y", dict(perm=[1, 0, 2, 3]))


def moved(title, nodes, reference, parameters=None, constants=None, **options):
    """From m [4, N, 7, 6] to r, of as many axes; the reference takes and gives [4, 1, …]."""
    return case(title, [MOVE, *nodes, BACK], lambda x, p: reference(x.transpose(0, 1), p).transpose(0, 1), parameters,
                constants, **options)


# [N, 42, 4] -> [42, N, 4] -> [42 N, 4], as PyTorch's attention has it before its last layer.
INNER = [("Reshape", ["x", "rows"], "i", {}), ("Transpose", ["i"], "j", dict(perm=[2, 0, 1])),
         ("Reshape", ["j", "flat"], "m", {})]
OUTER = [("Reshape", ["r", "whole"], "o", {}), ("Transpose", ["o"], "y", dict(perm=[1, 0, 2]))]


def inner(title, nodes, reference, features, parameters=None, constants=None, **options):
    """From m [42 N, 4] to r [42 N, features]; the reference takes and gives [42, …]."""
    sizes = {"rows": integers(0, 4, 42), "flat": integers(-1, 4), "whole": integers(42, -1, features)}
    return case(title, [*INNER, *nodes, *OUTER], lambda x, p: reference(x[0].flatten(1).T, p)[None], parameters,
                {**sizes, **(constants or {})}, **options)


def batch_norm(m, p):
    """Of [parts, C, ...] by running statistics, as the file has them."""
    mean, variance = [torch.tensor(values, dtype=m.dtype) for values in (MEAN[:m.shape[1]], VARIANCE[:m.shape[1]])]
    return F.batch_norm(m, mean, variance, p["gamma"], p["beta"])


def normalized(channels):
    """The node, its parameters, and its statistics."""
    return ([("BatchNormalization", ["m", "gamma", "beta", "mean", "variance"], "r", {})],
            {"gamma": drawn((channels,)), "beta": drawn((channels,))},
            {"mean": given((channels,), MEAN[:channels]), "variance": given((channels,), VARIANCE[:channels])})


def heads_of(a):
    """Two heads of [42, 6], each of which asks itself: [1, 42, 6]."""
    q = a.reshape(42, 2, 3).transpose(0, 1)
    return (torch.softmax(q @ q.transpose(1, 2), -1) @ q).transpose(0, 1).reshape(1, 42, 6)


def same(title, nodes, reference, parameters, constants=None, **options):
    """What is made of constants alone, s, times x."""
    return case(title, [*nodes, ("Mul", ["x", "s"], "y", {})], lambda x, p: x * reference(p), parameters, constants,
                **options)


def one(title, nodes, reference, parameters=None, constants=None, **options):
    """In a file for one image at a time, from t [42, 4], which has no axis for the image, to y."""
    rows = [("Squeeze", ["x", "first"], "map", {}), ("Reshape", ["map", "rows"], "d", {}),
            ("Transpose", ["d"], "t", dict(perm=[1, 0]))]
    sizes = {"first": integers(0), "rows": integers(4, 42)}
    return case(title, [*rows, *nodes], lambda x, p: reference(x[0].flatten(1).T, p), parameters,
                {**sizes, **(constants or {})}, batch=1, **options)


MEAN = [0.5, -0.25, 0, 1, 0.125, -1, 0.75]
VARIANCE = [1, 2, 0.5, 4, 0.25, 1, 3]
ROWS = [1, 0.5, 0, 2, -1, 1, 0.25]
PLACES = [3, 1, 4, 1, 5, 2, 0, 0, 3, 1, 1, 4, 5, 2]

rules = {
    "merged-batch": [
        merged("a function of each number", [("Sigmoid", ["m"], "r", {})], lambda m, p: torch.sigmoid(m)),
        merged("a rectifier", [("Relu", ["m"], "r", {})], lambda m, p: torch.relu(m)),
        merged("a constant of each column", [("Mul", ["m", "c"], "r", {})], lambda m, p: m * p["c"],
               {"c": drawn((6,))}),
        merged("a constant with an axis of size 1 for the batch", [("Add", ["c", "m"], "u", {}), ("Mul", ["u", "u"], "r", {})],
               lambda m, p: (m + p["c"]) ** 2, {"c": drawn((1, 7, 1))}),
        merged("two activations", [("Relu", ["m"], "u", {}), ("Mul", ["u", "m"], "r", {})],
               lambda m, p: torch.relu(m) * m),
        merged("a linear layer", [("MatMul", ["m", "w"], "u", {}), ("Add", ["u", "b"], "r", {})],
               lambda m, p: m @ p["w"] + p["b"], {"w": drawn((6, 5)), "b": drawn((5,))}, split=(-1, 4, 7, 5)),
        merged("a product of activations",
               [("Transpose", ["m"], "t", dict(perm=[0, 2, 1])), ("MatMul", ["m", "t"], "r", {})],
               lambda m, p: m @ m.transpose(1, 2), split=(-1, 4, 7, 7)),
        merged("attention over the rows",
               [("Transpose", ["m"], "t", dict(perm=[0, 2, 1])), ("MatMul", ["m", "t"], "q", {}),
                ("Add", ["q", "mask"], "a", {}), ("Softmax", ["a"], "s", dict(axis=-1)), ("MatMul", ["s", "m"], "r", {})],
               lambda m, p: torch.softmax(m @ m.transpose(1, 2) + p["mask"], -1) @ m, {"mask": drawn((7, 7))}),
        merged("a batch normalisation", normalized(7)[0], batch_norm, *normalized(7)[1:]),
        inner("a batch normalisation of positions, as LeViT has it", normalized(4)[0], batch_norm, 4, *normalized(4)[1:]),
        merged("a softmax over rows", [("Softmax", ["m"], "r", dict(axis=1))], lambda m, p: torch.softmax(m, 1)),
        merged("a layer normalisation", [("LayerNormalization", ["m", "c", "d"], "r", dict(axis=-2))],
               lambda m, p: F.layer_norm(m, (7, 6), p["c"], p["d"]), {"c": drawn((7, 6)), "d": drawn((7, 6))}),
        merged("means of rows", [("ReduceMean", ["m"], "u", dict(axes=[1], keepdims=0)), ("Mul", ["u", "u"], "r", {})],
               lambda m, p: m.mean(1) ** 2, split=(-1, 4, 6)),
        merged("sums of columns that keep their axis", [("ReduceSum", ["m", "last"], "u", {}), ("Mul", ["u", "m"], "r", {})],
               lambda m, p: m.sum(-1, keepdim=True) * m, constants={"last": integers(-1)}),
        merged("norms of rows", [("ReduceL2", ["m"], "u", dict(axes=[-1])), ("Div", ["m", "u"], "r", {})],
               lambda m, p: m / m.norm(dim=-1, keepdim=True)),
        merged("norms of rows, one of which is zero, kept from it by a bound",
               [("Mul", ["m", "c"], "u", {}), ("ReduceL2", ["u"], "n", dict(axes=[-1])), ("Clip", ["n", "least"], "l", {}),
                ("Div", ["u", "l"], "r", {})],
               lambda m, p: F.normalize(m * torch.tensor(ROWS, dtype=torch.float64)[:, None], dim=-1),
               constants={"c": given((7, 1), ROWS), "least": given((), [1e-12])}),
        merged("a part of the rows", [("Slice", ["m", "two", "end", "one"], "u", {}), ("Mul", ["u", "u"], "r", {})],
               lambda m, p: m[:, 2:] ** 2, constants={"one": integers(1), "two": integers(2), "end": integers(2**40)},
               split=(-1, 4, 5, 6)),
        merged("one column", [("Gather", ["m", "place"], "u", dict(axis=2)), ("Mul", ["u", "u"], "r", {})],
               lambda m, p: m[:, :, 4] ** 2, constants={"place": {"dims": [], "integers": [4]}}, split=(-1, 4, 7)),
        merged("columns in another order, some of them twice",
               [("Gather", ["m", "places"], "u", dict(axis=2)), ("Mul", ["u", "c"], "r", {})],
               lambda m, p: m[:, :, PLACES] * p["c"], {"c": drawn((14,))}, {"places": integers(*PLACES)},
               split=(-1, 4, 7, 14)),
        merged("parts that are joined", [("Relu", ["m"], "u", {}), ("Concat", ["u", "m"], "r", dict(axis=1))],
               lambda m, p: torch.cat([torch.relu(m), m], 1), split=(-1, 4, 14, 6)),
        merged("rows that are parted", [("Split", ["m", "sizes"], ["a", "b"], dict(axis=1)), ("MatMul", ["a", "w"], "r", {})],
               lambda m, p: m[:, :3] @ p["w"], {"w": drawn((6, 5))}, {"sizes": integers(3, 4)}, split=(-1, 4, 3, 5)),
        merged("zeros around", [("Pad", ["m", "pads"], "u", {}), ("Mul", ["u", "c"], "r", {})],
               lambda m, p: F.pad(m, (2, 0, 0, 1)) * p["c"], {"c": drawn((8, 8))},
               {"pads": integers(0, 0, 2, 0, 1, 0)}, split=(-1, 4, 8, 8)),
        merged("axes of size 1 that come and go",
               [("Unsqueeze", ["m", "one"], "u", {}), ("Mul", ["u", "c"], "v", {}), ("Squeeze", ["v", "one"], "r", {})],
               lambda m, p: m * p["c"], {"c": drawn((1, 7, 6))}, {"one": integers(1)}),
        merged("other windows of the same rows",
               [("Reshape", ["m", "windows"], "u", {}), ("Transpose", ["u"], "v", dict(perm=[0, 2, 1, 3])),
                ("Mul", ["v", "c"], "w", {}), ("Reshape", ["w", "joined"], "r", {})],
               lambda m, p: (m.reshape(4, 7, 2, 3).permute(0, 2, 1, 3) * p["c"]).reshape(8, 7, 3), {"c": drawn((2, 7, 3))},
               {"windows": integers(0, 7, 2, 3), "joined": integers(-1, 7, 3)}, split=(-1, 8, 7, 3)),
        merged("a batch of three that the file was written with", [("MatMul", ["m", "w"], "r", {})],
               lambda m, p: m @ p["w"], {"w": drawn((6, 5))}, {"merged": integers(12, 7, 6)}, split=(3, 4, 7, 5),
               batch=3),
        merged("one image at a time", [("MatMul", ["m", "w"], "r", {})], lambda m, p: m @ p["w"], {"w": drawn((6, 5))},
               {"merged": integers(4, 7, 6)}, split=(1, 4, 7, 5), batch=1),
    ],
    "moved-batch": [
        moved("a constant", [("Mul", ["m", "c"], "r", {})], lambda m, p: m * p["c"], {"c": drawn((4, 1, 1, 6))}),
        moved("a constant of each column", [("Mul", ["m", "c"], "r", {})], lambda m, p: m * p["c"], {"c": drawn((6,))}),
        moved("a linear layer", [("MatMul", ["m", "w"], "u", {}), ("Add", ["u", "b"], "r", {})],
              lambda m, p: m @ p["w"] + p["b"], {"w": drawn((6, 5)), "b": drawn((5,))}),
        moved("a softmax over the first axis", [("Softmax", ["m"], "r", dict(axis=0))], lambda m, p: torch.softmax(m, 0)),
        moved("sums over the first axis", [("ReduceSum", ["m", "first"], "u", {}), ("Mul", ["u", "m"], "r", {})],
              lambda m, p: m.sum(0, keepdim=True) * m, constants={"first": integers(0)}),
        moved("one of the first axis", [("Gather", ["m", "place"], "u", dict(axis=0)), ("Mul", ["m", "u"], "r", {})],
              lambda m, p: m * m[2], constants={"place": {"dims": [], "integers": [-2]}}),
        moved("a part of the first axis, and of the last",
              [("Slice", ["m", "starts", "ends", "axes"], "u", {}), ("Mul", ["u", "u"], "r", {})],
              lambda m, p: m[1:3, ..., 2:] ** 2,
              constants={"starts": integers(1, 2), "ends": integers(3, 9), "axes": integers(0, 3)}),
        moved("the whole batch as a slice", [("Slice", ["m", "zero", "all", "one"], "u", {}), ("Mul", ["u", "m"], "r", {})],
              lambda m, p: m * m, constants={"zero": integers(0), "one": integers(1), "all": integers(2**62)}),
        moved("parts that are joined", [("Relu", ["m"], "u", {}), ("Concat", ["m", "u"], "r", dict(axis=0))],
              lambda m, p: torch.cat([m, torch.relu(m)], 0)),
        moved("a class token in front", [("Relu", ["m"], "u", {}), ("Expand", ["c", "sizes"], "e", {}),
                                         ("Concat", ["e", "u"], "r", dict(axis=0))],
              lambda m, p: torch.cat([p["c"].expand(2, 1, 7, 6), torch.relu(m)], 0), {"c": drawn((1, 1, 7, 6))},
              {"sizes": integers(2, 1, 7, 6)}, runs=False),
        moved("two orders that undo each other", [("Transpose", ["m"], "u", dict(perm=[3, 1, 0, 2])),
                                                  ("Mul", ["u", "c"], "v", {}),
                                                  ("Transpose", ["v"], "r", dict(perm=[2, 1, 3, 0]))],
              lambda m, p: m * p["c"].permute(2, 1, 3, 0), {"c": drawn((6, 1, 4, 7))}),
        case("values of other axes", [("Transpose", ["x"], "m", dict(perm=[1, 0, 2, 3])),
                                      ("Gather", ["m", "place"], "g", dict(axis=0)), ("Mul", ["m", "g"], "r", {}), BACK],
             lambda x, p: x * x[:, :1], constants={"place": {"dims": [], "integers": [0]}}),
    ],
    "inner-batch": [
        inner("a linear layer", [("Gemm", ["m", "w", "b"], "r", dict(transB=1))], lambda m, p: m @ p["w"].T + p["b"], 5,
              {"w": drawn((5, 4)), "b": drawn((5,))}),
        inner("a linear layer with factors", [("Gemm", ["m", "w", "b"], "r", dict(alpha=0.5, beta=-2.0))],
              lambda m, p: 0.5 * m @ p["w"] - 2 * p["b"], 5, {"w": drawn((4, 5)), "b": drawn((1, 5))}),
        inner("a linear layer without a bias", [("MatMul", ["m", "w"], "r", {})], lambda m, p: m @ p["w"], 5,
              {"w": drawn((4, 5))}),
        inner("one weight in two layers",
              [("Gemm", ["m", "w"], "u", {}), ("Relu", ["u"], "v", {}), ("Gemm", ["v", "w"], "r", dict(transB=1))],
              lambda m, p: torch.relu(m @ p["w"]) @ p["w"].T, 4, {"w": drawn((4, 5))}),
        inner("a softmax of each row", [("Softmax", ["m"], "r", dict(axis=-1))], lambda m, p: torch.softmax(m, -1), 4),
        inner("a layer normalisation", [("LayerNormalization", ["m", "c", "d"], "r", {})],
              lambda m, p: F.layer_norm(m, (4,), p["c"], p["d"]), 4, {"c": drawn((4,)), "d": drawn((4,))}),
        inner("one image at a time", [("Gemm", ["m", "w"], "r", {})], lambda m, p: m @ p["w"], 5, {"w": drawn((4, 5))},
              {"flat": integers(42, 4), "whole": integers(42, 1, 5)}, batch=1),
        inner("a batch of three that the file was written with", [("Gemm", ["m", "w"], "r", {})],
              lambda m, p: m @ p["w"], 5, {"w": drawn((4, 5))}, {"flat": integers(126, 4), "whole": integers(42, 3, 5)},
              batch=3),
    ],
    "same-for-all": [
        same("a table that is looked up", [("Gather", ["table", "places"], "s", dict(axis=0))],
             lambda p: p["table"][[3, 1, 4, 1, 2, 0, 0]], {"table": drawn((5, 6))}, {"places": integers(3, 1, 4, 1, 2, 0, -5)}),
        same("a table of which rows are left out", [("Gather", ["table", "places"], "s", dict(axis=1))],
             lambda p: p["table"][:, [2, 2, 2, 0, 0, 2]], {"table": drawn((7, 3))}, {"places": integers(2, 2, 2, 0, 0, 2)}),
        same("relative positions, as Swin has them",
             [("Gather", ["table", "places"], "g", dict(axis=0)), ("Reshape", ["g", "square"], "q", {}),
              ("Transpose", ["q"], "t", dict(perm=[2, 0, 1])), ("Unsqueeze", ["t", "first"], "s", {})],
             lambda p: p["table"][[i % 11 for i in range(42)]].reshape(7, 6, 4).permute(2, 0, 1)[None],
             {"table": drawn((11, 4))},
             {"places": integers(*[i % 11 for i in range(42)]), "square": integers(7, 6, -1), "first": integers(0)}),
        same("a scale that is raised", [("Clip", ["c", "", "most"], "l", {}), ("Exp", ["l"], "s", {})],
             lambda p: p["c"].clamp(max=0.25).exp(), {"c": drawn((4, 1, 1))}, {"most": given((), [0.25])}),
        same("a convolution of 1×1 over a table of places",
             [("Conv", ["places", "w", "b"], "c", {}), ("Relu", ["c"], "r", {}), ("Conv", ["r", "v"], "t", {}),
              ("Squeeze", ["t", "first"], "s", {})],
             lambda p: F.conv2d(torch.relu(F.conv2d(torch.linspace(-1, 1, 84, dtype=torch.float64).float().double()
                                                    .reshape(1, 2, 7, 6), p["w"], p["b"])), p["v"])[0],
             {"w": drawn((5, 2, 1, 1)), "b": drawn((5,)), "v": drawn((4, 5, 1, 1))},
             {"places": given((1, 2, 7, 6), torch.linspace(-1, 1, 84, dtype=torch.float64).tolist()), "first": integers(0)}),
        case("positions that are counted over a mask for each image, as EdgeNeXt has them",
             [("Shape", ["x"], "h", {}), ("Gather", ["h", "picked"], "shape", dict(axis=0)),
              ("ConstantOfShape", ["shape"], "z", {}), ("Cast", ["z"], "mask", dict(to=9)), ("Not", ["mask"], "all", {}),
              ("Cast", ["all"], "ones", dict(to=1)), ("CumSum", ["ones", "rows"], "u", {}), ("Sin", ["u"], "v", {}),
              ("Unsqueeze", ["v", "channel"], "s", {}), ("Conv", ["s", "w"], "t", {}), ("Mul", ["x", "t"], "y", {})],
             lambda x, p: x * F.conv2d(torch.arange(1, 8, dtype=x.dtype).sin()[None, None, :, None].expand(1, 1, 7, 6), p["w"]),
             {"w": drawn((4, 1, 1, 1))}, {"picked": integers(0, 2, 3), "rows": {"dims": [], "integers": [1]},
                                          "channel": integers(1)}),
        same("a small network of constant places",
             [("MatMul", ["places", "w"], "a", {}), ("Add", ["a", "b"], "u", {}), ("Relu", ["u"], "v", {}),
              ("MatMul", ["v", "z"], "t", {}), ("Reshape", ["t", "whole"], "s", {})],
             lambda p: (torch.relu(torch.linspace(-1, 1, 84, dtype=torch.float64).float().double().reshape(42, 2) @ p["w"]
                                   + p["b"]) @ p["z"]).reshape(7, 6),
             {"w": drawn((2, 8)), "b": drawn((8,)), "z": drawn((8, 1))},
             {"places": given((42, 2), torch.linspace(-1, 1, 84, dtype=torch.float64).tolist()), "whole": integers(7, 6)}),
        same("a part that is replaced by zeros, as Swin v2 has it",
             [("Slice", ["c", "two", "four"], "a", {}), ("Mul", ["a", "none"], "z", {}),
              ("ScatterND", ["c", "places", "z"], "s", {})],
             lambda p: torch.cat([p["c"][:2], 0 * p["c"][2:4], p["c"][4:]]), {"c": drawn((6,))},
             {"two": integers(2), "four": integers(4), "none": given((), [0]),
              "places": {"dims": [2, 1], "integers": [2, 3]}}),
        same("rows that are replaced by others", [("ScatterND", ["c", "places", "d"], "s", {})],
             lambda p: torch.stack([p["c"][0], p["d"][1], p["c"][2], p["c"][3], p["d"][0], p["c"][5], p["c"][6]]),
             {"c": drawn((7, 6)), "d": drawn((2, 6))}, {"places": {"dims": [2, 1], "integers": [4, 1]}}),
        same("constants that are joined", [("Concat", ["c", "d"], "s", dict(axis=0))],
             lambda p: torch.cat([p["c"], p["d"]]), {"c": drawn((3, 1)), "d": drawn((4, 1))}),
        same("a normalised constant", [("ReduceL2", ["c"], "n", dict(axes=[1])), ("Div", ["c", "n"], "s", {})],
             lambda p: p["c"] / p["c"].norm(dim=1, keepdim=True), {"c": drawn((7, 6))}),
        same("two constants", [("Mul", ["c", "d"], "s", {})], lambda p: p["c"] * p["d"],
             {"c": drawn((7, 1)), "d": drawn((6,))}),
        same("the same table twice", [("Gather", ["table", "places"], "a", dict(axis=0)), ("Exp", ["table"], "e", {}),
                                      ("Gather", ["e", "others"], "b", dict(axis=0)), ("Add", ["a", "b"], "s", {})],
             lambda p: p["table"][[0, 1, 2, 1, 0, 2, 2]] + p["table"].exp()[[2, 2, 1, 0, 0, 1, 1]], {"table": drawn((3, 6))},
             {"places": integers(0, 1, 2, 1, 0, 2, 2), "others": integers(2, 2, 1, 0, 0, 1, 1)}),
        case("a constant on the left of a product", [("MatMul", ["w", "x"], "y", {})], lambda x, p: p["w"] @ x,
             {"w": drawn((5, 7))}),
        case("normalised weights of a linear layer",
             [("Flatten", ["x"], "f", {}), ("ReduceL2", ["w"], "n", dict(axes=[0])), ("Div", ["w", "n"], "v", {}),
              ("MatMul", ["f", "v"], "y", {})],
             lambda x, p: x.flatten(1) @ (p["w"] / p["w"].norm(dim=0, keepdim=True)), {"w": drawn((168, 5))}),
        case("weights of a linear layer over many positions that are made of others",
             [("Exp", ["w"], "v", {}), ("MatMul", ["x", "v"], "y", {})], lambda x, p: x @ p["w"].exp(),
             {"w": drawn((6, 5))}),
        case("a constant beside an activation, in a model of one image at a time",
             [("Concat", ["c", "x"], "u", dict(axis=1)), ("Mul", ["u", "u"], "y", {})],
             lambda x, p: torch.cat([p["c"], x], 1) ** 2, {"c": drawn((1, 2, 7, 6))}, batch=1),
    ],
    "one-image": [
        case("the deviation of all numbers, whose count is cast",
             [("ReduceMean", ["x"], "a", dict(keepdims=1)), ("Sub", ["x", "a"], "c", {}), ("Mul", ["c", "c"], "q", {}),
              ("ReduceMean", ["q"], "m", dict(keepdims=0)), ("Shape", ["x"], "s", {}), ("ReduceProd", ["s"], "n", dict(keepdims=0)),
              ("Cast", ["n"], "count", dict(to=1)), ("Mul", ["m", "count"], "total", {}), ("Sub", ["count", "one"], "less", {}),
              ("Div", ["total", "less"], "v", {}), ("Sqrt", ["v"], "d", {}), ("Div", ["x", "d"], "y", {})],
             lambda x, p: x / x.std(), {}, {"one": given((), [1])}, batch=1),
        one("rows that lie turned before a linear layer",
            [("Gemm", ["d", "w", "b"], "u", dict(transA=1, transB=1, beta=0.5)), ("Unsqueeze", ["u", "first"], "y", {})],
            lambda t, p: (t @ p["w"].T + 0.5 * p["b"])[None], {"w": drawn((5, 4)), "b": drawn((5,))}),
        one("a product of an image's rows with themselves",
            [("MatMul", ["t", "d"], "a", {}), ("Softmax", ["a"], "s", dict(axis=-1)), ("MatMul", ["s", "t"], "u", {}),
             ("Unsqueeze", ["u", "first"], "y", {})],
            lambda t, p: (torch.softmax(t @ t.T, -1) @ t)[None]),
        one("a product of an image's rows with themselves as a Gemm",
            [("Gemm", ["t", "t", "c"], "u", dict(transA=1, alpha=0.25)), ("Unsqueeze", ["u", "first"], "y", {})],
            lambda t, p: (0.25 * t.T @ t + p["c"])[None], {"c": drawn((4, 4))}),
        one("a class token above an image's rows",
            [("Concat", ["token", "t"], "u", dict(axis=0)), ("Add", ["u", "places"], "v", {}), ("Mul", ["v", "v"], "w", {}),
             ("Unsqueeze", ["w", "first"], "y", {})],
            lambda t, p: ((torch.cat([p["token"], t]) + p["places"]) ** 2)[None],
            {"token": drawn((1, 4)), "places": drawn((43, 4))}),
        one("an image's rows as batch of a layer of attention",
            [("Unsqueeze", ["t", "second"], "u", {}), ("MatMul", ["u", "w"], "v", {}), ("Add", ["v", "b"], "a", {}),
             ("Reshape", ["a", "heads"], "h", {}), ("Transpose", ["h"], "q", dict(perm=[1, 0, 2])),
             ("Transpose", ["h"], "k", dict(perm=[1, 2, 0])), ("MatMul", ["q", "k"], "l", {}),
             ("Softmax", ["l"], "s", dict(axis=-1)), ("MatMul", ["s", "q"], "m", {}),
             ("Transpose", ["m"], "n", dict(perm=[1, 0, 2])), ("Reshape", ["n", "whole"], "o", {}),
             ("Transpose", ["o"], "y", dict(perm=[1, 0, 2]))],
            lambda t, p: heads_of(t @ p["w"] + p["b"]), {"w": drawn((4, 6)), "b": drawn((6,))},
            {"second": integers(1), "heads": integers(42, 2, 3), "whole": integers(42, 1, 6)}),
        one("a learnt query that asks an image's rows",
            [("Gemm", ["query", "wq"], "q", {}), ("Gemm", ["t", "wk"], "k", {}), ("Transpose", ["k"], "kt", dict(perm=[1, 0])),
             ("MatMul", ["q", "kt"], "l", {}), ("Softmax", ["l"], "s", dict(axis=1)), ("MatMul", ["s", "k"], "y", {})],
            lambda t, p: torch.softmax((p["query"] @ p["wq"]) @ (t @ p["wk"]).T, 1) @ (t @ p["wk"]),
            {"query": drawn((1, 5)), "wq": drawn((5, 3)), "wk": drawn((4, 3))}),
        one("an image as the one channel of a convolution over rows",
            [("ReduceMean", ["t"], "m", dict(axes=[0], keepdims=0)), ("Reshape", ["m", "row"], "r", {}),
             ("Conv", ["r", "w"], "c", dict(pads=[1, 1])), ("Reshape", ["c", "flat"], "y", {})],
            lambda t, p: F.conv1d(t.mean(0)[None, None], p["w"], padding=1)[0], {"w": drawn((1, 1, 3))},
            {"row": integers(1, 1, 4), "flat": integers(1, 4)}),
        one("logits without an axis for the image",
            [("ReduceMean", ["t"], "m", dict(axes=[0], keepdims=0)), ("MatMul", ["m", "w"], "u", {}), ("Add", ["u", "b"], "logits", {})],
            lambda t, p: (t.mean(0) @ p["w"] + p["b"])[None], {"w": drawn((4, 5)), "b": drawn((5,))}, head=False),
    ],
}

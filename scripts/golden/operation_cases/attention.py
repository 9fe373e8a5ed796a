"""Attention, its rotations and RMSNormalization of operator set 23, which ONNX Runtime does not take yet; Trilu."""
import math

import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers

# x [N, 4, 7, 6]: 28 rows of 6, or 4 heads of 7 rows.
ROWS = [("Reshape", ["x", "rows"], "r", {}), ("MatMul", ["r", "wq"], "q", {}), ("MatMul", ["r", "wk"], "k", {}),
        ("MatMul", ["r", "wv"], "v", {})]
# Which keys each query sees: those before it, and the last.
SEEN = torch.ones(7, 7).tril().bool() | (torch.arange(7) == 6)
WEIGHTS = {"wq": drawn((6, 8)), "wk": drawn((6, 8)), "wv": drawn((6, 4))}


def attended(q, k, v, scale=None, mask=0):
    return torch.softmax(q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale) + mask, -1) @ v


def of_heads(x, p, heads, **options):
    r = x.reshape(1, 28, 6)
    q, k, v = ((r @ p[name]).reshape(1, 28, heads, -1).transpose(1, 2) for name in ("wq", "wk", "wv"))
    return attended(q, k, v, **options).transpose(1, 2).reshape(1, 28, -1)


def rows(title, heads, attributes=None, parameters=None, **options):
    inputs = ["q", "k", "v", *(["mask"] if parameters else [])]
    return case(title, [*ROWS, ("Attention", inputs, "y", dict(q_num_heads=heads, kv_num_heads=heads, **(attributes or {})))],
                lambda x, p: of_heads(x, p, heads, **{key: p[value] if isinstance(value, str) else value
                                                      for key, value in options.items()}),
                {**WEIGHTS, **(parameters or {})}, {"rows": integers(0, 28, 6)}, opset=23, runs=False)


def rms(x, scale, epsilon, axes=-1):
    return x / torch.sqrt((x * x).mean(axes, keepdim=True) + epsilon) * scale


def rotated(x, cosines, sines, pairs):
    """x [1, heads, T, d] by the definition: of each pair of numbers, which an angle of the place turns."""
    columns = list(x.unbind(-1))
    for at, (i, j) in enumerate(pairs):
        cosine, sine = cosines[:, at], sines[:, at]
        columns[i], columns[j] = (x[..., i] * cosine - x[..., j] * sine, x[..., i] * sine + x[..., j] * cosine)
    return torch.stack(columns, -1)


def table(places, pairs, sine):
    return [(math.sin if sine else math.cos)(place / 3 ** pair + 0.125) for place in places for pair in range(pairs)]


PLACES = [4, 0, 8, 1, 1, 6, 3]


def rotary(title, pairs, attributes, of_rows=False, ids=False, learnt=False, **options):
    """Of 4 heads of 7 places with 6 numbers each; angles may be learnt, tables are none that is."""
    places = range(9) if ids else range(7)
    dims = (len(places), len(pairs)) if ids else (1, len(places), len(pairs))
    tables = {name: given(dims, table(places, len(pairs), name == "sin")) for name in ("cos", "sin")}

    def reference(x, p):
        cosines, sines = ((getattr(p["angles"], name)() if learnt else torch.tensor(tables[name]["values"], dtype=x.dtype))
                          .reshape(-1, len(pairs)) for name in ("cos", "sin"))
        if ids:
            cosines, sines = cosines[PLACES], sines[PLACES]
        if not of_rows:
            return rotated(x, cosines, sines, pairs)
        heads = x.reshape(1, 7, 4, 6).transpose(1, 2)
        return rotated(heads, cosines, sines, pairs).transpose(1, 2)

    before = [*([("Reshape", ["x", "rows"], "r", {})] if of_rows else []),
              *([("Cos", ["angles"], "cos", {}), ("Sin", ["angles"], "sin", {})] if learnt else [])]
    inputs = ["r" if of_rows else "x", "cos", "sin", *(["ids"] if ids else [])]
    constants = {**({"rows": integers(0, 7, 24)} if of_rows else {}),
                 **({"ids": {"dims": [1, 7], "integers": PLACES}} if ids else {})}
    return case(title, [*before, ("RotaryEmbedding", inputs, "y", attributes)], reference,
                {"angles": drawn(dims)} if learnt else {},
                {**constants, **({} if learnt else tables)}, opset=23, runs=False, **options)


HALVES, NEIGHBOURS = [(0, 3), (1, 4), (2, 5)], [(0, 1), (2, 3), (4, 5)]


def triangle(title, keeps, upper, diagonal=None, **options):
    """Of a matrix of weights."""
    inputs = ["w", *(["k"] if diagonal is not None else [])]
    return case(title, [("Trilu", inputs, "t", dict(upper=upper)), ("MatMul", ["x", "t"], "y", {})],
                lambda x, p: x @ keeps(p["w"], diagonal or 0), {"w": drawn((6, 6))},
                {"k": {"dims": [], "integers": [diagonal]}} if diagonal is not None else {}, **options)


rules = {"rms-normalization": [
    case("the last axis", [("RMSNormalization", ["x", "c"], "y", dict(axis=-1, epsilon=0.125))],
         lambda x, p: rms(x, p["c"], 0.125), {"c": drawn((6,))}, opset=23, runs=False),
    case("attributes left out", [("RMSNormalization", ["x", "c"], "y", {})], lambda x, p: rms(x, p["c"], 1e-5),
         {"c": drawn((6,))}, opset=23, runs=False),
    case("the last two axes", [("RMSNormalization", ["x", "c"], "y", dict(axis=-2, epsilon=0.125))],
         lambda x, p: rms(x, p["c"], 0.125, (-2, -1)), {"c": drawn((7, 6))}, opset=23, runs=False),
    case("axes counted from the front, and a scale of the last",
         [("RMSNormalization", ["x", "c"], "y", dict(axis=2, epsilon=0.125))],
         lambda x, p: rms(x, p["c"], 0.125, (-2, -1)), {"c": drawn((6,))}, opset=23, runs=False),
    case("all of an image", [("RMSNormalization", ["x", "c"], "y", dict(axis=1))],
         lambda x, p: rms(x, p["c"], 1e-5, (1, 2, 3)), {"c": drawn((4, 7, 6))}, opset=23, runs=False),
    case("the batch on the second axis",
         [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("RMSNormalization", ["t", "c"], "u", dict(axis=2)),
          ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))],
         lambda x, p: rms(x, p["c"], 1e-5, (-2, -1)), {"c": drawn((7, 6))}, opset=23, runs=False),
    case("a scale of one number", [("RMSNormalization", ["x", "c"], "y", dict(axis=2, epsilon=0.125))],
         lambda x, p: rms(x, p["c"], 0.125, (-2, -1)), {"c": given((1,), [0.75])}, opset=23, runs=False),
    case("the image itself", [("RMSNormalization", ["x", "c"], "y", dict(axis=1))],
         lambda x, p: rms(x, p["c"], 1e-5, (1, 2, 3)), {"c": drawn((7, 6))}, opset=23, runs=False, stem=None),
], "rotary-embedding": [
    rotary("pairs of halves", HALVES, {}),
    rotary("pairs of neighbours", NEIGHBOURS, dict(interleaved=1)),
    rotary("pairs of the first numbers of heads", [(0, 2), (1, 3)], dict(rotary_embedding_dim=4)),
    rotary("pairs of neighbours among the first numbers of heads", NEIGHBOURS[:2], dict(rotary_embedding_dim=4, interleaved=1)),
    rotary("as many numbers as a head has", HALVES, dict(rotary_embedding_dim=6)),
    rotary("rows that hold all heads", HALVES, dict(num_heads=4), of_rows=True),
    rotary("rows that hold all heads, of which the first two numbers are turned", [(0, 1)],
           dict(num_heads=4, rotary_embedding_dim=2, interleaved=1), of_rows=True),
    rotary("places that are chosen from tables", HALVES, {}, ids=True),
    rotary("places that are chosen from tables, of rows", NEIGHBOURS, dict(num_heads=4, interleaved=1), of_rows=True, ids=True),
    rotary("tables of angles that are learnt", HALVES, {}, learnt=True),
    rotary("one image at a time", HALVES, {}, batch=1),
], "trilu": [
    triangle("weights above the diagonal", torch.triu, 1),
    triangle("weights below the diagonal", torch.tril, 0),
    triangle("weights above another diagonal", torch.triu, 1, 2),
    triangle("weights below another diagonal", torch.tril, 0, -1),
    case("kernels whose corners are left out", [("Trilu", ["w", "k"], "t", dict(upper=0)), ("Conv", ["x", "t"], "y", {})],
         lambda x, p: F.conv2d(x, torch.tril(p["w"], 1)), {"w": drawn((3, 4, 3, 3))}, {"k": {"dims": [], "integers": [1]}}),
    case("what is computed of an image", [("Trilu", ["x"], "t", dict(upper=0)), ("Mul", ["t", "x"], "y", {})],
         lambda x, p: torch.tril(x) * x),
    case("the batch on the second axis",
         [("Transpose", ["x"], "t", dict(perm=[1, 0, 2, 3])), ("Trilu", ["t", "k"], "u", {}),
          ("Transpose", ["u"], "y", dict(perm=[1, 0, 2, 3]))], lambda x, p: torch.triu(x, -2),
         constants={"k": {"dims": [], "integers": [-2]}}),
], "attention": [
    case("weights of which none is NaN, as PyTorch's newer exporter makes sure",
         [("Tanh", ["x"], "k", {}), ("Transpose", ["k"], "t", dict(perm=[0, 1, 3, 2])), ("MatMul", ["x", "t"], "a", {}),
          ("Softmax", ["a"], "s", dict(axis=-1)), ("IsNaN", ["s"], "n", {}), ("Where", ["n", "zero", "s"], "w", {}),
          ("MatMul", ["w", "x"], "y", {})],
         lambda x, p: attended(x, torch.tanh(x), x, 1), constants={"zero": given((), [0])}),
    rows("two heads of rows", 2),
    rows("one head of rows", 1),
    rows("a scale of its own", 4, dict(scale=0.25), scale=0.25),
    rows("a table that is added", 2, None, {"mask": drawn((28, 28))}, mask="mask"),
    case("a mask of truth values",
         [("Tanh", ["x"], "k", {}), ("Attention", ["x", "k", "x", "seen"], "y", {})],
         lambda x, p: attended(x, torch.tanh(x), x, mask=torch.where(SEEN, 0.0, -math.inf)),
         constants={"seen": {"dims": [7, 7], "booleans": SEEN.flatten().int().tolist()}}, opset=23, runs=False),
    case("heads that are apart", [("Tanh", ["x"], "k", {}), ("Attention", ["x", "k", "x"], "y", {})],
         lambda x, p: attended(x, torch.tanh(x), x), opset=23, runs=False),
    case("heads that are apart and a scale", [("Tanh", ["x"], "k", {}), ("Attention", ["k", "x", "x"], "y", dict(scale=0.5))],
         lambda x, p: attended(torch.tanh(x), x, x, 0.5), opset=23, runs=False),
]}

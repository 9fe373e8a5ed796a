"""Attention of operator set 23, which ONNX Runtime does not take yet."""
import math

import torch

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


def rms(x, scale, epsilon):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + epsilon) * scale


rules = {"rms-normalization": [
    case("the last axis", [("RMSNormalization", ["x", "c"], "y", dict(axis=-1, epsilon=0.125))],
         lambda x, p: rms(x, p["c"], 0.125), {"c": drawn((6,))}, opset=23, runs=False),
    case("attributes left out", [("RMSNormalization", ["x", "c"], "y", {})], lambda x, p: rms(x, p["c"], 1e-5),
         {"c": drawn((6,))}, opset=23, runs=False),
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

"""Gemm, MatMul, Einsum."""
import torch

from .tensors import case, drawn, integers

FLAT = ("Flatten", ["x"], "f", dict(axis=1))
TOKENS = [("Reshape", ["x", "target"], "rows", {}), ("Transpose", ["rows"], "t", dict(perm=[0, 2, 1]))]
TARGET = {"target": integers(0, 4, 42)}


def gemm(title, weight, attributes, reference, bias=None, **options):
    parameters = {"w": drawn(weight, 0.25), **({"b": drawn(bias)} if bias is not None else {})}
    inputs = ["f", "w", "b"] if bias is not None else ["f", "w"]
    return case(title, [FLAT, ("Gemm", inputs, "y", attributes)], lambda x, p: reference(x.flatten(1), p), parameters,
                **options)


def tokens(x):
    return x.flatten(2).transpose(1, 2)

ROWS = [("Reshape", ["x", "rows"], "z", {})]


def einsum(title, equation, before=(), other=lambda x: x, inputs=("x", "z")):
    """Of x and of z, which is made of it."""
    inputs = list(inputs) if before else ["x", "x"]
    return case(title, [*before, ("Einsum", inputs, "y", dict(equation=equation))],
                lambda x, p: torch.einsum(equation.replace(" ", ""), other(x) if inputs[0] == "z" else x, other(x)),
                constants={"rows": integers(0, 4, 42)} if inputs[0] == "z" else None)


def weighted(title, equation, shape, **options):
    return case(title, [("Einsum", ["x", "w"], "y", dict(equation=equation))],
                lambda x, p: torch.einsum(equation, x, p["w"]), {"w": drawn(shape, 0.5)}, **options)


def products(title, equation, inputs, before=(), **parameters):
    """Of x, what is made of it, and parameters."""
    def reference(x, p):
        known = {"x": x, "m": x.mean((2, 3)), "s": torch.tanh(x), **p}
        return torch.einsum(equation, *(known[name] for name in inputs))

    return case(title, [*before, ("Einsum", list(inputs), "y", dict(equation=equation))], reference,
                {name: drawn(dims, 0.5) for name, dims in parameters.items()},
                {"axes": integers(2, 3)} if before == MEANS else None, opset=18 if before == MEANS else 17)


MEANS = [("ReduceMean", ["x", "axes"], "m", dict(keepdims=0))]
SQUASHED = [("Tanh", ["x"], "s", {})]
other_products = [
    products("a sum over positions", "nchw->nc", ["x"]),
    products("an order of its own of one tensor", "nchw->nwhc", ["x"]),
    products("a factor for each channel of an image", "nchw,nc->nchw", ["x", "m"], MEANS),
    products("a parameter for each channel", "nchw,c->nhwc", ["x", "v"], v=(4,)),
    products("one row of a matrix that sums", "nchw,w->nch", ["x", "v"], v=(6,)),
    products("numbers of two images that are alike multiplied", "nchw,nchw->nchw", ["x", "s"], SQUASHED),
    products("sums of products of channels", "nchw,nchw->nc", ["x", "s"], SQUASHED),
    products("sums over positions of each matrix", "nchw,kdhw->nckd", ["x", "w"], w=(2, 3, 7, 6)),
    products("axes that only one of two has, which are summed", "nchw,cd->nd", ["x", "w"], w=(4, 5)),
    products("three tensors", "ni,kij,nj->nk", ["m", "w", "m"], MEANS, w=(5, 4, 4)),
    products("an outer product", "nc,nd->ncd", ["m", "m"], MEANS),
    products("the alphabet's order", "nc,cz", ["m", "w"], MEANS, w=(4, 5)),
    case("two parameters whose product is a matrix",
         [*MEANS, ("Einsum", ["u", "w"], "k", dict(equation="ab,cd->acbd")), ("Reshape", ["k", "shape"], "matrix", {}),
          ("MatMul", ["m", "matrix"], "y", {})],
         lambda x, p: x.mean((2, 3)) @ torch.einsum("ab,cd->acbd", p["u"], p["w"]).reshape(4, 6),
         {"u": drawn((2, 2)), "w": drawn((2, 3))}, {"axes": integers(2, 3), "shape": integers(4, 6)}, opset=18),
]

rules = {
    "gemm": [
        case("a weight made of parameters",
             [FLAT, ("Tanh", ["v"], "w", {}), ("Mul", ["w", "g"], "s", {}),
              ("Gemm", ["f", "s", "b"], "y", dict(transB=1, alpha=0.5, beta=2.0))],
             lambda x, p: 0.5 * x.flatten(1) @ (torch.tanh(p["v"]) * p["g"]).t() + 2 * p["b"],
             {"v": drawn((5, 168), 0.25), "g": drawn((5, 1)), "b": drawn((5,))}),
        case("a shift that is computed from the image", [FLAT, ("Tanh", ["f"], "t", {}),
                                                         ("Gemm", ["f", "w", "t"], "y", dict(alpha=0.5, beta=-2.0))],
             lambda x, p: 0.5 * x.flatten(1) @ p["w"] - 2 * torch.tanh(x.flatten(1)), {"w": drawn((168, 168), 0.25)}),
        gemm("transB 1 and a bias", (5, 168), dict(transB=1), lambda f, p: f @ p["w"].T + p["b"], (5,)),
        gemm("transB 0 and a bias", (168, 5), {}, lambda f, p: f @ p["w"] + p["b"], (5,)),
        gemm("no bias", (168, 5), {}, lambda f, p: f @ p["w"]),
        gemm("alpha and beta", (5, 168), dict(transB=1, alpha=0.5, beta=-2.0),
             lambda f, p: 0.5 * f @ p["w"].T - 2 * p["b"], (5,)),
        gemm("alpha and transB 0", (168, 5), dict(alpha=-0.25), lambda f, p: -0.25 * f @ p["w"] + p["b"], (5,)),
        gemm("a beta of 0", (168, 5), dict(beta=0.0), lambda f, p: f @ p["w"] + 0 * p["b"], (5,)),
        gemm("a bias of [1]", (5, 168), dict(transB=1, beta=0.5), lambda f, p: f @ p["w"].T + 0.5 * p["b"], (1,)),
        gemm("a bias of no axes", (5, 168), dict(transB=1), lambda f, p: f @ p["w"].T + p["b"], ()),
        gemm("a bias of [1, M]", (5, 168), dict(transB=1), lambda f, p: f @ p["w"].T + p["b"], (1, 5)),
        gemm("the image itself", (126, 5), {}, lambda f, p: f @ p["w"] + p["b"], (5,), stem=None),
        case("logits of its own", [FLAT, ("Gemm", ["f", "w", "b"], "logits", dict(transB=1))],
             lambda x, p: x.flatten(1) @ p["w"].T + p["b"], {"w": drawn((2, 168), 0.25), "b": drawn((2,))}, head=False),
        case("one weight in two layers",
             [FLAT, ("Gemm", ["f", "v"], "u", {}), ("Gemm", ["u", "w", "b"], "r", dict(transB=1)),
              ("Relu", ["r"], "s", {}), ("Gemm", ["s", "w", "b"], "y", dict(alpha=0.5))],
             lambda x, p: 0.5 * torch.relu(x.flatten(1) @ p["v"] @ p["w"].T + p["b"]) @ p["w"] + p["b"],
             {"v": drawn((168, 5), 0.25), "w": drawn((5, 5)), "b": drawn((5,))}),
    ],
    "mat-mul": [
        case("one position", [FLAT, ("MatMul", ["f", "w"], "y", {})], lambda x, p: x.flatten(1) @ p["w"],
             {"w": drawn((168, 5), 0.25)}),
        case("one position and a bias", [FLAT, ("MatMul", ["f", "w"], "u", {}), ("Add", ["b", "u"], "y", {})],
             lambda x, p: x.flatten(1) @ p["w"] + p["b"], {"w": drawn((168, 5), 0.25), "b": drawn((5,))}),
        case("a matrix for each expert, whose rows are of images",
             [("Reshape", ["x", "parts"], "r", {}), ("Transpose", ["r"], "m", dict(perm=[1, 0, 2])), ("MatMul", ["m", "w"], "u", {}),
              ("Tanh", ["u"], "t", {}), ("MatMul", ["t", "v"], "z", {}), ("Transpose", ["z"], "y", dict(perm=[1, 0, 2]))],
             lambda x, p: torch.einsum("ned,edk->nek", torch.tanh(torch.einsum("ned,edk->nek", x.reshape(1, 4, 42), p["w"])), p["v"]),
             {"w": drawn((4, 42, 3), 0.25), "v": drawn((4, 3, 2))}, {"parts": integers(0, 4, 42)}),
        case("rows of images with a matrix for each expert",
             [FLAT, ("MatMul", ["f", "w"], "u", {}), ("Tanh", ["u"], "t", {}), ("ReduceSum", ["t", "first"], "y", dict(keepdims=0))],
             lambda x, p: torch.tanh(x.flatten(1) @ p["w"]).sum(0), {"w": drawn((3, 168, 5), 0.25)}, {"first": integers(0)}),
        case("parts of images with a matrix for each of two axes, made of another",
             [("Reshape", ["x", "parts"], "r", {}), ("Transpose", ["r"], "m", dict(perm=[1, 0, 2])), ("Exp", ["w"], "e", {}),
              ("MatMul", ["m", "e"], "u", {}), ("Transpose", ["u"], "y", dict(perm=[2, 0, 1, 3]))],
             lambda x, p: torch.einsum("ned,fedk->fnek", x.reshape(1, 4, 42), p["w"].exp()).permute(1, 0, 2, 3),
             {"w": drawn((2, 4, 42, 3), 0.25)}, {"parts": integers(0, 4, 42)}),
        case("a matrix of its own for each channel", [("MatMul", ["x", "w"], "y", {})], lambda x, p: x @ p["w"],
             {"w": drawn((4, 6, 5))}),
        case("many positions", [*TOKENS, ("MatMul", ["t", "w"], "y", {})], lambda x, p: tokens(x) @ p["w"],
             {"w": drawn((4, 5))}, TARGET),
        case("many positions and a bias",
             [*TOKENS, ("MatMul", ["t", "w"], "u", {}), ("Add", ["u", "b"], "y", {})],
             lambda x, p: tokens(x) @ p["w"] + p["b"], {"w": drawn((4, 3)), "b": drawn((3,))}, TARGET),
        case("few positions of many features", [("Reshape", ["x", "target"], "r", {}), ("MatMul", ["r", "w"], "y", {})],
             lambda x, p: x.reshape(1, 2, 84) @ p["w"], {"w": drawn((84, 12), 0.25)}, {"target": integers(0, 2, 84)}),
        case("rows and columns of positions", [("MatMul", ["x", "w"], "y", {})], lambda x, p: x @ p["w"],
             {"w": drawn((6, 3))}),
        case("two layers",
             [*TOKENS, ("MatMul", ["t", "w"], "u", {}), ("Relu", ["u"], "r", {}), ("MatMul", ["r", "v"], "y", {})],
             lambda x, p: torch.relu(tokens(x) @ p["w"]) @ p["v"], {"w": drawn((4, 6)), "v": drawn((6, 3))}, TARGET),
        case("one weight in two layers",
             [*TOKENS, ("MatMul", ["t", "w"], "u", {}), ("Relu", ["u"], "r", {}), ("MatMul", ["r", "w"], "y", {})],
             lambda x, p: torch.relu(tokens(x) @ p["w"]) @ p["w"], {"w": drawn((4, 4))}, TARGET),
        case("two activations, as in attention",
             [*TOKENS, ("MatMul", ["t", "w"], "k", {}), ("Transpose", ["k"], "kt", dict(perm=[0, 2, 1])),
              ("MatMul", ["t", "kt"], "a", {}), ("Softmax", ["a"], "s", dict(axis=-1)), ("MatMul", ["s", "t"], "y", {})],
             lambda x, p: torch.softmax(tokens(x) @ (tokens(x) @ p["w"]).transpose(1, 2), 2) @ tokens(x),
             {"w": drawn((4, 4))}, TARGET),
        case("two activations of four axes",
             [("Transpose", ["x"], "t", dict(perm=[0, 1, 3, 2])), ("MatMul", ["t", "x"], "y", {})],
             lambda x, p: x.transpose(2, 3) @ x),
        case("two activations, one of which broadcasts",
             [("MaxPool", ["x"], "m", dict(kernel_shape=[1, 1])), ("Slice", ["m", "one", "two", "one"], "c", {}),
              ("Transpose", ["c"], "t", dict(perm=[0, 1, 3, 2])), ("MatMul", ["x", "t"], "u", {}),
              ("MatMul", ["t", "u"], "y", {})],
             lambda x, p: x[:, 1:2].transpose(2, 3) @ (x @ x[:, 1:2].transpose(2, 3)),
             constants={"one": integers(1), "two": integers(2)}),
        case("a product of two activations and a constant added",
             [("Transpose", ["x"], "t", dict(perm=[0, 1, 3, 2])), ("MatMul", ["t", "x"], "u", {}),
              ("Add", ["u", "b"], "y", {})],
             lambda x, p: x.transpose(2, 3) @ x + p["b"], {"b": drawn((4, 6, 6))}),
        case("the image itself", [("MatMul", ["x", "w"], "y", {})], lambda x, p: x @ p["w"], {"w": drawn((6, 4))},
             stem=None),
    ],
    "einsum": [
        *other_products,
        einsum("attention of queries and keys", "nhqd,nhkd->nhqk"),
        einsum("attention of weights and values", "n h q k, n h k d -> n h q d", [("Transpose", ["x"], "z", dict(perm=[0, 1, 3, 2]))],
               lambda x: x.transpose(2, 3)),
        einsum("an order of its own", "nchw,nchd->ncdw"),
        einsum("no axes beside those of the matrices", "nij,nkj->nik", ROWS, lambda x: x.flatten(2), ["z", "z"]),
        case("a matrix for each row of an image, from a table", [("Einsum", ["x", "w"], "y", dict(equation="bhwc,hkc->bhwk"))],
             lambda x, p: torch.einsum("bhwc,hkc->bhwk", x, p["w"]), {"w": drawn((4, 5, 6))}),
        case("a matrix for each column of an image, from a table",
             [("Einsum", ["x", "w"], "y", dict(equation="bhwc,wkc->bhwk"))],
             lambda x, p: torch.einsum("bhwc,wkc->bhwk", x, p["w"]), {"w": drawn((7, 5, 6))}),
        case("a table that is spread along both axes by constants",
             [("Einsum", ["t", "rows"], "u", dict(equation="nhw,ixh->nixw")),
              ("Einsum", ["u", "columns"], "v", dict(equation="nixw,jyw->nijxy")),
              ("Reshape", ["v", "shape"], "table", {}), ("Mul", ["x", "table"], "y", {})],
             lambda x, p: x * torch.einsum("nixw,jyw->nijxy", torch.einsum("nhw,ixh->nixw", p["t"], p["rows"]),
                                           p["columns"]).reshape(1, 4, 7, 6),
             {"t": drawn((4, 3, 2)), "rows": drawn((7, 3, 3)), "columns": drawn((2, 1, 2))},
             {"shape": integers(1, 4, 7, 6)}),
        case("a constant matrix", [("Einsum", ["x", "w"], "y", dict(equation="nchw,cd->ndhw"))],
             lambda x, p: torch.einsum("nchw,cd->ndhw", x, p["w"]), {"w": drawn((4, 5))}),
        *(weighted(title, equation, shape) for title, equation, shape in [
            ("a layer of several heads, as Keras and Flax have it", "nchw,wkd->nchkd", (6, 3, 2)),
            ("heads that a layer joins", "nchw,hwd->ncd", (7, 6, 5)),
            ("heads that a layer joins in an order of its own", "nchw,whd->ndc", (6, 7, 5)),
        ]),
        *(weighted(f"unnamed axes{title}", equation, shape) for title, equation, shape in [
            (" of images", "...w,wk->...k", (6, 3)),
            (" that stay behind", "nc...,kc->nk...", (3, 4)),
            (" of images whose result is not named", "...hw,wk", (6, 2)),
            (", of which there are none", "nchw,cd...->ndhw...", (4, 5)),
        ]),
        # ONNX Runtime takes unnamed axes of the same number alone.
        *(weighted(f"unnamed axes {title}", "...hw,...wk->...hk", shape, runs=False)
          for title, shape in [("of matrices that broadcast", (4, 6, 2)), ("of which one broadcasts", (1, 6, 2))]),
        einsum("unnamed axes of two activations", "...hw,...vw->...hv"),
        einsum("several rows and columns", "nchw,nkdw->ndchk"),
        einsum("several axes that are summed", "nchw,nkhw->nck"),
        einsum("several axes of a matrix that are summed, in an order of its own", "ncwh,ndwh->ndc"),
    ],
}

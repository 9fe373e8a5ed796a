"""Slice, Split, Gather, Expand, Squeeze, Unsqueeze, Cast, Sum."""
import torch

from .tensors import case, drawn, given, integers

# What a number of JSON holds; exporters write 2⁶³ − 1.
END = 2**53 - 1


def scaled(title, nodes, output, dims, reference, constants=None, **options):
    """A weight for each element of what the nodes give, so that elements out of place show."""
    return case(title, [*nodes, ("Mul", [output, "scale"], "y", {})], lambda x, p: reference(x) * p["scale"],
                {"scale": drawn(dims)}, constants, **options)


def slice_of(title, starts, ends, axes, steps, dims, reference, **options):
    constants = {"starts": integers(*starts), "ends": integers(*ends)}
    for name, values in (("axes", axes), ("steps", steps)):
        if values is not None:
            constants[name] = integers(*values)
    return scaled(title, [("Slice", ["x", *constants], "u", {})], "u", dims, reference, constants, **options)


def split_of(title, outputs, used, attributes, dims, reference, sizes=None, **options):
    inputs, constants = (["x", "sizes"], {"sizes": integers(*sizes)}) if sizes else (["x"], None)
    nodes = [("Split", inputs, outputs, attributes),
             *([("Concat", used, "u", dict(axis=1))] if len(used) > 1 else [("Identity", used, "u", {})])]
    return scaled(title, nodes, "u", dims, reference, constants, **options)


def gather_of(title, indices, axis, dims, reference, **options):
    spec = integers(*indices) if isinstance(indices, list) else {"dims": [], "integers": [indices]}
    return scaled(title, [("Gather", ["x", "at"], "u", dict(axis=axis))], "u", dims, reference, {"at": spec}, **options)


QKV = [("Reshape", ["x", "heads"], "r", {}), ("Transpose", ["r"], "t", dict(perm=[1, 0, 2, 3]))]
HEADS = {"heads": integers(0, 2, 2, 42)}


def turned(x):
    return x.reshape(1, 2, 2, 42).permute(1, 0, 2, 3)


BATCH = [("Shape", ["x"], "s", {}), ("Gather", ["s", "zero"], "n", dict(axis=0))]

rules = {
    "slice": [
        slice_of("one axis", [1], [3], [1], None, (2, 7, 6), lambda x: x[:, 1:3]),
        slice_of("two axes and steps", [1, 0], [7, 6], [2, 3], [2, 3], (4, 3, 2), lambda x: x[:, :, 1:7:2, 0:6:3]),
        slice_of("steps that don't divide", [0, 1], [END, END], [2, 3], [4, 3], (4, 2, 2), lambda x: x[:, :, ::4, 1::3]),
        slice_of("a step beyond the end", [2], [6], [3], [5], (4, 7, 1), lambda x: x[:, :, :, 2:6:5]),
        slice_of("bounds counted from the end", [-3, -100], [-1, 100], [-1, -2], None, (4, 7, 2), lambda x: x[..., 3:5]),
        slice_of("no axes, and the batch whole", [0, 1, 2], [END, 4, 5], None, None, (3, 3, 6),
                 lambda x: x[:, 1:4, 2:5]),
        slice_of("all of it", [0], [END], [1], [1], (4, 7, 6), lambda x: x * 1),
        slice_of("an axis from its end", [-1], [-END], [3], [-1], (4, 7, 6), lambda x: x.flip(3)),
        slice_of("two axes from their ends, as torch.flip has it", [-1, -1], [-END, -END], [1, 2], [-1, -1], (4, 7, 6),
                 lambda x: x.flip(1, 2)),
        slice_of("steps back that don't divide", [5, 100], [0, -100], [2, 3], [-2, -4], (4, 3, 2),
                 lambda x: x[:, :, [5, 3, 1]][..., [5, 1]]),
        slice_of("one element by a step back", [2], [1], [2], [-3], (4, 1, 6), lambda x: x[:, :, 2:3]),
        slice_of("one axis from its end, another by steps", [-2, 1], [0, END], [3, 2], [-1, 3], (4, 2, 4),
                 lambda x: x[:, :, 1::3].flip(3)[..., 1:5]),
        scaled("an axis from its end, the batch on the second one",
               [*QKV, ("Slice", ["t", "starts", "ends", "axes", "steps"], "s", {}),
                ("Transpose", ["s"], "u", dict(perm=[1, 0, 2, 3]))],
               "u", (2, 2, 14), lambda x: turned(x).flip(0)[..., list(range(40, -1, -3))].permute(1, 0, 2, 3),
               {**HEADS, "starts": integers(1, -2), "ends": integers(-5, -END), "axes": integers(0, 3),
                "steps": integers(-1, -3)}),
        case("the image itself", [("Slice", ["x", "starts", "ends", "axes"], "y", {})], lambda x, p: x[:, :, 1:3],
             constants={"starts": integers(1), "ends": integers(3), "axes": integers(2)}, stem=None),
        scaled("the batch on the second axis",
               [*QKV, ("Slice", ["t", "starts", "ends", "axes"], "s", {}), ("Transpose", ["s"], "u", dict(perm=[1, 0, 2, 3]))],
               "u", (1, 2, 42), lambda x: turned(x)[1:2].permute(1, 0, 2, 3),
               {**HEADS, "starts": integers(1), "ends": integers(2), "axes": integers(0)}),
        scaled("the batch on the second axis and a step",
               [*QKV, ("Slice", ["t", "starts", "ends", "axes", "steps"], "s", {}),
                ("Transpose", ["s"], "u", dict(perm=[1, 0, 2, 3]))],
               "u", (2, 1, 11), lambda x: turned(x)[:, :, 1:, 1::4].permute(1, 0, 2, 3),
               {**HEADS, "starts": integers(1, 1), "ends": integers(2, END), "axes": integers(2, 3),
                "steps": integers(1, 4)}),
    ],
    "split": [
        split_of("equal parts, by their number", ["a", "b"], ["b", "a"], dict(axis=1), (4, 7, 6),
                 lambda x: x[:, [2, 3, 0, 1]]),
        split_of("sizes as an input", ["a", "b", "c"], ["c", "a", "b"], dict(axis=1), (4, 7, 6),
                 lambda x: x[:, [3, 0, 1, 2]], sizes=[1, 2, 1]),
        split_of("a part that nothing reads", ["a", "b", "c"], ["c", "a"], dict(axis=1), (2, 7, 6),
                 lambda x: x[:, [3, 0]], sizes=[1, 2, 1]),
        split_of("sizes as an attribute", ["a", "b"], ["b", "a"], dict(axis=1, split=[1, 3]), (4, 7, 6),
                 lambda x: x[:, [1, 2, 3, 0]], opset=11),
        split_of("a negative axis", ["a", "b", "c"], ["b"], dict(axis=-1), (4, 7, 2), lambda x: x[..., 2:4]),
        split_of("a last part that is smaller", ["a", "b"], ["b"], dict(axis=2, num_outputs=2), (4, 3, 6),
                 lambda x: x[:, :, 4:], opset=18),
        case("the image itself",
             [("Split", ["x"], ["a", "b", "c"], dict(axis=1)), ("Concat", ["b", "c", "a"], "y", dict(axis=1))],
             lambda x, p: x[:, [1, 2, 0]], stem=None),
    ],
    "gather": [
        gather_of("one place", 2, 1, (7, 6), lambda x: x[:, 2]),
        gather_of("one place counted from the end", -1, -1, (4, 7), lambda x: x[..., 5]),
        gather_of("one place that stays an axis", [1], 2, (4, 1, 6), lambda x: x[:, :, 1:2]),
        gather_of("neighbours", [1, 2, 3], 3, (4, 7, 3), lambda x: x[..., 1:4]),
        scaled("queries and values of one tensor, the batch on the second axis",
               [*QKV, ("Gather", ["t", "first"], "a", dict(axis=0)), ("Gather", ["t", "last"], "b", dict(axis=0)),
                ("Mul", ["a", "b"], "u", {})],
               "u", (2, 42), lambda x: turned(x)[0] * turned(x)[1],
               {**HEADS, "first": {"dims": [], "integers": [0]}, "last": {"dims": [], "integers": [-1]}}),
    ],
    "squeeze": [
        scaled("named axes", [("GlobalAveragePool", ["x"], "g", {}), ("Squeeze", ["g", "axes"], "u", {})], "u", (4,),
               lambda x: x.mean((2, 3)), {"axes": integers(-1, 2)}),
        scaled("all axes of size 1", [("GlobalAveragePool", ["x"], "g", {}), ("Squeeze", ["g"], "u", {})], "u", (4,),
               lambda x: x.mean((2, 3))),
        scaled("an attribute", [("GlobalAveragePool", ["x"], "g", {}), ("Squeeze", ["g"], "u", dict(axes=[2]))], "u",
               (4, 1), lambda x: x.mean((2, 3))[..., None], opset=11),
        scaled("an axis before the batch",
               [("Reshape", ["x", "one"], "r", {}), ("Transpose", ["r"], "t", dict(perm=[1, 0, 2, 3])),
                ("Squeeze", ["t", "axes"], "u", {})], "u", (4, 42), lambda x: x.flatten(2),
               {"one": integers(0, 1, 4, 42), "axes": integers(0)}),
    ],
    "unsqueeze": [
        scaled("one axis", [("Unsqueeze", ["x", "axes"], "u", {})], "u", (4, 1, 7, 6), lambda x: x[:, :, None],
               {"axes": integers(2)}),
        scaled("axes counted from the end", [("Unsqueeze", ["x", "axes"], "u", {})], "u", (4, 1, 7, 6, 1),
               lambda x: x[:, :, None, :, :, None], {"axes": integers(-1, 2)}),
        scaled("an attribute", [("Unsqueeze", ["x"], "u", dict(axes=[1, 5]))], "u", (1, 4, 7, 6, 1),
               lambda x: x[:, None, :, :, :, None], opset=11),
        scaled("an axis before the batch, and away with it",
               [("Unsqueeze", ["x", "axes"], "v", {}), ("Relu", ["v"], "w", {}), ("Squeeze", ["w", "axes"], "u", {})],
               "u", (4, 7, 6), torch.relu, {"axes": integers(0)}),
    ],
    "expand": [
        case("a class token for each image, as ViT has it",
             [("Reshape", ["x", "rows"], "r", {}), ("Transpose", ["r"], "t", dict(perm=[0, 2, 1])), *BATCH,
              ("Concat", ["n", "one", "four"], "shape", dict(axis=0)), ("Expand", ["token", "shape"], "e", {}),
              ("Concat", ["e", "t"], "u", dict(axis=1)), ("Mul", ["u", "u"], "y", {})],
             lambda x, p: torch.cat([p["token"], x.flatten(2).transpose(1, 2)], 1) ** 2, {"token": drawn((1, 1, 4))},
             {"rows": integers(0, 4, 42), "zero": integers(0), "one": integers(1), "four": integers(4)}),
        case("several elements of a constant",
             [*BATCH, ("Concat", ["n", "sizes"], "shape", dict(axis=0)), ("Expand", ["c", "shape"], "e", {}),
              ("Mul", ["x", "e"], "y", {})],
             lambda x, p: x * p["c"], {"c": drawn((4, 1, 6))}, {"zero": integers(0), "sizes": integers(4, 7, 6)}),
        case("a batch size that the file was written with",
             [("Expand", ["c", "sizes"], "e", {}), ("Mul", ["x", "e"], "y", {})],
             lambda x, p: x * p["c"], {"c": drawn((1, 4, 1, 6))}, {"sizes": integers(3, 4, 7, 6)}, batch=3),
        scaled("an activation", [("GlobalAveragePool", ["x"], "g", {}), ("Expand", ["g", "sizes"], "u", {})], "u",
               (4, 2, 3), lambda x: x.mean((2, 3), keepdim=True).expand(-1, -1, 2, 3), {"sizes": integers(1, 1, 2, 3)}),
    ],
    "cast": [
        case("float32", [("Cast", ["x"], "u", dict(to=1)), ("Mul", ["u", "x"], "y", {})], lambda x, p: x * x),
        case("float64 and back",
             [("Cast", ["x"], "u", dict(to=11)), ("Cast", ["u"], "v", dict(to=1)), ("Mul", ["v", "x"], "y", {})],
             lambda x, p: x * x),
        case("the image itself", [("Cast", ["x"], "y", dict(to=1))], lambda x, p: x * 1, stem=None),
    ],
    "sum": [
        case("three activations", [("Relu", ["x"], "u", {}), ("Sum", ["x", "u", "x"], "y", {})],
             lambda x, p: 2 * x + torch.relu(x)),
        case("one term", [("Sum", ["x"], "u", {}), ("Mul", ["u", "x"], "y", {})], lambda x, p: x * x),
        case("terms that broadcast",
             [("GlobalAveragePool", ["x"], "u", {}), ("Sum", ["u", "x", "c", "half", "c"], "y", {})],
             lambda x, p: x + x.mean((2, 3), keepdim=True) + 2 * p["c"] + 0.5, {"c": drawn((4, 1, 1))},
             {"half": given((1,), [0.5])}),
    ],
}

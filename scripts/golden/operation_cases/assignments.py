"""ScatterND to places that are counted out for each image, as PyTorch's exporter writes `x[:, a:, b:] = y`."""
import torch

from .parts import END
from .tensors import case, drawn, integers


def scalar(value):
    return {"dims": [], "integers": [value]}


def places(starts):
    """(nodes, constants): the indices of all elements of x from some starts on, along each axis."""
    rank = len(starts)
    constants = {"zero": scalar(0), "one": scalar(1), "first": integers(0), "steps": integers(1), "end": integers(END),
                 "last": integers(-1)}
    nodes = [("Shape", ["x"], "sizes", {})]
    for axis, start in enumerate(starts):
        constants[f"axis{axis}"] = scalar(axis)
        nodes += [("Gather", ["sizes", f"axis{axis}"], f"size{axis}", dict(axis=0)),
                  ("Cast", [f"size{axis}"], f"limit{axis}", dict(to=7)),
                  ("Range", ["zero", f"limit{axis}", "one"], f"range{axis}", {})]
        counted = f"range{axis}"
        if start:
            constants[f"start{axis}"] = integers(start)
            nodes.append(("Slice", [counted, f"start{axis}", "end", "first", "steps"], f"counted{axis}", {}))
            counted = f"counted{axis}"
        if axis < rank - 1:
            constants[f"along{axis}"] = integers(-1, *[1] * (rank - axis - 1))
            nodes.append(("Reshape", [counted, f"along{axis}"], f"places{axis}", {}))
        else:
            nodes.append(("Identity", [counted], f"places{axis}", {}))
    nodes += [("Add", ["places0", "places1"], "sum1", {}), ("Add", ["sum1", "places2"], "sum2", {}),
              ("Add", ["sum2", "range3" if not starts[3] else "counted3"], "sum3", {}), ("Shape", ["sum3"], "grid", {})]
    nodes.pop(next(i for i, node in enumerate(nodes) if node[0] == "Identity"))
    for axis in range(rank):
        source = f"places{axis}" if axis < rank - 1 else ("range3" if not starts[3] else "counted3")
        nodes += [("Expand", [source, "grid"], f"all{axis}", {}), ("Unsqueeze", [f"all{axis}", "last"], f"column{axis}", {})]
    nodes.append(("Concat", [f"column{axis}" for axis in range(rank)], "indices", dict(axis=-1)))
    return nodes, constants


def assigned(title, starts, reference, dims):
    nodes, constants = places(starts)
    part, named = "x", []
    for axis, start in enumerate(starts):
        if start:
            constants[f"at{axis}"] = integers(axis)
            named.append(("Slice", [part, f"start{axis}", "end", f"at{axis}", "steps"], f"part{axis}", {}))
            part = f"part{axis}"
    nodes = [*nodes, *named, ("Mul", [part, "scale"], "value", {}), ("Shape", [part], "part", {}),
             ("Expand", ["value", "part"], "given", {}), ("Reshape", ["given", "grid"], "updates", {}),
             ("ScatterND", ["x", "indices", "updates"], "z", {}), ("Mul", ["z", "z"], "y", {})]
    return case(title, nodes, lambda x, p: reference(x, p["scale"]) ** 2, {"scale": drawn(dims)}, constants)


def replaced(x, scale, row, column):
    y = x.clone()
    y[:, :, row:, column:] = x[:, :, row:, column:] * scale
    return y


rules = {
    "assignment": [
        assigned("all of it", [0, 0, 0, 0], lambda x, s: x * s, (7, 6)),
        assigned("rows and columns behind the first", [0, 0, 1, 1], lambda x, s: replaced(x, s, 1, 1), (6, 5)),
        assigned("columns behind the second", [0, 0, 0, 2], lambda x, s: replaced(x, s, 0, 2), (4, 7, 4)),
        assigned("channels behind the third and rows behind the fourth", [0, 3, 4, 0],
                 lambda x, s: torch.cat([x[:, :3], torch.cat([x[:, 3:, :4], x[:, 3:, 4:] * s], 2)], 1), (1, 3, 6)),
    ],
}

"""GatherElements, GatherND, ScatterElements, ScatterND and GridSample at constant places."""
import math

import torch
import torch.nn.functional as F

from .parts import scaled
from .tensors import case, drawn, given, integers

COUNT = [("Shape", ["x"], "sizes", {}), ("Gather", ["sizes", "first"], "images", dict(axis=0))]


def rows(dims, values):
    return {"dims": list(dims), "integers": list(values)}


def some(dims, size):
    """Places along an axis of a size, also counted from its end, some several times."""
    return rows(dims, [(5 * at + at // 3) % (2 * size) - size for at in range(math.prod(dims))])


def for_each(dims):
    """(nodes, constants) that expand `at` [1, ...] to one list for each image, as the code of networks does."""
    return ([*COUNT, ("Concat", ["images", "others"], "all", dict(axis=0)), ("Expand", ["at", "all"], "places", {})],
            {"first": integers(0), "others": integers(*dims)})


def picked(x, at, axis):
    """torch.gather, with places from the end."""
    return torch.gather(x, axis, (at % x.shape[axis]).expand(x.shape[0], *at.shape[1:]))


def tensor(spec):
    return torch.tensor(spec["integers"]).reshape(spec["dims"])


def elements(title, dims, axis, shared=None):
    """`shared`: the places as the file has them, of size 1 along an axis that they are expanded along too."""
    at = some((1, *(shared or dims)), (4, 7, 6)[axis - 1])
    nodes, constants = for_each(dims)
    return scaled(title, [*nodes, ("GatherElements", ["x", "places"], "u", dict(axis=axis))], "u", dims,
                  lambda x: picked(x, tensor(at).expand(1, *dims), axis), {**constants, "at": at})


POINTS = [0, 0, 3, 5, 6, -6, -7, 2, 3, 5]


def points(x):
    at = torch.tensor(POINTS).reshape(-1, 2)
    return x[:, :, at[:, 0], at[:, 1]]


def scattered(title, at, axis, batch=None, nodes=None, constants=None):
    """Twice the first elements of x in other places of it."""
    dims = at["dims"][1:]
    ends = integers(*dims)
    replace = [("Slice", ["x", "starts", "ends", "axes"], "part", {}), ("Mul", ["part", "two"], "updates", {}),
               ("ScatterElements", ["x", "places" if nodes else "at", "updates"], "z", dict(axis=axis)), ("Mul", ["z", "z"], "y", {})]

    def reference(x, p):
        a, b, c = dims
        return x.scatter(axis, tensor(at).expand(x.shape[0], *dims) % x.shape[axis], 2 * x[:, :a, :b, :c]) ** 2

    return case(title, [*(nodes or []), *replace], reference, {},
                {**(constants or {}), "at": at, "two": given([], [2]), "starts": integers(0, 0, 0), "ends": ends,
                 "axes": integers(1, 2, 3)}, batch=batch)


def replaced_rows(x, p):
    y = x.clone()
    y[:, torch.tensor([3, 1])] = 3 * x[:, :2]
    return y ** 2


GRID = [(-1.0, -1.0), (-0.83, 0.2), (0.1, 0.77), (0.99, -0.42), (1.31, 0.05), (-1.7, 1.44), (0.5, 0.5), (0.34, -0.91), (2.6, -3.2),
        (0.02, 1.0), (-0.25, -0.6), (0.71, 0.13)]


def sampled(title, mode, padding, aligned, opset=17):
    grid = given((1, 3, 4, 2), [value for point in GRID for value in point])
    nodes = [*COUNT, ("Concat", ["images", "others"], "all", dict(axis=0)), ("Expand", ["grid", "all"], "places", {}),
             ("GridSample", ["x", "places"], "u", dict(mode=mode, padding_mode=padding, align_corners=aligned))]
    at = torch.tensor(grid["values"]).reshape(grid["dims"]).double()
    return scaled(title, nodes, "u", (4, 3, 4),
                  lambda x: F.grid_sample(x, at.expand(x.shape[0], -1, -1, -1), mode, padding, bool(aligned)),
                  {"first": integers(0), "others": integers(3, 4, 2), "grid": grid}, opset=opset)


each_nodes, each_constants = for_each((2, 7, 6))

rules = {
    "places": [
        elements("elements along the last axis", (4, 7, 9), 3),
        elements("elements along channels, of fewer rows and columns", (6, 5, 3), 1),
        elements("elements whose places several rows share", (4, 5, 6), 2, shared=(4, 5, 1)),
        scaled("elements of one image at a time", [("GatherElements", ["x", "at"], "u", dict(axis=2))], "u", (4, 3, 6),
               lambda x: picked(x, tensor(some((1, 4, 3, 6), 7)), 2), {"at": some((1, 4, 3, 6), 7)}, batch=1),
        case("elements of a parameter",
             [("GatherElements", ["table", "at"], "u", dict(axis=1)), ("Mul", ["x", "u"], "y", {})],
             lambda x, p: x * torch.gather(p["table"], 1, tensor(some((7, 6), 5)) % 5), {"table": drawn((7, 5))},
             {"at": some((7, 6), 5)}),
        scaled("points, behind which the images are",
               [("Transpose", ["x"], "t", dict(perm=[2, 3, 0, 1])), ("GatherND", ["t", "at"], "g", {}),
                ("Transpose", ["g"], "u", dict(perm=[1, 2, 0]))], "u", (4, 5), points, {"at": rows((5, 2), POINTS)}),
        scaled("points of each image",
               [*COUNT, ("Concat", ["images", "others"], "all", dict(axis=0)), ("Expand", ["at", "all"], "places", {}),
                ("GatherND", ["x", "places"], "u", dict(batch_dims=1))], "u", (2, 3, 6),
               lambda x: torch.stack([torch.stack([x[:, 1, 3], x[:, 3, 0], x[:, 3, 6]], 1), torch.stack([x[:, 0, 1], x[:, 1, 3], x[:, 2, 5]], 1)], 1),
               {"first": integers(0), "others": integers(2, 3, 2), "at": rows((1, 2, 3, 2), [1, 3, -1, 0, 3, -1, 0, 1, 1, 3, 2, 5])}),
        scattered("elements that replace others of an image", rows((1, 2, 7, 6), [2] * 42 + [3] * 42), 1,
                  nodes=each_nodes, constants=each_constants),
        scattered("elements that replace others, of one image at a time", rows((1, 4, 2, 6), [value for _ in range(4) for value in [-1] * 6 + [3] * 6]),
                  2, batch=1),
        case("rows that replace others, of one image at a time",
             [("Slice", ["x", "starts", "ends", "axes"], "part", {}), ("Mul", ["part", "three"], "updates", {}),
              ("ScatterND", ["x", "at", "updates"], "z", {}), ("Mul", ["z", "z"], "y", {})], replaced_rows, {},
             {"at": rows((1, 2, 2), [0, 3, 0, -3]), "three": given([], [3]), "starts": integers(0), "ends": integers(2), "axes": integers(1)},
             batch=1),
        sampled("a grid, zeros around", "bilinear", "zeros", 0),
        sampled("a grid, the border around, corners aligned", "bilinear", "border", 1),
        sampled("a grid, reflections around", "bilinear", "reflection", 0),
        sampled("a grid, reflections around, corners aligned", "bilinear", "reflection", 1),
        sampled("a grid of nearest pixels", "nearest", "zeros", 0),
        sampled("a grid of nearest pixels, reflections around, corners aligned", "nearest", "reflection", 1),
    ],
}

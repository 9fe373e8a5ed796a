"""Resize, Upsample, SpaceToDepth, DepthToSpace, Tile."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers


def resize(title, sizes, reference, attributes, opset=17, scales=None, **options):
    """By sizes where no scales are given; a weight for each element that it gives."""
    constants = {"scales": given((4,), [1, 1, *scales])} if scales else {"sizes": integers(1, 4, *sizes)}
    inputs = ["x", "", "scales"] if scales else ["x", "", "", "sizes"]
    return case(title, [("Resize", inputs, "r", attributes), ("Mul", ["r", "w"], "y", {})],
                lambda x, p: reference(x) * p["w"], {"w": drawn((4, *sizes))}, constants, opset=opset, batch=1 if not scales else None,
                **options)


def to(sizes, **how):
    return lambda x: F.interpolate(x, sizes, **how)


def linear(mode, **attributes):
    return dict(mode=mode, **attributes)


FLOOR = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def shuffled(x, block, crd):
    n, c, h, w = x.shape
    if crd:
        return F.pixel_shuffle(x, block)
    return x.reshape(n, block, block, c // block**2, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, -1, h * block, w * block)


rules = {
    "resize": [
        resize("nearest pixels, twice as many", (14, 12), to((14, 12), mode="nearest"), FLOOR, scales=[2, 2]),
        resize("nearest pixels, other factors", (21, 12), to((21, 12), mode="nearest"), FLOOR, scales=[3, 2]),
        resize("nearest pixels to sizes", (5, 9), to((5, 9), mode="nearest"), FLOOR),
        resize("nearest pixels by broken factors", (10, 9), lambda x: F.interpolate(x, scale_factor=1.5, mode="nearest-exact",
                                                                                  recompute_scale_factor=False),
               dict(mode="nearest", nearest_mode="round_prefer_ceil"), scales=[1.5, 1.5]),
        resize("linear between centres of pixels", (14, 12), to((14, 12), mode="bilinear"), linear("linear"), scales=[2, 2]),
        resize("linear by broken factors", (10, 9), lambda x: F.interpolate(x, scale_factor=1.5, mode="bilinear",
                                                                          recompute_scale_factor=False),
               linear("linear", coordinate_transformation_mode="pytorch_half_pixel"), scales=[1.5, 1.5]),
        resize("linear between corners", (9, 4), to((9, 4), mode="bilinear", align_corners=True),
               linear("linear", coordinate_transformation_mode="align_corners")),
        resize("linear to fewer", (3, 4), to((3, 4), mode="bilinear"), linear("linear")),
        resize("linear to one pixel", (1, 1), to((1, 1), mode="bilinear", align_corners=True),
               linear("linear", coordinate_transformation_mode="align_corners")),
        resize("cubic", (11, 13), to((11, 13), mode="bicubic"), linear("cubic")),
        resize("cubic between corners", (11, 13), to((11, 13), mode="bicubic", align_corners=True),
               linear("cubic", coordinate_transformation_mode="align_corners")),
        resize("one axis alone", (7, 18), to((7, 18), mode="nearest"), FLOOR, scales=[1, 3]),
        case("the image itself", [("Resize", ["x", "", "scales"], "y", dict(mode="linear"))],
             lambda x, p: F.interpolate(x, scale_factor=2, mode="bilinear"), constants={"scales": given((4,), [1, 1, 2, 2])},
             stem=None),
        case("axes by name, operator set 18",
             [("Resize", ["x", "", "scales"], "y", dict(mode="linear", axes=[2, 3]))],
             lambda x, p: F.interpolate(x, scale_factor=2, mode="bilinear"), constants={"scales": given((2,), [2, 2])},
             opset=18),
        case("scales that are joined",
             [("Concat", ["fixed", "factors"], "scales", dict(axis=0)), ("Resize", ["x", "", "scales"], "y", dict(mode="linear"))],
             lambda x, p: F.interpolate(x, scale_factor=2, mode="bilinear"),
             constants={"fixed": given((2,), [1, 1]), "factors": given((2,), [2, 2])}),
        case("channels alone",
             [("Resize", ["x", "", "scales"], "y", dict(mode="nearest", coordinate_transformation_mode="asymmetric",
                                                        nearest_mode="floor"))],
             lambda x, p: x.repeat_interleave(2, 1), constants={"scales": given((4,), [1, 2, 1, 1])}),
        case("operator set 10", [("Resize", ["x", "scales"], "y", dict(mode="nearest"))],
             lambda x, p: F.interpolate(x, scale_factor=2), constants={"scales": given((4,), [1, 1, 2, 2])}, opset=10),
        case("a table that is the same for all images",
             [("Resize", ["t", "", "scales"], "s", dict(mode="cubic")), ("Mul", ["x", "s"], "y", {})],
             lambda x, p: x * F.interpolate(p["t"], (7, 6), mode="bicubic"), {"t": drawn((1, 4, 7, 3))},
             {"scales": given((4,), [1, 1, 1, 2])}),
    ],
    "upsample": [
        case("scales as an input", [("Upsample", ["x", "scales"], "y", dict(mode="nearest"))],
             lambda x, p: F.interpolate(x, scale_factor=2), constants={"scales": given((4,), [1, 1, 2, 2])}, opset=9),
        case("scales as an attribute", [("Upsample", ["x"], "y", dict(mode="nearest", scales=[1.0, 1.0, 2.0, 3.0]))],
             lambda x, p: F.interpolate(x, (14, 18)), opset=8),
        case("linear", [("Upsample", ["x", "scales"], "y", dict(mode="linear"))], lambda x, p: by_matrices(x),
             constants={"scales": given((4,), [1, 1, 2, 2])}, opset=9),
    ],
    "space-to-depth": [
        case("blocks of 2", [("SpaceToDepth", ["x"], "y", dict(blocksize=2))],
             lambda x, p: x.reshape(1, 4, 4, 2, 3, 2).permute(0, 3, 5, 1, 2, 4).reshape(1, 16, 4, 3), image=(3, 8, 6)),
        case("the image itself in blocks of 3", [("SpaceToDepth", ["x"], "y", dict(blocksize=3))],
             lambda x, p: x.reshape(1, 3, 2, 3, 3, 3).permute(0, 3, 5, 1, 2, 4).reshape(1, 27, 2, 3), image=(3, 6, 9),
             stem=None),
    ],
    "depth-to-space": [
        case("channels apart", [("DepthToSpace", ["x"], "y", dict(blocksize=2))], lambda x, p: shuffled(x, 2, False), stem=12),
        case("channels apart, by name", [("DepthToSpace", ["x"], "y", dict(blocksize=2, mode="DCR"))],
             lambda x, p: shuffled(x, 2, False), stem=8),
        case("channels that are neighbours", [("DepthToSpace", ["x"], "y", dict(blocksize=2, mode="CRD"))],
             lambda x, p: shuffled(x, 2, True), stem=12),
    ],
    "tile": [
        case("rows and columns", [("Tile", ["x", "times"], "t", {}), ("Mul", ["t", "w"], "y", {})],
             lambda x, p: x.repeat(1, 1, 2, 3) * p["w"], {"w": drawn((4, 14, 18))}, {"times": integers(1, 1, 2, 3)}),
        case("channels", [("Tile", ["x", "times"], "t", {}), ("Mul", ["t", "w"], "y", {})],
             lambda x, p: x.repeat(1, 2, 1, 1) * p["w"], {"w": drawn((8, 7, 6))}, {"times": integers(1, 2, 1, 1)}),
        case("once", [("Tile", ["x", "times"], "y", {})], lambda x, p: x * 1, constants={"times": integers(1, 1, 1, 1)}),
        case("a class token for each image",
             [("Reshape", ["x", "rows"], "m", {}), ("Shape", ["x"], "s", {}), ("Gather", ["s", "zero"], "n", {}),
              ("Concat", ["n", "ones"], "times", dict(axis=0)), ("Tile", ["token", "times"], "t", {}),
              ("Concat", ["t", "m"], "j", dict(axis=1)), ("Mul", ["j", "j"], "y", {})],
             lambda x, p: torch.cat([p["token"], x.reshape(1, 28, 6)], 1) ** 2, {"token": drawn((1, 1, 6))},
             {"rows": integers(0, 28, 6), "zero": integers(0), "ones": integers(1, 1)}),
        case("the batch on the second axis",
             [("Transpose", ["x"], "m", dict(perm=[1, 0, 2, 3])), ("Tile", ["m", "times"], "r", {}),
              ("Transpose", ["r"], "t", dict(perm=[1, 0, 2, 3])), ("Mul", ["t", "w"], "y", {})],
             lambda x, p: x.repeat(1, 2, 1, 1) * p["w"], {"w": drawn((8, 7, 6))}, {"times": integers(2, 1, 1, 1)}),
    ],
}


def by_matrices(x):
    """Upsample to twice the size: the pixel at i/2, between its neighbours."""
    def weights(size):
        matrix = torch.zeros(2 * size, size, dtype=x.dtype)
        for at in range(2 * size):
            low, share = at // 2, (at % 2) / 2
            matrix[at, low] += 1 - share
            matrix[at, min(low + 1, size - 1)] += share
        return matrix

    return torch.einsum("ph,nchw,qw->ncpq", weights(7), x, weights(6))

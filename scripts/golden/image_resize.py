"""Writes the digests of images that Pillow resized and torchvision cropped, into test/images/resized.json.

    python3 scripts/golden/image_resize.py test/images/resized.json

The images are of a formula that test/images/resized.test.ts repeats: bits of a multiplicative hash of each sample's
index, so that every level occurs and neighbours differ. Beside the digests of the named cases stand the first 24 levels,
to see by how much a wrong result is off; of the many drawn ones there is a digest alone. Grey images are the same ones
after convert("L"), their level written once.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

FILTERS = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
SIZES = [
    # width, height, resize, crop
    (500, 375, 256, 224),
    (375, 500, 256, 224),
    (640, 480, 232, 224),
    (224, 224, 224, 224),
    (256, 256, 256, 224),
    (256, 400, 256, 256),
    (111, 97, 256, 224),
    (97, 111, 235, 223),
    (32, 32, 224, 224),
    (64, 64, 32, None),
    (28, 28, 28, None),
    (1, 1, 16, 16),
    (2, 1, 16, 15),
    (3, 200, 12, 11),
    (1000, 4, 9, 7),
    (7, 1200, 20, 20),
    (10, 400, 16, 16),
    (400, 10, 16, None),
    (1024, 31, 30, 29),
    (1333, 1007, 33, 32),
    (901, 902, 5, 4),
    (57, 57, 56, 55),
    (57, 58, 58, 57),
    (640, 427, 1, 1),
    (299, 300, 342, 299),
    (255, 129, 128, 128),
    # Both sides, and crops of two sides.
    (500, 375, [224, 224], None),
    (31, 77, [64, 19], None),
    (31, 77, [77, 31], [60, 30]),
    (90, 60, 45, [45, 60]),
    (3, 120, [5, 5], [4, 3]),
    # Crops larger than the image along one axis, or both, which are black around it.
    (20, 31, None, 33),
    (21, 32, None, 40),
    (50, 10, None, 24),
    (10, 51, None, [24, 7]),
    (300, 20, 24, [32, 100]),
    (5, 5, 7, 12),
]


def image(width, height):
    index = numpy.arange(width * height * 3, dtype=numpy.uint64)
    mixed = (index * numpy.uint64(2654435761)) & numpy.uint64(0xFFFFFFFF)
    return ((mixed >> numpy.uint64(13)) & numpy.uint64(255)).astype(numpy.uint8).reshape(height, width, 3)


def seen(case):
    pixels = Image.fromarray(image(case["width"], case["height"]))
    if case.get("grey"):
        pixels = pixels.convert("L")
    if case["resize"] is not None:
        pixels = Resize(case["resize"], InterpolationMode(case["interpolation"]))(pixels)
    if case["crop"] is not None:
        pixels = CenterCrop(case["crop"])(pixels)
    return numpy.asarray(pixels).tobytes()


def digest(levels):
    return hashlib.sha256(levels).hexdigest()[:24]


def named():
    for width, height, resize, crop in SIZES:
        for name in FILTERS if resize is not None else FILTERS[:1]:
            case = {"width": width, "height": height, "resize": resize, "crop": crop, "interpolation": name}
            levels = seen(case)
            yield {**case, "sha256": digest(levels), "levels": list(levels[:24])}
            if name in ("nearest", "bilinear", "bicubic") and width * height < 10_000:
                levels = seen({**case, "grey": True})
                yield {**case, "grey": True, "sha256": digest(levels), "levels": list(levels[:24])}


def drawn(count):
    """Sides from 1 to some hundreds, small ones as often as large ones."""
    random = numpy.random.default_rng(20230101)
    side = lambda most: int(numpy.exp(random.uniform(0, numpy.log(most))))
    for index in range(count):
        case = {"width": side(400), "height": side(400), "resize": [side(300), side(300)], "crop": None}
        case["interpolation"] = FILTERS[index % len(FILTERS)]
        yield {**case, "sha256": digest(seen(case))}


def main(file):
    cases = [*named(), *drawn(600)]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Writes the digests of images that Pillow resized and torchvision cropped, into test/images/resized.json.

    python3 scripts/golden/image_resize.py test/images/resized.json

The images are of a formula that test/images/resized.test.ts repeats: bits of a multiplicative hash of each sample's
index, so that every level occurs and neighbours differ. Beside the digest stand the first 24 levels, to see by how much
a wrong result is off.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

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
    (1, 1, 16, 16),
    (2, 1, 16, 15),
    (3, 200, 12, 11),
    (1000, 4, 9, 7),
    (7, 1200, 20, 20),
    (1024, 31, 30, 29),
    (1333, 1007, 33, 32),
    (901, 902, 5, 4),
    (57, 57, 56, 55),
    (57, 58, 58, 57),
    (640, 427, 1, 1),
    (299, 300, 342, 299),
    (255, 129, 128, 128),
]


def image(width, height):
    index = numpy.arange(width * height * 3, dtype=numpy.uint64)
    mixed = (index * numpy.uint64(2654435761)) & numpy.uint64(0xFFFFFFFF)
    return ((mixed >> numpy.uint64(13)) & numpy.uint64(255)).astype(numpy.uint8).reshape(height, width, 3)


def main(file):
    cases = []
    for width, height, resize, crop in SIZES:
        for name, mode in [("bilinear", InterpolationMode.BILINEAR), ("bicubic", InterpolationMode.BICUBIC)]:
            resized = CenterCrop(crop)(Resize(resize, mode)(Image.fromarray(image(width, height))))
            levels = numpy.asarray(resized).tobytes()
            cases.append(
                {
                    "width": width,
                    "height": height,
                    "resize": resize,
                    "crop": crop,
                    "interpolation": name,
                    "sha256": hashlib.sha256(levels).hexdigest(),
                    "levels": list(levels[:24]),
                }
            )
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Times Pillow on image files as torchvision's evaluation transform of ImageNet classifiers uses it: seconds of the processor.

    python3 image_peer.py ROUNDS FILE…      prints one line of JSON: {"decode": [s], "whole": [s]}, a number a round

"decode" opens and converts to RGB, "whole" also resizes, crops and normalises (with numpy).
"""
import json
import sys
import time

import numpy
from PIL import Image

MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)


def decode(file):
    with Image.open(file) as image:
        return image.convert("RGB")


def whole(file):
    image = decode(file)
    width, height = image.size
    if width <= height:
        size = (256, int(256 * height / width))
    else:
        size = (int(256 * width / height), 256)
    image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
    image = image.crop((left, top, left + 224, top + 224))
    levels = numpy.asarray(image, dtype=numpy.float32) / numpy.float32(255)
    return numpy.ascontiguousarray(((levels - MEAN) / STD).transpose(2, 0, 1))


def main():
    rounds, files = int(sys.argv[1]), sys.argv[2:]
    seconds = {"decode": [], "whole": []}
    for _ in range(rounds + 1):
        for name, work in (("decode", decode), ("whole", whole)):
            started = time.process_time()
            for file in files:
                work(file)
            seconds[name].append(time.process_time() - started)
    print(json.dumps({name: values[1:] for name, values in seconds.items()}))


main()

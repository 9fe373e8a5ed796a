"""Writes the digests of files that numpy.save writes of what torchvision feeds a network, into test/images/inputs.json.

    python3 scripts/golden/image_inputs.py test/images/golden test/images/inputs.json

Each file holds the three images below, [3, C, H, W], of one preset.
"""
import hashlib
import io
import json
import sys
from pathlib import Path

import numpy
from PIL import Image
from torchvision import models
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

IMAGES = ["rgb-420.jpg", "cmyk.jpg", "palette-transparent.png"]
IMAGENET = Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def pipeline(size, crop, normalize, mode=InterpolationMode.BILINEAR):
    steps = ([Resize(size, mode)] if size else []) + ([CenterCrop(crop)] if crop else [])
    return Compose([*steps, ToTensor(), normalize])


PRESETS = {
    "imagenet": models.ResNet18_Weights.IMAGENET1K_V1.transforms(),
    "imagenet-232": models.ResNet50_Weights.IMAGENET1K_V2.transforms(),
    "imagenet-bicubic": pipeline(256, 224, IMAGENET, InterpolationMode.BICUBIC),
    "imagenet-c": pipeline(None, 224, IMAGENET),
    "cifar10": pipeline(32, None, Normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616])),
    "cifar100": pipeline(32, None, Normalize([0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762])),
    "mnist": pipeline(28, None, Normalize([0.1307], [0.3081])),
    "torchvision/Swin_V2_T_Weights.IMAGENET1K_V1": models.Swin_V2_T_Weights.IMAGENET1K_V1.transforms(),
    "torchvision/VGG16_Weights.IMAGENET1K_FEATURES": models.VGG16_Weights.IMAGENET1K_FEATURES.transforms(),
}


def main(folder, file):
    digests = {}
    for name, transform in PRESETS.items():
        images = [Image.open(folder / image).convert("L" if name == "mnist" else "RGB") for image in IMAGES]
        stream = io.BytesIO()
        numpy.save(stream, numpy.stack([transform(image).numpy() for image in images]))
        digests[name] = hashlib.sha256(stream.getvalue()).hexdigest()
    file.write_text(json.dumps({"images": IMAGES, "sha256": digests}, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

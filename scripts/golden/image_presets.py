"""Writes how torchvision shows images to each of its classifiers' weights, into test/images/torchvision.json.

    python3 scripts/golden/image_presets.py test/images/torchvision.json
"""
import inspect
import json
import sys
from pathlib import Path

from torchvision import models
from torchvision.models import _api, quantization


def main(file):
    transforms = {}
    kinds = [kind for module in (models, quantization) for _, kind in inspect.getmembers(module, inspect.isclass)]
    for kind in kinds:
        if not issubclass(kind, _api.WeightsEnum) or kind is _api.WeightsEnum:
            continue
        for weights in kind:
            transform = weights.transforms()
            if type(transform).__name__ != "ImageClassification":
                continue
            [resize], [crop] = transform.resize_size, transform.crop_size
            transforms[str(weights)] = {
                "resize": resize,
                "interpolation": transform.interpolation.value,
                "crop": crop,
                "mean": list(transform.mean),
                "std": list(transform.std),
            }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(transforms[name])}" for name in sorted(transforms))
    file.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

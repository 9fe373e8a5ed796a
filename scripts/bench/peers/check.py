"""Whether the ways to score agree: log-norms of a tiny network in float64."""
import copy

import torch
from torch import nn

from .layers import is_gram_cheaper
from .measure import one_line
from .networks import tiny_network, wave_images
from .passes import MODES, parameter_squares
from .precision import PRECISIONS, use_precision

TOLERANCE = 1e-10
IMAGES = 5


def check(device, say):
    """Says how far log-norms of each way are from autograd's image by image. @returns whether they agree"""
    module, shape = tiny_network()
    module = module.to(device)
    images = wave_images(IMAGES, shape).double().to(device)
    say(check="forms", **forms(module, images))

    alone = copy.deepcopy(module).requires_grad_(True)
    scoring = torch.cat([parameter_squares(alone, image[None]) for image in images])
    whole = MODES["image-by-image"](alone)(images)
    agreed = True
    for mode, expected in (
        ("hooks-scoring", scoring), ("vmap", scoring), ("vmap-detached", scoring), ("hooks", whole),
    ):
        found = MODES[mode](copy.deepcopy(module))(images)
        difference = float((found.log() - expected.log()).abs().max())
        agreed = agreed and difference <= TOLERANCE
        say(check=mode, against="image-by-image", difference=difference, tolerance=TOLERANCE)
    for precision in PRECISIONS if device == "cuda" else ("fp32",):
        for mode in ("hooks-scoring", "vmap-detached"):
            say(check=mode, precision=precision, **loss_of(precision, mode, module, images, scoring))
    moved = float((whole.log() - scoring.log()).abs().min())
    say(check="perturbation moves every score", difference=moved)
    return agreed and moved > 1e-4


def forms(module, images):
    """How many convolutions take each form of the norm, so that a check of only one is seen."""
    found = {"direct": 0, "gram": 0, "grouped": 0}

    def count(layer, inputs, output):
        a = layer.weight[0].numel()
        b = layer.out_channels // layer.groups
        found["gram" if is_gram_cheaper(a, b, output[0, 0].numel()) else "direct"] += 1
        found["grouped"] += layer.groups > 1

    counted = copy.deepcopy(module)
    for layer in counted.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(count)
    counted(images)
    return found


def loss_of(precision, mode, module, images, expected):
    """How far a precision is from float64: told, not judged."""
    try:
        dtype = use_precision(precision, images.device.type)
        found = MODES[mode](copy.deepcopy(module).to(dtype))(images.to(dtype))
        return {"difference": float((found.double().log() - expected.log()).abs().max())}
    except RuntimeError as error:
        return {"error": one_line(error)}

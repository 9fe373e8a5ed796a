"""torchvision's classifiers by name, with published weights or those of a file."""
import difflib
import os
import urllib.error

import torch
from torchvision import models
from torchvision.models import get_model, get_model_weights, list_models

# Published weights of these were trained on an input that the network normalises anew.
TRANSFORMS_INPUT = ("googlenet", "inception_v3")


def classifiers():
    """Names of torchvision's classifiers of images, without those whose weights are quantised."""
    return list_models(module=models)


def build(name, weights, classes=None):
    """A classifier and the weights' entry in torchvision, if it has one.

    @param weights a name of published weights (IMAGENET1K_V1), `none` for fresh ones, or a file of a state_dict
    @returns (module, entry or None)
    @throws ValueError in one line, where there is no such network or no such weights
    """
    if name not in classifiers():
        near = difflib.get_close_matches(name, classifiers(), n=3)
        raise ValueError(f"{name}: is none of torchvision's classifiers; "
                         + (f"did you mean {' or '.join(near)}?" if near else "expected a name such as resnet50"))
    published = get_model_weights(name)
    if weights in published.__members__:
        if classes is not None:
            raise ValueError(f"{name}: --classes goes with weights of a file; {weights} has its own number of them")
        entry = published[weights]
        try:
            return get_model(name, weights=entry), entry
        except urllib.error.URLError as error:
            raise ValueError(f"{entry.url}: can't be downloaded ({error.reason}); download it elsewhere, and give --weights FILE") from error
    options = {} if classes is None else {"num_classes": classes}
    if name in TRANSFORMS_INPUT:
        options["init_weights"] = False
        options["transform_input"] = weights != "none"
    if weights == "none":
        return get_model(name, weights=None, **options), None
    if not os.path.isfile(weights):
        raise ValueError(f"{weights}: is neither a file nor weights of {name}; there are {', '.join(published.__members__)}")
    module = get_model(name, weights=None, **options)
    load(module, weights)
    return module, None


def load(module, file):
    """Puts a state_dict of a file in a module. Names and shapes must be the module's."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    if isinstance(state, dict):
        # As training scripts save it, torchvision's own reference among them.
        state = next((state[key] for key in ("state_dict", "model") if isinstance(state.get(key), dict)), state)
    if not isinstance(state, dict) or not state:
        raise ValueError(f"{file}: holds no state_dict; save one with torch.save(module.state_dict(), file)")
    state = {key[len("module."):] if key.startswith("module.") else key: value for key, value in state.items()}
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise ValueError(f"{file}: is not of this network ({reason}); give the name of the one that it was saved from, "
                         "and --classes where it has another number of classes") from error


def usual_size(name):
    """The side that a network's first published weights were evaluated at."""
    entry = next(iter(get_model_weights(name)), None)
    crop = entry.transforms().crop_size if entry is not None else [224]
    return crop[0] if isinstance(crop, (list, tuple)) else crop

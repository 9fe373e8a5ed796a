#!/usr/bin/env python3
"""Writes an ONNX file of a torchvision classifier, or of a checkpoint of scripts/train.

    python3 scripts/export/export.py resnet18 --out resnet18.onnx
    python3 scripts/export/export.py resnet50 --weights resnet50-0676ba61.pth --out resnet50.onnx
    python3 scripts/export/export.py --checkpoint run/checkpoint.pt --out wrn-28-10.onnx
"""
import argparse
import json
import pickle
import re
import sys
from pathlib import Path

from onnx_file import fail, report, write_onnx

# How a checkpoint's network is built stands beside the programs that train it.
sys.path.append(str(Path(__file__).resolve().parent.parent / "train"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", nargs="?", help="a torchvision classifier (--list names them)")
    parser.add_argument("--checkpoint", help="in place of a network: checkpoint.pt of scripts/train")
    parser.add_argument("--weights", default="IMAGENET1K_V1",
                        help="published weights by name, a file of a state_dict, or none (default: IMAGENET1K_V1)")
    parser.add_argument("--classes", type=int, help="classes of the weights in a file, where they are not 1 000")
    parser.add_argument("--size", type=size, metavar="N|HEIGHTxWIDTH",
                        help="pixels of the images (default: those that the weights were evaluated at)")
    parser.add_argument("--opset", type=int, default=17, help="default: 17")
    parser.add_argument("--out", help="the ONNX file to write")
    parser.add_argument("--list", action="store_true", help="print the networks' names")
    return parser.parse_args()


def size(text):
    sides = re.fullmatch(r"([1-9]\d*)(?:x([1-9]\d*))?", text)
    if sides is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; expected 224 or 224x160")
    return int(sides[1]), int(sides[2] or sides[1])


def published(options):
    import torchvision_networks as networks

    module, entry = networks.build(options.network, options.weights, options.classes)
    side = networks.usual_size(options.network)
    preprocess = json.dumps(f"torchvision/{entry}") if entry is not None else None
    if entry is not None:
        crop = entry.transforms().crop_size
        side = crop[0] if isinstance(crop, (list, tuple)) else crop
    return module, (side, side), preprocess


def trained(options):
    from checkpoint import read_checkpoint
    from networks import build

    state = read_checkpoint(options.checkpoint)
    module = build(state["network"])
    module.load_state_dict(state["module"])
    side = state["network"]["side"]
    print(f"{options.checkpoint}: after {state['epoch']} of {state['epochs']} epochs"
          + (f" and {state['step']} steps" if state["step"] else ""))
    return module, (side, side), json.dumps(state["network"]["preprocess"])


def main():
    options = arguments()
    if options.list:
        import torchvision_networks as networks
        print("\n".join(networks.classifiers()))
        return
    if (options.network is None) == (options.checkpoint is None):
        fail("give the name of a network, or --checkpoint FILE")
    if options.out is None:
        fail("give --out FILE.onnx")
    try:
        module, sides, preprocess = trained(options) if options.checkpoint else published(options)
        checked = write_onnx(module, options.out, options.size or sides, options.opset)
        report(module, options.out, checked, preprocess)
    except (ValueError, OSError, pickle.UnpicklingError) as error:
        fail(f"{error}".splitlines()[0])


if __name__ == "__main__":
    main()

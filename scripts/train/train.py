#!/usr/bin/env python3
"""Trains WRN-28-10 on CIFAR-10, or ResNet-50 on ImageNet, with the settings of their papers.

    python3 scripts/train/train.py cifar10 cifar-10-batches-bin --out wrn-28-10
    torchrun --nproc_per_node 8 scripts/train/train.py imagenet imagenet --out resnet50 --amp

The same command goes on where it was interrupted. Then: scripts/export/export.py --checkpoint OUT/checkpoint.pt
"""
import argparse
import os
import sys

from place import Place, be_deterministic
from recipes import IMAGENET, WIDE_RESNET


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    cifar = tasks.add_parser("cifar10", help="a wide residual network")
    cifar.add_argument("data", help="cifar-10-batches-bin or cifar-10-batches-py")
    cifar.add_argument("--depth", type=positive, default=28, help="6 n + 4 (default: 28)")
    cifar.add_argument("--width", type=positive, default=10, help="default: 10")
    cifar.add_argument("--dropout", type=float, default=0.0, help="between a block's convolutions; the paper's is 0.3 (default: 0)")
    imagenet = tasks.add_parser("imagenet", help="a torchvision classifier")
    imagenet.add_argument("data", help="a folder with train and val, which have a folder for each class")
    imagenet.add_argument("--network", default="resnet50", help="default: resnet50")
    imagenet.add_argument("--recipe", choices=sorted(IMAGENET), default="goyal", help="default: goyal")
    imagenet.add_argument("--side", type=positive, default=224, help="pixels of the crops (default: 224)")
    for task, recipe in ((cifar, WIDE_RESNET), (imagenet, IMAGENET["goyal"])):
        task.add_argument("--out", required=True, help="folder of checkpoint.pt")
        task.add_argument("--epochs", type=positive, default=recipe.epochs, help=f"default: {recipe.epochs}")
        task.add_argument("--batch", type=positive, default=recipe.batch,
                          help=f"images of a step, of all processes together; the rate grows with it (default: {recipe.batch})")
        task.add_argument("--seed", type=int, default=0, help="default: 0")
        task.add_argument("--workers", type=int, default=4, help="processes that load images (default: 4)")
        task.add_argument("--checkpoint-every", type=int, default=0, metavar="STEPS", help="also within epochs")
        task.add_argument("--test-every", type=positive, default=1, metavar="EPOCHS", help="default: 1")
        task.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
        task.add_argument("--amp", action="store_true", help="half precision where it is safe, on GPUs")
        task.add_argument("--deterministic", action="store_true", help="the same bits each time, on a GPU too")
    return parser.parse_args()


def cifar10(options):
    import cifar

    network = {"kind": "wide-resnet", "depth": options.depth, "width": options.width, "dropout": options.dropout,
               "classes": cifar.CLASSES, "side": 32, "preprocess": "cifar10"}
    train = cifar.TrainImages(*cifar.read(options.data, cifar.TRAIN), options.seed)
    test = cifar.TestImages(*cifar.read(options.data, cifar.TEST))
    return WIDE_RESNET, network, "wide-resnet", train, test


def imagenet(options):
    import imagenet as images

    recipe = IMAGENET[options.recipe]
    train = images.TrainImages(options.data, options.seed, options.side)
    test = images.test_images(options.data, train.classes, options.side)
    network = {"kind": "torchvision", "name": options.network, "classes": len(train.classes), "side": options.side,
               "preprocess": images.preprocess(options.side), **recipe.network}
    return recipe, network, options.recipe, train, test


def main():
    options = arguments()
    if options.deterministic:
        be_deterministic()
    place = None
    try:
        os.makedirs(options.out, exist_ok=True)
        place = Place(options.device, options.amp)
        recipe, network, name, train, test = {"cifar10": cifar10, "imagenet": imagenet}[options.task](options)
        from training import Training

        Training(recipe, network, options, place).fit(name, train, test)
    except (ValueError, OSError) as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        sys.exit(2)
    finally:
        if place is not None:
            place.close()


if __name__ == "__main__":
    main()

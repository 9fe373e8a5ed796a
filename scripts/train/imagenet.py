"""ImageNet in class folders (train/n01440764/…, val/n01440764/…), and how its training images are varied."""
import os

import torch
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.transforms import InterpolationMode

from draws import seed_of

# The preset imagenet of grodin has the same.
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]
SIDE = 224
RESIZE = 256


def folder(root, part):
    path = os.path.join(root, part)
    if not os.path.isdir(path):
        raise ValueError(f"{root}: holds no folder {part}; expected train and val, with a folder for each class in both")
    return path


def preprocess(side):
    """What grodin is to be told, so that it does what `test_transform` does."""
    return "imagenet" if side == SIDE else {"preset": "imagenet", "resize": resized(side), "crop": side}


def resized(side):
    return round(side * RESIZE / SIDE)


def train_transform(side=SIDE):
    """A crop of 8 to 100 % of the area and 3:4 to 4:3, resized, and flipped or not."""
    return transforms.Compose([
        transforms.RandomResizedCrop(side, interpolation=InterpolationMode.BILINEAR),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])


def test_transform(side=SIDE):
    return transforms.Compose([
        transforms.Resize(resized(side), interpolation=InterpolationMode.BILINEAR),
        transforms.CenterCrop(side),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])


class TrainImages(torch.utils.data.Dataset):
    """Images by (epoch, number)."""

    def __init__(self, root, seed, side=SIDE):
        self.files = ImageFolder(folder(root, "train"), train_transform(side))
        self.classes, self.seed = self.files.classes, seed

    def __len__(self):
        return len(self.files)

    def __getitem__(self, which):
        epoch, number = which
        # torchvision's transforms draw from the random numbers that all share.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_of(self.seed, "image", epoch, number))
            return self.files[number]


def test_images(root, classes, side=SIDE):
    found = ImageFolder(folder(root, "val"), test_transform(side))
    if found.classes != classes:
        other = sorted(set(found.classes) ^ set(classes))[0]
        raise ValueError(f"{root}: train and val have different class folders, the first is {other}; labels would not agree")
    return found

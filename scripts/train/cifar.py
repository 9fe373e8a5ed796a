"""CIFAR-10 in the binary and the Python version, and how its training images are varied."""
import os
import pickle

import numpy
import torch
from torch.nn import functional

from draws import generator_of

# Of the training set; the preset cifar10 of grodin has the same.
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.247, 0.2435, 0.2616)
CLASSES = 10
PAD = 4

TRAIN = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"]
TEST = ["test_batch"]


def read(folder, names):
    """@returns images uint8 [N, 3, 32, 32] and labels int64 [N]; @throws ValueError where files are missing or damaged"""
    parts = [read_batch(folder, name) for name in names]
    images = numpy.concatenate([images for images, _ in parts])
    labels = numpy.concatenate([labels for _, labels in parts])
    if labels.min() < 0 or labels.max() >= CLASSES:
        raise ValueError(f"{folder}: label {labels.max()} is none of CIFAR-10's; give the folder of CIFAR-10, not CIFAR-100")
    return torch.from_numpy(images), torch.from_numpy(labels)


def read_batch(folder, name):
    binary, python = os.path.join(folder, f"{name}.bin"), os.path.join(folder, name)
    if os.path.isfile(binary):
        data = numpy.fromfile(binary, numpy.uint8)
        if data.size == 0 or data.size % 3073 != 0:
            raise ValueError(f"{binary}: {data.size} bytes are no rows of 3 073; the file is cut off: download it again")
        rows = data.reshape(-1, 3073)
        return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0].astype(numpy.int64)
    if os.path.isfile(python):
        return read_pickle(python)
    raise ValueError(f"{folder}: holds neither {name}.bin nor {name}; give cifar-10-batches-bin or cifar-10-batches-py")


class OnlyArrays(pickle.Unpickler):
    """A pickle can run any program; those of CIFAR hold arrays and lists, and need nothing else."""

    allowed = {("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"),
               ("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}

    def find_class(self, module, name):
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no file of CIFAR does")
        return super().find_class(module, name)


def read_pickle(file):
    try:
        with open(file, "rb") as opened:
            batch = OnlyArrays(opened, encoding="bytes").load()
        images = numpy.ascontiguousarray(batch[b"data"], numpy.uint8).reshape(-1, 3, 32, 32)
        labels = numpy.asarray(batch[b"labels"], numpy.int64)
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ValueError(f"{file}: is no batch of CIFAR-10's Python version ({error}); download it again") from error
    if len(images) != len(labels):
        raise ValueError(f"{file}: {len(images)} images and {len(labels)} labels; download it again")
    return images, labels


def normalised(images):
    """uint8 [N, 3, 32, 32] as the network takes it."""
    mean = torch.tensor(MEAN).view(3, 1, 1)
    std = torch.tensor(STD).view(3, 1, 1)
    return (images.float() / 255 - mean) / std


class TrainImages(torch.utils.data.Dataset):
    """Images by (epoch, number): flipped or not, and cut out of the image with its reflection around it."""

    def __init__(self, images, labels, seed):
        self.images, self.labels, self.seed = images, labels, seed

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, which):
        epoch, number = which
        draws = generator_of(self.seed, "image", epoch, number)
        top, left = torch.randint(0, 2 * PAD + 1, (2,), generator=draws).tolist()
        image = functional.pad(self.images[number].float().unsqueeze(0), [PAD] * 4, mode="reflect")[0]
        image = image[:, top:top + 32, left:left + 32]
        if torch.rand((), generator=draws) < 0.5:
            image = image.flip(2)
        return normalised(image), int(self.labels[number])


class TestImages(torch.utils.data.Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, number):
        return normalised(self.images[number]), int(self.labels[number])

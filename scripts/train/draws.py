"""Random numbers that depend on what they are for, and on nothing that was drawn before.

So a training that goes on after a kill draws what it would have drawn, whichever process loads an image.
"""
import hashlib

import torch


def seed_of(*what):
    """A seed of 63 bits from numbers and words."""
    text = "\0".join(str(part) for part in what).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little") >> 1


def generator_of(*what):
    return torch.Generator().manual_seed(seed_of(*what))


def order_of(count, seed, epoch):
    """The order of the images in an epoch: a permutation as a tensor."""
    return torch.randperm(count, generator=generator_of(seed, "order", epoch))


class Batches:
    """The batches of an epoch from a step on, as a sampler of (epoch, image): a part of each for one of several processes.

    The last images of an order that fill no batch are left out; each epoch leaves out others.
    """

    def __init__(self, count, batch, seed, epoch, step=0, rank=0, world=1):
        if batch % world != 0:
            raise ValueError(f"a batch of {batch} images is not divisible among {world} processes; choose another --batch")
        if count < batch:
            raise ValueError(f"{count} images are fewer than a batch of {batch}; lower --batch or add images")
        self.order = order_of(count, seed, epoch)
        self.batch, self.epoch, self.step = batch, epoch, step
        self.share, self.rank = batch // world, rank
        self.steps = count // batch

    def __len__(self):
        return self.steps - self.step

    def __iter__(self):
        for step in range(self.step, self.steps):
            start = step * self.batch + self.rank * self.share
            yield [(self.epoch, int(image)) for image in self.order[start:start + self.share]]

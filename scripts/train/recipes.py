"""The settings that networks are trained with, each after its paper."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipe:
    epochs: int
    batch: int
    # The rate at `batch` images; it grows with the batch.
    rate: float
    # By which the rate is multiplied at each of the epochs.
    drop: float
    drops: tuple
    weight_decay: float
    nesterov: bool
    # Whether scales and offsets of BatchNorm decay, too.
    decay_norms: bool
    # Epochs over which the rate grows to its value, where the batch is larger than `batch`.
    warm_up: int
    momentum: float = 0.9
    # Of the network: what its description says beside its kind.
    network: dict = field(default_factory=dict)

    def rate_at(self, epoch, step, steps, batch, epochs):
        """The learning rate of a step (from 0) of an epoch (from 0).

        @param steps of an epoch
        @param epochs of the whole training; with others than the recipe's the drops move in proportion
        """
        full = self.rate * batch / self.batch
        passed = sum(epoch >= round(drop * epochs / self.epochs) for drop in self.drops)
        dropped = full * self.drop ** passed
        if batch <= self.batch or epoch >= self.warm_up:
            return dropped
        done = (epoch * steps + step) / (self.warm_up * steps)
        return self.rate + (full - self.rate) * done


# Zagoruyko and Komodakis, "Wide Residual Networks" (2016): CIFAR.
WIDE_RESNET = Recipe(epochs=200, batch=128, rate=0.1, drop=0.2, drops=(60, 120, 160), weight_decay=5e-4, nesterov=True,
                     decay_norms=True, warm_up=0)

# Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017): ResNet-50.
GOYAL = Recipe(epochs=90, batch=256, rate=0.1, drop=0.1, drops=(30, 60, 80), weight_decay=1e-4, nesterov=True,
               decay_norms=False, warm_up=5, network={"as_goyal": True})

# torchvision's reference script with its default settings, which IMAGENET1K_V1 of its ResNets were made by.
TORCHVISION = Recipe(epochs=90, batch=256, rate=0.1, drop=0.1, drops=(30, 60), weight_decay=1e-4, nesterov=False,
                     decay_norms=True, warm_up=0, network={"as_goyal": False})

IMAGENET = {"goyal": GOYAL, "torchvision": TORCHVISION}


def parameter_groups(module, recipe):
    """Parameters with and without weight decay."""
    if recipe.decay_norms:
        return [{"params": list(module.parameters()), "weight_decay": recipe.weight_decay}]
    from torch import nn

    norms = {id(parameter) for part in module.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)
             for parameter in part.parameters(recurse=False)}
    decaying = [parameter for parameter in module.parameters() if id(parameter) not in norms]
    still = [parameter for parameter in module.parameters() if id(parameter) in norms]
    return [{"params": decaying, "weight_decay": recipe.weight_decay}, {"params": still, "weight_decay": 0.0}]

"""Scores of a module by autograd in float64 and float32, and the file that says what was exported with them."""
import contextlib
import json
import math
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from reference import input_gradient, log1m_s, log_odds_loss, unit_cotangent

CLASSES = 10
CELLS = [(t, e) for t in (1, 10, 1000) for e in (0, 0.002)]
IMAGES = 2


def score(net, image, temperature, epsilon):
    """The scores of one image in one cell."""
    if epsilon:
        image = image - epsilon * torch.sign(input_gradient(net, image, temperature))
    return at(Forward(net, image), temperature)


def score_cells(net, image):
    """The same in each of CELLS: a pass there serves all temperatures, and one back the perturbation too."""
    still = Forward(net, image.clone().requires_grad_())
    for temperature, epsilon in CELLS:
        if not epsilon:
            yield at(still, temperature)
        else:
            (direction,) = torch.autograd.grad(still.logits, still.image, unit_cotangent(still.logits.detach(), temperature),
                                               retain_graph=True)
            yield at(Forward(net, image - epsilon * torch.sign(direction)), temperature)


class Forward:
    """An image's pass through a network."""

    def __init__(self, net, image):
        self.image, self.logits, self.parameters = image, net(image), dict(net.named_parameters())


def at(forward, temperature):
    logits = forward.logits
    predicted, lam = log_odds_loss(logits, temperature)
    gradients = torch.autograd.grad(logits, list(forward.parameters.values()),
                                    unit_cotangent(logits.detach(), temperature), allow_unused=True, retain_graph=True)
    squares = [float((g * g).sum()) if g is not None else 0.0 for g in gradients]
    lam = float(lam.detach())
    log_s, log_rest = log1m_s(lam)
    log_norm = math.log(sum(squares))
    return {"predicted": predicted, "logOdds": -lam, "logS": log_s,
            "logSG": 2 * (log_rest - math.log(temperature)) + log_norm,
            "logG": 2 * (lam - math.log(temperature)) + log_norm,
            "beforeHead": 1 - sum(squares[-2:]) / sum(squares)}


def noise(size):
    return torch.randn(IMAGES, 3, size, size, generator=torch.Generator().manual_seed(3))


@contextlib.contextmanager
def plain_batch_norm():
    """BatchNorm in evaluation mode by its formula.

    Of one image whose gradient arrives in another order of axes, as behind `flatten(2).transpose(1, 2)`, PyTorch 1.13
    gives wrong gradients of its scale and shift, and hands wrong ones on.
    """
    fused = F.batch_norm

    def plain(x, mean, variance, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
        if training:
            return fused(x, mean, variance, weight, bias, training, momentum, eps)
        shape = (1, -1, *[1] * (x.dim() - 2))
        y = (x - mean.view(shape)) / torch.sqrt(variance.view(shape) + eps)
        y = y if weight is None else y * weight.view(shape)
        return y if bias is None else y + bias.view(shape)

    F.batch_norm = plain
    try:
        yield
    finally:
        F.batch_norm = fused


def both_ways(module, double, images):
    """Scores of each cell and image by the module in float32 and, as `double`, in float64."""
    double = double.double().eval()
    with plain_batch_norm():
        single = [list(score_cells(module, images[i:i + 1])) for i in range(IMAGES)]
        # Tables that the code makes on its way are as precise as what they meet.
        torch.set_default_dtype(torch.float64)
        try:
            exact = [list(score_cells(double, images[i:i + 1].double())) for i in range(IMAGES)]
        finally:
            torch.set_default_dtype(torch.float32)
    return [{"temperature": t, "epsilon": e, "image": i, "double": exact[i][cell], "single": single[i][cell]}
            for cell, (t, e) in enumerate(CELLS) for i in range(IMAGES)]


def describe(folder, family, module, images, rows, versions, files, refused):
    """Writes FOLDER/FAMILY.json, which `family.ts` says the form of."""
    with open(os.path.join(folder, f"{family}.json"), "w") as out:
        json.dump({"family": family, "size": images.shape[-1], **versions, "torch": torch.__version__,
                   "parameters": sum(p.numel() for p in module.parameters()),
                   "files": files, "refused": refused, "images": images.flatten().tolist(), "rows": rows}, out)

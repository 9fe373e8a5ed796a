"""Scores of a module by autograd in float64 and float32, and the file that says what was exported with them."""
import json
import math
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from reference import input_gradient, log1m_s, log_odds_loss, unit_cotangent

CLASSES = 10
CELLS = [(t, e) for t in (1, 10, 1000) for e in (0, 0.002)]
IMAGES = 2


def score(net, image, temperature, epsilon):
    if epsilon:
        image = image - epsilon * torch.sign(input_gradient(net, image, temperature))
    logits = net(image)
    predicted, lam = log_odds_loss(logits, temperature)
    named = dict(net.named_parameters())
    gradients = torch.autograd.grad(logits, list(named.values()), unit_cotangent(logits.detach(), temperature),
                                    allow_unused=True)
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


def both_ways(module, double, images):
    """Scores of each cell and image by the module in float32 and, as `double`, in float64."""
    double = double.double().eval()
    return [{"temperature": t, "epsilon": e, "image": i,
             "double": score(double, images[i:i + 1].double(), t, e), "single": score(module, images[i:i + 1], t, e)}
            for t, e in CELLS for i in range(IMAGES)]


def describe(folder, family, module, images, rows, versions, files, refused):
    """Writes FOLDER/FAMILY.json, which `family.ts` says the form of."""
    with open(os.path.join(folder, f"{family}.json"), "w") as out:
        json.dump({"family": family, "size": images.shape[-1], **versions, "torch": torch.__version__,
                   "parameters": sum(p.numel() for p in module.parameters()),
                   "files": files, "refused": refused, "images": images.flatten().tolist(), "rows": rows}, out)

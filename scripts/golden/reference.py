"""The scores of single images in float64, in the log domain, by autograd."""
import math

import torch


def log_odds_loss(logits, temperature):
    """(predicted class, lambda = log sum_{c != predicted} exp((h_c - h_predicted)/T)) of logits [1, K]."""
    predicted = int(logits[0].argmax())
    others = torch.cat([logits[0, :predicted], logits[0, predicted + 1:]])
    return predicted, torch.logsumexp((others - logits[0, predicted]) / temperature, 0)


def unit_cotangent(logits, temperature):
    """The gradient of T * lambda with respect to the logits: a softmax over the others, -1 at the predicted class."""
    predicted = int(logits[0].argmax())
    d = (logits[0] - logits[0, predicted]) / temperature
    d[predicted] = -math.inf
    v = torch.softmax(d, 0)
    v[predicted] = -1
    return v[None]


def input_gradient(network, image, temperature):
    """The gradient of -log S with respect to the image, divided by a positive number."""
    image = image.clone().requires_grad_()
    logits = network(image)
    (gradient,) = torch.autograd.grad(logits, image, unit_cotangent(logits.detach(), temperature))
    return gradient


def perturbed(network, image, temperature, steps):
    """x - eps_c sign(grad), and how many pixels have a gradient within 1e-6 of zero, relative to the largest."""
    if not any(steps):
        return image, 0
    gradient = input_gradient(network, image, temperature)
    size = gradient.abs()
    near_zero = int(((size < 1e-6 * size.max()) & (size > 0)).sum())
    step = torch.tensor(steps, dtype=image.dtype).view(1, -1, 1, 1)
    return image - step * torch.sign(gradient), near_zero


def log1m_s(lam):
    """(log S, log(1 - S)) from lambda, both without cancellation."""
    log_s = -math.log1p(math.exp(lam)) if lam < 0 else -(lam + math.log1p(math.exp(-lam)))
    return log_s, lam + log_s


def score(network, image, temperature, steps):
    """Every output for one image [1, C, H, W], and the squared norm of each parameter at the same point."""
    image, near_zero = perturbed(network, image, temperature, steps)
    logits = network(image)
    leaves = network.leaves
    predicted, lam = log_odds_loss(logits, temperature)
    cotangent = unit_cotangent(logits.detach(), temperature)
    gradients = torch.autograd.grad(logits, list(leaves.values()), cotangent, retain_graph=True)
    squares = {name: float((g * g).sum()) for name, g in zip(leaves, gradients)}
    lam_value = float(lam.detach())
    log_s, log_rest = log1m_s(lam_value)
    scale_sg = 2 * (log_rest - math.log(temperature))
    scale_g = 2 * (lam_value - math.log(temperature))
    log_norm = math.log(sum(squares.values()))
    if network.dtype == torch.float64:
        check_against_plain_autograd(lam, leaves, scale_sg + log_norm)
    return {
        "predicted": predicted,
        "logits": [float(h) for h in logits[0].detach()],
        "log_odds": -lam_value,
        "log_s": log_s,
        "log_sg": scale_sg + log_norm,
        "log_g": scale_g + log_norm,
        "squares": squares,
        "scale_sg": scale_sg,
        "near_zero": near_zero,
    }


def check_against_plain_autograd(lam, leaves, log_sg):
    """The log-domain formula against autograd of log1p(sum exp((h_c - h_predicted)/T)) as it stands."""
    loss = torch.log1p(torch.exp(lam))
    plain = sum(float((g * g).sum()) for g in torch.autograd.grad(loss, list(leaves.values())))
    assert plain > 1e-290, "the plain loss underflows"
    assert abs(math.log(plain) - log_sg) < 1e-9, (math.log(plain), log_sg)

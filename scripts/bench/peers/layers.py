"""Squared norms of each image's parameter gradients in one layer, of its input and the cotangent of its output."""
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import nn

from .loss import squares, wide


def layer_squares(layer, x, cotangent):
    """[N] of x [N, ...], what the layer read, and the cotangent of what it gave. Raises TypeError for other layers."""
    if type(layer) not in RULES:
        raise TypeError(f"no rule for the parameters of a {type(layer).__name__}; there are {known_layers()}")
    return RULES[type(layer)](layer, x, cotangent)


def known_layers():
    return ", ".join(kind.__name__ for kind in RULES)


def convolution(layer, x, cotangent):
    a, b = columns(layer, x), cotangent.flatten(2)
    images, groups = len(x), layer.groups
    a = a.reshape(images * groups, a.shape[1] // groups, a.shape[2])
    b = b.reshape(images * groups, b.shape[1] // groups, b.shape[2])
    total = product_squares(a, b).reshape(images, groups).sum(1)
    return total if layer.bias is None else total + squares(cotangent.sum((2, 3), dtype=wide(cotangent.dtype)))


def columns(layer, x):
    """What each position of the output is computed from: [N, C * kernel, P]. 1 x 1 kernels need no copy of more."""
    if layer.padding_mode != "zeros" or isinstance(layer.padding, str):
        raise TypeError(f"no rule for padding {layer.padding!r} of mode {layer.padding_mode!r}; zeros by number only")
    if layer.kernel_size == (1, 1) and layer.padding == (0, 0):
        down, right = layer.stride
        return x[:, :, ::down, ::right].flatten(2)
    return F.unfold(x, layer.kernel_size, layer.dilation, layer.padding, layer.stride)


def is_gram_cheaper(a, b, positions):
    """Whether two products over channels, [P, P] each, take fewer multiplications than the gradient [a, b] itself."""
    return positions * (a + b) < a * b


def product_squares(a, b):
    """Squared norms of the products b aᵀ over positions: a [N, A, P], b [N, B, P] give [N]."""
    if not is_gram_cheaper(a.shape[1], b.shape[1], a.shape[2]):
        return squares(torch.bmm(b, a.transpose(1, 2)))
    return (gram(a) * gram(b)).sum((1, 2))


def gram(a):
    """aᵀa of each image, [N, P, P]: squares of activations, which would leave float16's range."""
    if a.dtype != torch.float16:
        return torch.bmm(a.transpose(1, 2), a)
    if multiplies_half_into_float(a.device.type):
        return torch.bmm(a.transpose(1, 2), a, out_dtype=torch.float32)
    a = a.float()
    return torch.bmm(a.transpose(1, 2), a)


@lru_cache(maxsize=None)
def multiplies_half_into_float(device):
    """Whether this PyTorch has products of float16 that give float32, as newer ones do on CUDA."""
    sample = torch.ones(2, 8, 8, dtype=torch.float16, device=device)
    try:
        torch.bmm(sample.transpose(1, 2), sample, out_dtype=torch.float32)
    except (TypeError, RuntimeError):
        return False
    return True


def linear(layer, x, cotangent):
    if x.dim() != 2:
        raise TypeError(f"no rule for a linear layer over {x.dim() - 2} axes of positions; it takes [N, features]")
    weight = squares(cotangent) * squares(x)
    return weight if layer.bias is None else weight + squares(cotangent)


def batch_norm(layer, x, cotangent):
    """Scale and shift in evaluation mode, where mean and variance are constants."""
    if layer.training or layer.running_mean is None:
        raise TypeError("no rule for BatchNorm in training mode; call eval() first")
    if not layer.affine:
        return torch.zeros(len(x), dtype=wide(x.dtype), device=x.device)
    dtype = wide(x.dtype)
    shift = cotangent.sum((2, 3), dtype=dtype)
    centred = (cotangent * x).sum((2, 3), dtype=dtype) - layer.running_mean.to(dtype) * shift
    return squares(centred * (layer.running_var.to(dtype) + layer.eps).rsqrt()) + squares(shift)


RULES = {nn.Conv2d: convolution, nn.Linear: linear, nn.BatchNorm2d: batch_norm}

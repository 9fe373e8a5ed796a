"""What the device reaches in what can't be avoided: products of large matrices, and copies within its memory."""
import torch

from .measure import sample, spread, warm_up
from .precision import use_precision

SIDE = {"cuda": 8192, "cpu": 1024}
COPIED = {"cuda": 2**30, "cpu": 2**26}


def matmul_rate(precision, device, left, until):
    """Fields of a row: TFLOP/s of a square product of random matrices, a multiplication and an addition being two."""
    dtype = use_precision(precision, device)
    side = SIDE[device]
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    seconds = time_of(lambda: torch.mm(a, b), device, left, until)
    return {"what": "matmul", "side": side, **seconds, "tflops": 2 * side**3 / seconds["seconds"] / 1e12}


def copy_rate(device, left, until):
    """Fields of a row: GB/s of a copy within the device's memory, bytes read and bytes written both counted."""
    count = COPIED[device]
    a, b = (torch.ones(count // 4, device=device) for _ in range(2))
    seconds = time_of(lambda: b.copy_(a), device, left, until)
    return {"what": "copy", "bytes": count, **seconds, "gigabytes_per_second": 2 * count / seconds["seconds"] / 1e9}


def time_of(run, device, left, until):
    warm_up(run, device, left)
    return spread(sample(run, device, until))

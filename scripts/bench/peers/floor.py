"""What the device reaches in what can't be avoided: products of large matrices, and copies within its memory."""
import time

import torch

from .measure import sample, spread, warm_up
from .precision import use_precision

SIDE = {"cuda": 8192, "cpu": 1024}
COPIED = {"cuda": 2**30, "cpu": 2**26}


def rate(step, device, left, share):
    """Fields of a row for a step of mode floor. Raises OutOfTime, and RuntimeError as PyTorch does."""
    until = time.perf_counter() + share
    if step["what"] == "copy":
        return copy_rate(device, left, until)
    return matmul_rate(step["precision"], device, left, until)


def matmul_rate(precision, device, left, until):
    """TFLOP/s of a square product of random matrices, a multiplication and an addition being two."""
    dtype = use_precision(precision, device)
    side = SIDE[device]
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    fields = time_of(lambda: torch.mm(a, b), device, left, until)
    return {"side": side, **fields, "tflops": 2 * side**3 / fields["seconds"] / 1e12}


def copy_rate(device, left, until):
    """GB/s of a copy within the device's memory, bytes read and bytes written both counted."""
    count = COPIED[device]
    a, b = (torch.ones(count // 4, device=device) for _ in range(2))
    fields = time_of(lambda: b.copy_(a), device, left, until)
    return {"bytes": count, **fields, "gigabytes_per_second": 2 * count / fields["seconds"] / 1e9}


def time_of(run, device, left, until):
    warm_up(run, device, left)
    return spread(sample(run, device, until))

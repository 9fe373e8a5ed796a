"""Times of a function that is run again and again, its results read back each time."""
import gc
import statistics
import time

import torch

LEAST_RUNS = 3
WARM_UPS = 2


class OutOfTime(Exception):
    """What is left of the time would not hold the least number of runs."""


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def timed(run, device):
    """Seconds of one run, from an idle device to an idle device."""
    synchronize(device)
    started = time.perf_counter()
    run()
    synchronize(device)
    return time.perf_counter() - started


def sample(run, device, until, least=LEAST_RUNS):
    """Seconds of runs until time.perf_counter() passes `until`, of `least` at least."""
    seconds = []
    while len(seconds) < least or time.perf_counter() < until:
        seconds.append(timed(run, device))
    return seconds


def warm_up(run, device, left):
    """Two runs, in which libraries choose their algorithms. @returns the result of the last, and seconds of both

    Raises OutOfTime where the runs to come don't fit in `left` seconds.
    """
    started = time.perf_counter()
    for _ in range(WARM_UPS):
        result, last = None, time.perf_counter()
        result = run()
        synchronize(device)
    now = time.perf_counter()
    if now - started + LEAST_RUNS * (now - last) > left:
        raise OutOfTime
    return result, now - started


def spread(seconds):
    """Median and quartiles, as fields of a row."""
    ordered = sorted(seconds)
    low, _, high = statistics.quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    return {"seconds": statistics.median(ordered), "quartiles": [low, high], "runs": len(ordered)}


def free(device):
    """Gives back what ended measurements held."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()


def allocated(device):
    """Bytes of tensors on the device now, or None on the CPU; peaks are counted from here."""
    if device != "cuda":
        return None
    torch.cuda.reset_peak_memory_stats()
    return torch.cuda.memory_allocated()


def peak(device):
    return torch.cuda.max_memory_allocated() if device == "cuda" else None


def one_line(error):
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"

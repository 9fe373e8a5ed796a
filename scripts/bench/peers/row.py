"""One measurement of a network in one mode, as fields of a row."""
import copy
import math
import time

import torch

from .measure import OutOfTime, allocated, free, one_line, peak, sample, spread, warm_up
from .networks import wave_images
from .passes import MODES, SCORES
from .precision import use_precision

FORMATS = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}
# Of the time of a measurement, for runs without the upload.
ON_DEVICE_SHARE = 0.25


def measure(module, shape, step, device, left, share):
    """Fields of a row for one step of the plan. Raises OutOfTime, and RuntimeError as PyTorch does.

    Images come from the host in every run, pinned, and results are read back in every run; on_device_seconds is the
    median without the upload. peak_bytes is that of runs after the warm-up, weights and images in it.
    """
    until = time.perf_counter() + share
    dtype = use_precision(step["precision"], device)
    layout = FORMATS[step["layout"]]
    # A copy of its own for each measurement: modes hang hooks on it, and say which parameters need gradients.
    own = copy.deepcopy(module).to(device=device, dtype=dtype, memory_format=layout)
    score = MODES[step["mode"]](own)
    host = wave_images(step["batch"], shape).contiguous(memory_format=layout)
    host = host.pin_memory() if device == "cuda" else host
    resident = host.to(device).to(dtype)

    def upload():
        return host.to(device, non_blocking=True).to(dtype)

    result, warming = warm_up(lambda: score(upload()).cpu(), device, left)
    before = allocated(device)
    seconds = sample(lambda: score(upload()).cpu(), device, until - ON_DEVICE_SHARE * share)
    highest = peak(device)
    on_device = sample(lambda: score(resident).cpu(), device, until, least=1)
    fields = spread(seconds)
    fields["images_per_second"] = step["batch"] / fields["seconds"]
    fields["on_device_seconds"] = spread(on_device)["seconds"]
    fields["on_device_runs"] = len(on_device)
    fields["warm_up_seconds"] = warming
    fields["resident_bytes"], fields["peak_bytes"] = before, highest
    if step["mode"] in SCORES:
        fields["log_norms"] = log_norms(result)
    return fields


def log_norms(squares, count=3):
    """Of the first images, so that modes and precisions can be compared; None where the norm is 0 or out of range."""
    return [round(value, 6) if math.isfinite(value) else None for value in squares.double().log()[:count].tolist()]


def measure_safely(run, device):
    """The fields that `run` gives, or why there are none; what it held is freed."""
    try:
        fields = run()
    except OutOfTime:
        fields = {"left_out": "time"}
    except ImportError as error:
        fields = {"missing": one_line(error)}
    except (RuntimeError, MemoryError) as error:
        fields = {"error": one_line(error)}
    # Only here: the error that has just gone held the frames, and they the tensors.
    free(device)
    return fields

#!/usr/bin/env python3
"""Runs a network in PyTorch, one measurement for each line on standard input.

    python3 scripts/bench/pytorch.py NETWORK MODE BATCH THREADS [cpu|cuda] [fp32|tf32|fp16]

Prints one JSON object a line: {"ready": version} or {"unavailable": reason}, then {"seconds": s} for each
measurement, and {"memory": bytes} at the end of the input: the peak beyond the loaded network, of the process or, on
cuda, of tensors. Images stay on the device; results are read back in each run. MODE is one of

    plain           inference
    perturbation    the perturbation pass
    image-by-image  whole scores of some images one after another, the mean being told: perturbation by the gradient of
                    the image, then the gradient of all parameters
    hooks           whole scores of a batch, the norms taken a layer at a time; what an expert would write
    hooks-scoring   its scoring pass alone
    vmap            the scoring pass with the gradients of all parameters of a batch at once, each image's
                    materialised, in the way of functorch's own examples
    vmap-detached   the same with parameters that PyTorch's other autograd doesn't watch, in the way of torch.func's,
                    which needs less memory

pytorch_peers.py times many of these in one process.
"""
import json
import os
import resource
import sys
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(name, mode, size, threads, device="cpu", precision="fp32"):
    # What is said here counts, and CUDA's libraries would heed the variable more.
    os.environ.pop("NVIDIA_TF32_OVERRIDE", None)
    try:
        import torch
        from peers.measure import allocated, one_line, peak, synchronize, timed
        from peers.networks import network, wave_images
        from peers.passes import MODES
        from peers.precision import use_precision
    except (ImportError, RuntimeError) as error:
        say(unavailable=f"{type(error).__name__}: {str(error).splitlines()[0]}")
        return
    try:
        torch.set_num_threads(threads)
        dtype = use_precision(precision, device)
        module, shape = network(name)
        module = module.to(device, dtype)
        images = wave_images(1 if mode == "image-by-image" else size, shape).to(device, dtype)
        before = allocated(device) if device == "cuda" else resident()
        score = MODES[mode](module)
        score(images)
        synchronize(device)
    except (RuntimeError, ValueError, MemoryError) as error:
        say(unavailable=one_line(error))
        return
    say(ready=torch.__version__)
    # An image is over in so short a time that what another program left in the caches would tell: the first is not
    # counted, and the others are averaged.
    repeats = 4 if mode == "image-by-image" else 1

    def run():
        for _ in range(repeats):
            score(images).cpu()

    for _ in sys.stdin:
        if repeats > 1:
            score(images)
        say(seconds=timed(run, device) / repeats)
    highest = peak(device) if device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    say(memory=highest - before)


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6, 7):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])

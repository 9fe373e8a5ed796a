#!/usr/bin/env python3
"""Runs the scoring of a network in PyTorch, one measurement for each line on standard input.

    python3 scripts/bench/pytorch.py NETWORK image-by-image|vmap|vmap-detached BATCH THREADS [cpu|cuda]

Prints one JSON object a line: {"ready": version} or {"unavailable": reason}, then {"seconds": s} for each
measurement, and {"memory": bytes} at the end of the input: the peak of the resident size beyond that of the loaded
network. image-by-image scores some images one after another, and tells the mean: perturbation by the gradient of the image, then the gradient of
all parameters. vmap takes the gradients of all parameters of a batch at once, each image's materialised, in the way of
functorch's own examples; vmap-detached with parameters that PyTorch's other autograd doesn't watch, in the way of
torch.func's, which needs less memory.
"""
import json
import os
import resource
import sys
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


def log_odds_loss(logits, temperature=1.0):
    """-log S = log(1 + sum over the other classes of exp((h_c - h_predicted) / T)) for one image."""
    import torch

    differences = (logits - logits.max()) / temperature
    others = torch.ones_like(differences).scatter(-1, logits.argmax(-1, keepdim=True), 0.0)
    return torch.log1p((differences.exp() * others).sum())


def image_by_image(module, batch):
    import torch

    image = batch[:1].clone()
    parameters = list(module.parameters())

    def run():
        leaf = image.clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(log_odds_loss(module(leaf)), leaf)
        perturbed = image + 0.01 * gradient.sign()
        gradients = torch.autograd.grad(log_odds_loss(module(perturbed)), parameters)
        return float(sum((g * g).sum() for g in gradients))

    return run


def vmapped(module, batch, detached):
    from functorch import grad, make_functional_with_buffers, vmap

    function, parameters, buffers = make_functional_with_buffers(module)
    for parameter in parameters:
        parameter.requires_grad_(not detached)

    def loss(parameters, image):
        return log_odds_loss(function(parameters, buffers, image[None])[0])

    gradients_of = vmap(grad(loss), in_dims=(None, 0))

    def run():
        gradients = gradients_of(parameters, batch)
        return [float(x) for x in sum((g.flatten(1) ** 2).sum(1) for g in gradients)]

    return run


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(name, mode, size, threads, device="cpu"):
    try:
        import torch

        sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "full-size"))
        from make import NETWORKS, prepared

        torch.set_num_threads(threads)
        make, shape = NETWORKS[name]
        module = prepared(make, shape).to(device)
        batch = torch.sin(torch.arange(size * shape[0] * shape[1] * shape[2]) * 0.37).reshape(size, *shape).to(device)
        before = resident()
        if mode == "image-by-image":
            run = image_by_image(module, batch)
        else:
            run = vmapped(module, batch, mode == "vmap-detached")
        run()
    except (ImportError, RuntimeError, MemoryError) as error:
        say(unavailable=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}")
        return
    say(ready=torch.__version__)
    # An image is over in so short a time that what another program left in the caches would tell: the first is not
    # counted, and the others are averaged.
    images = 4 if mode == "image-by-image" else 1
    for _ in sys.stdin:
        if images > 1:
            run()
        # The scores are read at the end of each run, but what came before may still be under way.
        if device == "cuda":
            torch.cuda.synchronize()
        started = time.perf_counter()
        for _ in range(images):
            run()
        if device == "cuda":
            torch.cuda.synchronize()
        say(seconds=(time.perf_counter() - started) / images)
    say(memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before)


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])

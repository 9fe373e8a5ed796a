#!/usr/bin/env python3
"""Times PyTorch on the networks of scripts/full-size in one process, for short stays on a GPU.

    python3 scripts/bench/pytorch_peers.py --device cuda --out rows.jsonl --seconds 100
        --networks resnet50,resnet18,wrn28-10 --modes floor,plain,hooks,vmap,image-by-image
        --precisions tf32,fp32,fp16 --batches 8,32,128
    python3 scripts/bench/pytorch_peers.py --check [--device cuda]

Each measurement is a line of JSON, written and printed as soon as it is there. What failed has an "error", what the
time did not hold "left_out", and what this PyTorch doesn't have "missing". --check compares the ways to score in float64 instead. Exit codes: 0 done, 1 no PyTorch,
no CUDA, a mode that is missing or a check that failed, 2 bad usage.
"""
import argparse
import json
import os
import sys
import time

MODES = ("floor", "plain", "perturbation", "hooks", "vmap", "vmap-detached", "image-by-image")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cpu")
    parser.add_argument("--check", action="store_true", help="compare the ways to score, and time nothing")
    parser.add_argument("--networks", type=names, default=["resnet50", "resnet18", "wrn28-10"])
    parser.add_argument("--modes", type=names, default=["floor", "plain", "hooks", "vmap", "image-by-image"])
    parser.add_argument("--precisions", type=names, help="default: tf32,fp32,fp16 on cuda, fp32 on cpu")
    parser.add_argument("--layouts", type=names, default=["contiguous"], help="contiguous, channels-last")
    parser.add_argument("--batches", type=sizes, default=[8, 32, 128])
    parser.add_argument("--seconds", type=float, default=100.0, help="for all of it, loading of networks included")
    parser.add_argument("--threads", type=int, default=None, help="of the CPU")
    parser.add_argument("--out", help="file to which lines are appended (default: they are only printed)")
    options = parser.parse_args()
    if options.precisions is None:
        options.precisions = ["tf32", "fp32", "fp16"] if options.device == "cuda" else ["fp32"]
    for mode in options.modes:
        if mode not in MODES:
            parser.error(f"--modes names {mode!r}; there are {', '.join(MODES)}")
    return parser, options


def names(text):
    return [name for name in text.split(",") if name]


def sizes(text):
    found = [int(size) for size in text.split(",")]
    if min(found) < 1:
        raise ValueError
    return found


def main():
    started = time.perf_counter()
    parser, options = arguments()
    # Before CUDA's libraries read it.
    override = os.environ.pop("NVIDIA_TF32_OVERRIDE", None)
    if override is not None:
        print(f"pytorch_peers: NVIDIA_TF32_OVERRIDE={override} is left aside; --precisions decides", file=sys.stderr)
    try:
        import torch
        import torchvision  # noqa: F401
        from peers import check, networks, plan, precision, row
    except (ImportError, RuntimeError) as error:
        sys.exit(f"pytorch_peers: PyTorch can't be loaded ({error}); install torch, torchvision and onnx")
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("pytorch_peers: PyTorch finds no CUDA device here; --device cpu needs none")
    for option, known in (
        ("networks", networks.NETWORKS), ("precisions", precision.PRECISIONS), ("layouts", row.FORMATS),
    ):
        for name in getattr(options, option):
            if name not in known:
                parser.error(f"--{option} names {name!r}; there are {', '.join(known)}")
    if options.device == "cpu" and options.precisions != ["fp32"]:
        parser.error("--precisions other than fp32 need --device cuda")
    if options.threads is not None:
        torch.set_num_threads(options.threads)

    device = torch.cuda.get_device_name() if options.device == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    about = {"torch": torch.__version__, "device": device}
    out = open(options.out, "a") if options.out else None

    def say(**fields):
        line = json.dumps({**fields, **about})
        print(line, flush=True)
        if out:
            print(line, file=out, flush=True)

    if options.check:
        sys.exit(0 if check.check(options.device, say) else 1)
    steps = plan.plan_of(options.networks, options.modes, options.precisions, options.batches, options.layouts)
    clock = plan.Clock(options.seconds - (time.perf_counter() - started), len(steps))
    missing = run_steps(steps, clock, options.device, say)
    if missing:
        sys.exit(f"pytorch_peers: this PyTorch has no {', '.join(missing)}; install a newer one, or leave it out of --modes")


def run_steps(steps, clock, device, say):
    """Measures each step, or says why it can't be; a network is loaded when its first step comes.

    Returns the modes that this PyTorch doesn't have.
    """
    from peers import floor, networks, row

    loaded, missing = {}, []

    def run(step):
        share = clock.share(step)
        if step["mode"] == "floor":
            return floor.rate(step, device, clock.left(), share)
        name = step["network"]
        if name not in loaded:
            loaded.clear()
            loaded[name] = networks.network(name)
        return row.measure(*loaded[name], step, device, clock.left(), share)

    for step in steps:
        fields = row.measure_safely(lambda: run(step), device)
        clock.learn(step, fields)
        say(**step, **fields)
        if "missing" in fields and step["mode"] not in missing:
            missing.append(step["mode"])
    return missing


if __name__ == "__main__":
    main()

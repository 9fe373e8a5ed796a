#!/usr/bin/env python3
"""Tries train.py and export.py on made-up data of a few images, and scores what they give with grodin. On the CPU, minutes.

    python3 scripts/train/try_tiny.py [FOLDER]

A training is killed and goes on, and must end with the bits of one that was not; two processes train together;
exported files must give, through `grodin score`, the largest logit and softmax that PyTorch computes. In a checkout
that is built. Ends with exit code 1 at the first difference.
"""
import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
from PIL import Image

here = Path(__file__).resolve().parent
root = here.parent.parent
sys.path[:0] = [str(here), str(here.parent / "export")]

import cifar  # noqa: E402
import imagenet  # noqa: E402
from checkpoint import read_checkpoint  # noqa: E402
from networks import WideResNet, build  # noqa: E402

TRAIN = [sys.executable, str(here / "train.py")]
EXPORT = [sys.executable, str(here.parent / "export" / "export.py")]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def refused(expected, *command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=ENVIRONMENT)
    same(f"refused in one line: {done.stderr.strip()[:150]}",
         done.returncode == 2 and len(done.stderr.splitlines()) == 1 and re.search(expected, done.stderr) is not None)


def same(what, is_same):
    print(f"{'ok  ' if is_same else 'FAIL'} {what}", flush=True)
    if not is_same:
        sys.exit(1)


def make_cifar(folder):
    """Fifty images a batch, brighter the larger their class, in both versions."""
    random = numpy.random.default_rng(1)
    binary, python = folder / "cifar-10-batches-bin", folder / "cifar-10-batches-py"
    for version in (binary, python):
        version.mkdir(parents=True)
    for name in [*cifar.TRAIN, *cifar.TEST]:
        labels = numpy.arange(50, dtype=numpy.uint8) % 10
        pixels = random.normal(20 + 20 * labels[:, None], 30, (50, 3072)).clip(0, 255).astype(numpy.uint8)
        (binary / f"{name}.bin").write_bytes(numpy.hstack([labels[:, None], pixels]).tobytes())
        with open(python / name, "wb") as file:
            pickle.dump({b"data": pixels, b"labels": labels.tolist()}, file)
    return binary, python


def make_imagenet(folder):
    random = numpy.random.default_rng(2)
    for part, count in (("train", 12), ("val", 4)):
        for number, name in enumerate(["n01440764", "n01443537", "n01484850"]):
            (folder / part / name).mkdir(parents=True)
            for image in range(count):
                pixels = random.normal(50 + 70 * number, 40, (70, 90, 3)).clip(0, 255).astype(numpy.uint8)
                Image.fromarray(pixels).save(folder / part / name / f"{name}_{image}.JPEG", quality=90)
    return folder


def equal_ends(one, other):
    """Whether weights, statistics and momentum of two trainings are the same bits."""
    first, second = read_checkpoint(one / "checkpoint.pt"), read_checkpoint(other / "checkpoint.pt")
    modules = all(torch.equal(first["module"][key], second["module"][key]) for key in first["module"])
    return modules and all(torch.equal(a, b) for a, b in zip(first["momentum"], second["momentum"]))


def kill_within(out, *command):
    """Kills a training when it has written a checkpoint in the middle of an epoch. @returns where that was"""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    try:
        while process.poll() is None:
            if (out / "checkpoint.pt").exists() and read_checkpoint(out / "checkpoint.pt")["step"] > 0:
                break
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    state = read_checkpoint(out / "checkpoint.pt")
    return state["epoch"], state["step"]


def run_two(*command):
    """Two processes with what torchrun tells them; not by torchrun itself, which some packaged releases can't start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**ENVIRONMENT, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    processes = [subprocess.Popen([str(part) for part in command],
                                  env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}) for rank in range(2)]
    same("both processes end well", [process.wait() for process in processes] == [0, 0])


def scores_agree(file, images, pixels, module, preprocess):
    """How far grodin's ML, MSP and classes of images are from PyTorch's in float64. Larger scores are more out-of-domain: minus the largest logit."""
    printed = run("node", root / "dist/pipeline/cli/main.js", "score", file, *images, "--preprocess", preprocess, "--json")
    rows = [json.loads(line) for line in printed.splitlines()]
    with torch.no_grad():
        logits = module.eval().double()(pixels.double())
    expected = {"ml": -logits.amax(1), "msp": -logits.softmax(1).amax(1), "predicted": logits.argmax(1)}
    worst = 0.0
    for name, values in expected.items():
        given = torch.tensor([row[name] for row in rows], dtype=torch.float64)
        worst = max(worst, float(((given - values).abs() / (1 + values.abs())).max()))
    return worst


def try_cifar(folder):
    binary, python = make_cifar(folder)
    test = cifar.read(binary, cifar.TEST)
    same("the binary and the Python version give the same images and labels",
         all(torch.equal(a, b) for a, b in zip(test, cifar.read(python, cifar.TEST))))
    count = sum(parameter.numel() for parameter in WideResNet(28, 10, 10).parameters())
    same(f"WRN-28-10 has {count} parameters, 36.5 million as in its paper", count == 36_479_194)
    settings = ["--depth", 10, "--width", 1, "--dropout", 0.3, "--epochs", 3, "--batch", 32, "--workers", 0,
                "--device", "cpu", "--checkpoint-every", 2, "--deterministic"]
    whole, killed = folder / "whole", folder / "killed"
    print(run(*TRAIN, "cifar10", binary, "--out", whole, *settings), end="")
    epoch, step = kill_within(killed, *TRAIN, "cifar10", binary, "--out", killed, *settings)
    # Other files of the same images, and loaded by other processes.
    print(run(*TRAIN, "cifar10", python, "--out", killed, *settings, "--workers", 2), end="")
    same(f"killed after {epoch} epochs and {step} steps, it ended with the same bits", equal_ends(whole, killed))
    refused("was begun with settings|was begun with seed", *TRAIN, "cifar10", binary, "--out", killed, *settings, "--seed", 5)
    file = folder / "wide.onnx"
    print(run(*EXPORT, "--checkpoint", whole / "checkpoint.pt", "--out", file), end="")
    state = read_checkpoint(whole / "checkpoint.pt")
    module = build(state["network"])
    module.load_state_dict(state["module"])
    worst = scores_agree(file, [f"{binary}/test_batch.bin#{i}" for i in range(6)], cifar.normalised(test[0][:6]), module, "cifar10")
    same(f"grodin's ML, MSP and classes are PyTorch's within {worst:.1e}", worst < 1e-5)


def try_imagenet(folder):
    data = make_imagenet(folder / "imagenet")
    settings = ["--network", "resnet18", "--side", 32, "--epochs", 2, "--batch", 8, "--workers", 0, "--device", "cpu",
                "--checkpoint-every", 1]
    whole, killed = folder / "resnet", folder / "resnet-killed"
    print(run(*TRAIN, "imagenet", data, "--out", whole, *settings), end="")
    epoch, step = kill_within(killed, *TRAIN, "imagenet", data, "--out", killed, *settings)
    run(*TRAIN, "imagenet", data, "--out", killed, *settings)
    same(f"killed after {epoch} epochs and {step} steps, it ended with the same bits", equal_ends(whole, killed))
    shared = folder / "resnet-two"
    run_two(*TRAIN, "imagenet", data, "--out", shared, *settings)
    same("two processes, as torchrun starts them, train one network together", read_checkpoint(shared / "checkpoint.pt")["epoch"] == 2)
    file = folder / "resnet.onnx"
    print(run(*EXPORT, "--checkpoint", whole / "checkpoint.pt", "--out", file), end="")
    state = read_checkpoint(whole / "checkpoint.pt")
    module = build(state["network"])
    module.load_state_dict(state["module"])
    found = imagenet.test_images(data, imagenet.TrainImages(data, 0, 32).classes, 32)
    pixels = torch.stack([found[number][0] for number in range(6)])
    preprocess = folder / "preprocess.json"
    preprocess.write_text(json.dumps(state["network"]["preprocess"]))
    worst = scores_agree(file, [path for path, _ in found.samples[:6]], pixels, module, preprocess)
    same(f"grodin's ML, MSP and classes are PyTorch's within {worst:.1e}", worst < 1e-5)


def try_torchvision(folder):
    from torchvision.models import resnet18, resnet50

    for make, parameters in ((resnet18, "11 689 512"), (resnet50, "25 557 032")):
        module = make()
        weights = folder / f"{make.__name__}.pth"
        torch.save(module.state_dict(), weights)
        file = folder / f"{make.__name__}.onnx"
        said = run(*EXPORT, make.__name__, "--weights", weights, "--size", 64, "--out", file)
        same(said.splitlines()[0].replace(f"{folder}/", ""), f"{parameters} parameters" in said)
        pixels = torch.from_numpy(numpy.random.default_rng(3).integers(0, 256, (2, 64, 64, 3), numpy.uint8))
        images = [folder / f"{number}.png" for number in range(2)]
        for image, one in zip(images, pixels):
            Image.fromarray(one.numpy()).save(image)
        normalised = (pixels.permute(0, 3, 1, 2).double() / 255 - torch.tensor(imagenet.MEAN).view(3, 1, 1)) \
            / torch.tensor(imagenet.STD).view(3, 1, 1)
        preprocess = folder / "whole.json"
        preprocess.write_text(json.dumps({"preset": "imagenet", "resize": None, "crop": 64}))
        worst = scores_agree(file, images, normalised, module, preprocess)
        same(f"grodin's ML, MSP and classes are PyTorch's within {worst:.1e}", worst < 1e-5)
    refused("did you mean", *EXPORT, "resnet51", "--out", folder / "no.onnx")
    refused("is not of this network", *EXPORT, "resnet50", "--weights", folder / "resnet18.pth", "--out", folder / "no.onnx")
    refused("neither a file nor weights", *EXPORT, "resnet50", "--weights", "IMAGENET1K_V9", "--out", folder / "no.onnx")
    same("nothing was written by what was refused", not (folder / "no.onnx").exists())


def main():
    with tempfile.TemporaryDirectory(prefix="try-tiny-") as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            sys.exit(f"{folder}: is not empty; give an empty folder")
        for part in (try_torchvision, try_cifar, try_imagenet):
            print(f"-- {part.__name__}", flush=True)
            (folder / part.__name__).mkdir()
            part(folder / part.__name__)


if __name__ == "__main__":
    main()

"""Trains one network of the micro-benchmark, exports it to ONNX and records it in models.json.

    node dist/scripts/micro-benchmark/export-training-set.js results/micro-benchmark
    python3 scripts/micro-benchmark/train.py --architecture resnet-8 --seed 0

Needs PyTorch (1.13 made the committed networks) and onnx; the product itself needs neither.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
import torch
from networks import ARCHITECTURES
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "manifests" / "micro-benchmark"
# The same constants as the `cifar10` preprocessing.
MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(1, 3, 1, 1)
CLASSES = 10


def load(file: pathlib.Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as normalised float32 [N, 3, 32, 32] and labels [N]; classes are interleaved in the file."""
    pixels = np.fromfile(file, np.uint8).reshape(-1, 32, 32, 3)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    return ((images - MEAN) / STD).contiguous(), torch.arange(len(pixels)) % CLASSES


def augment(images: torch.Tensor) -> torch.Tensor:
    """Shifts each batch by up to two pixels and mirrors half of its images."""
    padded = functional.pad(images, (2, 2, 2, 2), mode="replicate")
    x, y = (int(shift) for shift in torch.randint(0, 5, (2,)))
    mirrored = (torch.rand(len(images)) < 0.5).view(-1, 1, 1, 1)
    shifted = padded[:, :, y : y + 32, x : x + 32]
    return torch.where(mirrored, shifted.flip(3), shifted)


def accuracy(network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    network.eval()
    with torch.no_grad():
        predicted = torch.cat([network(batch).argmax(1) for batch in images.split(200)])
    return float((predicted == labels).double().mean())


def train(network, images, labels, epochs: int, batch: int, rate: float) -> None:
    optimizer = torch.optim.SGD(network.parameters(), rate, momentum=0.9, weight_decay=5e-4, nesterov=True)
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for rows in torch.randperm(len(images))[: len(images) // batch * batch].split(batch):
            loss = functional.cross_entropy(network(augment(images[rows])), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * batch
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(images):.4f}", flush=True)


def export(network: torch.nn.Module, file: pathlib.Path) -> None:
    """Writes the network with its BatchNorms as they are, and checks that nothing was folded."""
    network.eval()
    torch.onnx.export(
        network,
        torch.zeros(2, 3, 32, 32),
        str(file),
        opset_version=13,
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    graph = onnx.load(str(file)).graph
    kept = sum(node.op_type == "BatchNormalization" for node in graph.node)
    expected = sum(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    if kept != expected:
        raise SystemExit(f"{file}: {kept} BatchNormalization nodes, expected {expected}: the export folded some")


def record(entry: dict) -> None:
    """Replaces this network's entry of models.json; entries stay sorted by name."""
    file = MODELS / "models.json"
    entries = json.loads(file.read_text()) if file.exists() else []
    entries = [other for other in entries if other["name"] != entry["name"]] + [entry]
    file.write_text(json.dumps(sorted(entries, key=lambda e: e["name"]), indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.1, help="peak learning rate (default 0.1)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "results" / "micro-benchmark")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    images, labels = load(options.data / "train.bin")
    network = ARCHITECTURES[options.architecture]()
    train(network, images, labels, options.epochs, options.batch, options.rate)

    name = f"{options.architecture}-seed-{options.seed}"
    (MODELS / "models").mkdir(exist_ok=True)
    export(network, MODELS / "models" / f"{name}.onnx")
    entry = {
        "name": name,
        "file": f"models/{name}.onnx",
        "architecture": options.architecture,
        "seed": options.seed,
        "epochs": options.epochs,
        "trainImages": len(images),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "trainAccuracy": round(accuracy(network, images, labels), 4),
        "testAccuracy": round(accuracy(network, *load(options.data / "clean.bin")), 4),
        "command": f"python3 scripts/micro-benchmark/train.py --architecture {options.architecture}"
        f" --seed {options.seed} --epochs {options.epochs}",
    }
    record(entry)
    print(json.dumps(entry))


if __name__ == "__main__":
    main()

"""Compares what engine-scores.js wrote with PyTorch in float64, and explains each row that differs.

    node dist/scripts/micro-benchmark/engine-scores.js DIRECTORY resnet-8-seed-0 cpu      # cpu+portable, tfjs
    /usr/bin/python3 scripts/micro-benchmark/engine_agreement.py DIRECTORY resnet-8-seed-0

A row that differs from float64 is explained where float64 gives the same once it is made to take the other side of some
ReLUs whose input is within rounding of 0: of the clean image, so that the signs of its gradient are the engine's but
for those of pixels whose gradient is within rounding of 0, and of the image perturbed by these signs, so that the score
is the engine's. ReLUs are numbered in the order of the forward pass.
"""
import itertools
import json
import math
import pathlib
import sys

import numpy as np
import onnx
import torch
from networks import ARCHITECTURES
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parents[2]
STD = np.array([0.247, 0.2435, 0.2616])
TOLERANCE = 5e-4
EXPLAINED = 5e-5
# An input within rounding of 0, in parts of the largest of its layer; rounding errors are some 1e-7 of it.
KINK = 3e-6
BATCH = 40


class Gates:
    """Keeps the input of every ReLU of a pass, and opens or shuts some of them against the sign of their input."""

    def __init__(self) -> None:
        self.inputs, self.flips = [], ()

    def __call__(self, x):
        mask = x.detach() > 0
        for layer, place in self.flips:
            if layer == len(self.inputs):
                mask.view(-1)[place] ^= True
        self.inputs.append(x.detach())
        return x * mask

    def kinks(self):
        """(|input| in parts of the layer's largest, layer, place) of inputs within rounding of 0, nearest first."""
        found = []
        for layer, x in enumerate(self.inputs):
            share = x.abs().view(-1) / x.abs().max()
            found += [(float(share[p]), layer, int(p)) for p in (share < KINK).nonzero()]
        return sorted(found)


class Gate(nn.Module):
    def __init__(self, gates: Gates) -> None:
        super().__init__()
        self.gates = gates

    def forward(self, x):
        return self.gates(x)


class Reference:
    """A network of the micro-benchmark in PyTorch."""

    def __init__(self, name: str, dtype: torch.dtype) -> None:
        file = ROOT / "manifests" / "micro-benchmark" / "models" / f"{name}.onnx"
        graph = onnx.load(str(file)).graph
        values = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in graph.initializer}
        values |= {n.output[0]: values[n.input[0]] for n in graph.node if n.op_type == "Identity"}
        self.dtype, self.gates = dtype, Gates()
        self.network = ARCHITECTURES[name.split("-seed-")[0]]()
        self.network.load_state_dict(values, strict=False)
        missing = {n for n, _ in self.network.named_parameters()} - set(values)
        assert not missing, missing
        for module in list(self.network.modules()):
            if hasattr(module, "relu"):
                module.relu = Gate(self.gates)
        self.network = self.network.to(dtype).eval()
        self.layers = [m for m in self.network.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
        self.calls = {}
        for layer in self.layers:
            layer.register_forward_hook(lambda layer, inputs, output: self.calls.update({layer: (inputs[0], output)}))

    def run(self, images, temperature, flips=()):
        """Logits [N, K], the cotangent of unit scale and the log-odds, [N]."""
        self.gates.inputs, self.gates.flips = [], flips
        logits = self.network(images)
        h = logits.detach().double()
        predicted = h.argmax(1, keepdim=True)
        d = ((h - h.gather(1, predicted)) / temperature).scatter(1, predicted, -math.inf)
        v = torch.softmax(d, 1).scatter(1, predicted, -1)
        return logits, v.to(self.dtype), -torch.logsumexp(d, 1)

    def signs(self, images, temperature, flips=()):
        """Sign and size, in parts of each image's largest, of the gradient of -log S by the images [N, 3, 32, 32]."""
        images = images.to(self.dtype).requires_grad_()
        logits, cotangent, _ = self.run(images, temperature, flips)
        gradient = torch.autograd.grad(logits, images, cotangent)[0].double()
        return gradient.sign(), gradient.abs() / gradient.abs().amax((1, 2, 3), keepdim=True)

    def score(self, images, temperature, flips=()):
        """[N, 3]: log-odds, log SG, log G."""
        logits, cotangent, odds = self.run(images.to(self.dtype), temperature, flips)
        deltas = torch.autograd.grad(logits, [self.calls[layer][1] for layer in self.layers], cotangent)
        norms = sum(squares(layer, self.calls[layer][0].detach(), delta) for layer, delta in zip(self.layers, deltas))
        return [
            scores(o, 2 * (log_s(o) - o - math.log(temperature)) + math.log(n))
            for o, n in zip(odds.tolist(), norms.tolist())
        ]


def squares(layer, x, delta):
    """Squared norms of the gradients of a layer's parameters, [N]."""
    if isinstance(layer, nn.Linear):
        return delta.square().sum(1) * (x.square().sum(1) + 1)
    if isinstance(layer, nn.BatchNorm2d):
        by_channel = (1, -1, 1, 1)
        normal = (x - layer.running_mean.view(by_channel)) / (layer.running_var + layer.eps).sqrt().view(by_channel)
        return (delta * normal).sum((2, 3)).square().sum(1) + delta.sum((2, 3)).square().sum(1)
    windows = functional.unfold(x, layer.kernel_size, padding=layer.padding, stride=layer.stride)
    return (delta.flatten(2) @ windows.transpose(1, 2)).square().sum((1, 2))


def log_s(odds):
    return -math.log1p(math.exp(-odds)) if odds > 0 else odds - math.log1p(math.exp(odds))


def scores(odds, log_sg):
    return np.array([odds, log_sg, log_sg - 2 * log_s(odds)])


def perturbed(image, sign, epsilon):
    steps = torch.tensor((epsilon / STD).astype(np.float32)).double().view(1, 3, 1, 1)
    return image - steps * sign


class Engine:
    """What a file of engine-scores.js says."""

    def __init__(self, file: pathlib.Path) -> None:
        self.name = file.name.split(".")[1]
        content = json.loads(file.read_text())
        self.ids = content["ids"]
        self.cells = {(c["temperature"], round(c["epsilon"], 6)): c for c in content["cells"]}
        self.temperatures = sorted({t for t, _ in self.cells})
        signs = np.fromfile(file.with_suffix(".signs"), np.int8)
        self.signs = signs.reshape(len(self.temperatures), -1, 3, 32, 32)

    def sign(self, start, temperature):
        return torch.tensor(self.signs[self.temperatures.index(temperature), start : start + BATCH]).double()

    def score(self, index, cell):
        return scores(self.cells[cell]["logOdds"][index], self.cells[cell]["logSG"][index])


def subsets(kinks, most=8):
    """No ReLU, one of the nearest to 0, two of them, and so on."""
    near = [(layer, place) for _, layer, place in kinks[:most]]
    return (flips for size in range(len(near) + 1) for flips in itertools.combinations(near, size))


def explain_score(reference, image, temperature, found):
    """(rest, flips): the ReLUs whose other side brings float64 nearest to `found`, and how far off that still is."""
    reference.score(image, temperature)
    kinks = reference.gates.kinks()
    best = (math.inf, ())
    for flips in subsets(kinks):
        rest = float(np.abs(reference.score(image, temperature, flips)[0] - found).max())
        best = min(best, (rest, flips), key=lambda one: one[0])
        if best[0] <= EXPLAINED:
            break
    return best[0], [kink for kink in kinks if kink[1:] in best[1]]


def explain_signs(reference, image, temperature, found):
    """(size, flips): likewise for the image's gradient, and the largest whose sign is still another."""
    reference.signs(image, temperature)
    kinks = reference.gates.kinks()
    best = (math.inf, ())
    for flips in subsets(kinks):
        sign, size = reference.signs(image, temperature, flips)
        rest = float((size * (sign != found)).max())
        best = min(best, (rest, flips), key=lambda one: one[0])
        if best[0] <= KINK:
            break
    return best[0], [kink for kink in kinks if kink[1:] in best[1]]


def explain(double, clean, point, sign, exact_sign, row, found):
    """What float64 has to change to give a row's scores."""
    row["rest"], row["kinks"] = explain_score(double, point, row["T"], found)
    row["signs"], row["size"], row["clean kinks"] = 0, 0, []
    if row["eps"] > 0 and (sign != exact_sign).any():
        row["signs"] = int((sign != exact_sign).sum())
        row["size"], row["clean kinks"] = explain_signs(double, clean, row["T"], sign)
    row["explained"] = row["rest"] <= EXPLAINED and row["size"] <= KINK


def compare(engines, model, images):
    """Of each engine, and of PyTorch in float32, a row for each image and cell."""
    double, single = Reference(model, torch.float64), Reference(model, torch.float32)
    first = next(iter(engines.values()))
    rows = {name: [] for name in [*engines, "PyTorch float32"]}
    cells = {t: sorted({e for u, e in first.cells if u == t}) for t in first.temperatures}
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH].double()
        for T in first.temperatures:
            exact_signs = double.signs(batch, T)[0]
            signs = {name: e.sign(start, T) for name, e in engines.items()}
            signs["PyTorch float32"] = single.signs(batch, T)[0]
            for eps in cells[T]:
                exact = double.score(perturbed(batch, exact_signs, eps), T)
                for name in rows:
                    points = perturbed(batch, signs[name], eps)
                    if name in engines:
                        found = [engines[name].score(start + i, (T, eps)) for i in range(len(batch))]
                    else:
                        found = single.score(points, T)
                    for i, one in enumerate(found):
                        row = {"id": first.ids[start + i], "T": T, "eps": eps, "errors": np.abs(one - exact[i])}
                        rows[name].append(row)
                        if row["errors"].max() > TOLERANCE:
                            point, clean = points[i : i + 1], batch[i : i + 1]
                            explain(double, clean, point, signs[name][i], exact_signs[i], row, one)
    return rows


def print_table(rows):
    print("| engine | ε | rows | differ | images | log-odds | log SG | log G | unexplained | RMS of log-odds, rest |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, all_rows in rows.items():
        for which, some in (
            ("0", [r for r in all_rows if r["eps"] == 0]),
            ("> 0", [r for r in all_rows if r["eps"] > 0]),
        ):
            if not some:
                continue
            off = [r for r in some if "rest" in r]
            cells = [name, which, len(some), len(off), len({r["id"] for r in off})]
            cells += [f"{x:.1e}" for x in np.max([r["errors"] for r in some], 0)]
            cells.append(sum(not r["explained"] for r in off))
            cells.append(f"{np.sqrt(np.mean([r['errors'][0] ** 2 for r in some if 'rest' not in r])):.1e}")
            print("| " + " | ".join(map(str, cells)) + " |")


def kinks_text(kinks):
    return ", ".join(f"{size:.0e} at ReLU {layer}, {place}" for size, layer, place in kinks) or "none"


def print_explanations(rows):
    for name, all_rows in rows.items():
        for r in all_rows:
            if "rest" in r:
                print(
                    f"{name}: {r['id']} at T {r['T']}, eps {r['eps']}: off by {r['errors'].max():.1e}; signs that differ:"
                    f" {r['signs']}, by kinks of the clean image: {kinks_text(r['clean kinks'])}, pixels left: up to"
                    f" {r['size']:.0e}; kinks of the scored image: {kinks_text(r['kinks'])}; rest {r['rest']:.0e}"
                )


def main() -> None:
    directory, model = pathlib.Path(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(1)
    engines = {e.name: e for e in map(Engine, sorted(directory.glob(f"{model}.*.json")))}
    images = torch.tensor(np.fromfile(directory / "images.f32", np.float32)).view(-1, 3, 32, 32)
    rows = compare(engines, model, images)
    print_explanations(rows)
    print_table(rows)


if __name__ == "__main__":
    main()

"""Measures of ensembles by their definitions, in decimal arithmetic of 220 digits: writes test/ensembles/measures.json.

    /usr/bin/python3 scripts/golden/ensembles.py test/ensembles/measures.json
"""
import json
import random
import sys
from decimal import getcontext

from decimal_softmax import single, softmax

getcontext().prec = 220


def kl(p, q):
    return sum(a * (a / b).ln() for a, b in zip(p, q))


def entropy(p):
    return -sum(a * a.ln() for a in p)


def measures(members):
    ps = [softmax(logits)[0] for logits in members]
    m = len(ps)
    mean = [sum(p[c] for p in ps) / m for c in range(len(ps[0]))]
    top = max(mean)
    return {
        "Confidence": -(top / (1 - top)).ln(),
        "EoE": entropy(mean),
        "ExE": sum(entropy(p) for p in ps) / m,
        "MI": sum(kl(p, mean) for p in ps) / m,
        "EPKL": sum(kl(p, q) for p in ps for q in ps) / m**2,
        "MKL": sum(kl(mean, p) for p in ps) / m,
    }


random.seed(2)


def members(count, classes, scale, sure=None, by=0.0):
    # Each member's own noise around what all say.
    base = [random.gauss(0, scale) + (by if c == sure else 0) for c in range(classes)]
    return [[single(h + random.gauss(0, 0.5)) for h in base] for _ in range(count)]


def near(count, classes, scale, apart, shift=0.0, sure=None, by=0.0):
    base = [random.gauss(0, scale) + (by if c == sure else 0) for c in range(classes)]
    return [[single(h + random.gauss(0, apart) + m * shift) for h in base] for m in range(count)]


cases = [
    members(2, 2, 1),
    members(5, 10, 1),
    members(5, 10, 4),
    members(3, 200, 2),
    members(5, 10, 1, sure=3, by=150),
    members(5, 10, 1, sure=3, by=30),
    [[single(150.0 * (c == m)) for c in range(4)] for m in range(4)],
    [[1.0, 2.0, 3.0]] * 3,
    members(1, 5, 2),
    # Members that hardly differ.
    near(3, 10, 4, 1e-2),
    near(2, 10, 4, 1e-5),
    near(2, 10, 4, 1e-5, shift=7.5),
    near(3, 100, 2, 1e-3),
    near(2, 4, 4, 1e-4, sure=1, by=150),
    # One class of no weight in which they differ much.
    [[9.0, 8.0, -120.0], [9.0, 8.00006103515625, -112.0]],
    [[480.0 * (c == m) for c in range(3)] for m in range(2)],
]
written = [{"logits": case, "measures": {k: float(v) for k, v in measures(case).items()}} for case in cases]
with open(sys.argv[1], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(one) for one in written) + "\n]\n")

#!/usr/bin/env python3
"""Reliability bins, calibration errors, trend lines and fitted temperatures, by NumPy and SciPy.

    /usr/bin/python3 scripts/golden/calibration.py > test/calibration/golden.json

Images are ordered by np.lexsort, divided by np.array_split, and the line is np.polyfit's. Temperatures are roots of the
derivative of the negative log-likelihood, with SciPy's softmax, found by brentq; the minimum is confirmed on both sides of them.
"""
import json

import numpy as np
from scipy import optimize, special

random = np.random.default_rng(11)


def reliability(log_odds, correct, ids, bins):
    order = np.lexsort((np.array(ids), log_odds))
    confidence = special.expit(log_odds)
    found = []
    error = 0.0
    for part in np.array_split(order, min(bins, len(order))):
        conf, acc = confidence[part].mean(), correct[part].mean()
        error += len(part) / len(order) * abs(acc - conf)
        found.append({"images": len(part), "confidence": float(conf), "accuracy": float(acc)})
    points = np.array([[one["confidence"], one["accuracy"]] for one in found])
    line = None if np.ptp(points[:, 0]) == 0 else np.polyfit(points[:, 0], points[:, 1], 1).tolist()
    return {"found": found, "error": float(error), "line": line}


def case(name, log_odds, correct, bins=15, ids=None):
    log_odds, correct = np.asarray(log_odds, float), np.asarray(correct, float)
    ids = ids if ids is not None else [f"image-{i}" for i in random.permutation(len(log_odds))]
    written = {"logOdds": log_odds.tolist(), "isCorrect": correct.astype(int).tolist(), "ids": ids, "bins": bins}
    return {"name": name, **written, **reliability(log_odds, correct, ids, bins)}


calibrated = random.normal(1, 2, size=157)
wrong = random.normal(2, 2, size=90)
cases = [
    case("calibrated", calibrated, random.random(157) < special.expit(calibrated)),
    case("wrong with confidence", wrong, random.random(90) < special.expit(-wrong)),
    # One log-odds for all: which image is in which bin is the ids' say alone; and images of S = 1 that log-odds tell apart.
    case("ties", [2.0] * 8, [1, 0, 1, 0, 0, 1, 0, 1], 4, ["b", "a", "D", "c", "b2", "a10", "a9", "é"]),
    case("saturated", [60.5, 60, 59.5, 61, 58, 62], [1, 0, 0, 1, 0, 1], 3),
    case("fewer than bins", [0.5, -1, 3], [1, 0, 0]),
    case("one", [0.25], [1]),
    case("uneven", random.normal(0, 3, size=17), random.random(17) < 0.5),
]


def slope(beta, logits, labels):
    p = special.softmax(beta * logits, axis=1)
    return float((p * logits).sum() - logits[np.arange(len(labels)), labels].sum())


def loss(beta, logits, labels):
    return float((special.logsumexp(beta * logits, axis=1) - beta * logits[np.arange(len(labels)), labels]).sum())


def drawn(true, images, classes, scale):
    logits = random.normal(0, scale, size=(images, classes)).astype(np.float32)
    p = special.softmax(logits.astype(float) / true, axis=1)
    return logits, np.array([random.choice(classes, p=row) for row in p])


fits = []
for true, images, classes, scale in [(2.5, 60, 10, 5), (0.4, 60, 4, 1), (1, 40, 2, 3), (7, 40, 20, 30)]:
    logits, labels = drawn(true, images, classes, scale)
    exact = logits.astype(float)
    beta = optimize.brentq(slope, 1e-3, 1e2, args=(exact, labels), xtol=1e-16, rtol=1e-15, maxiter=500)
    assert loss(beta, exact, labels) < min(loss(beta * 1.001, exact, labels), loss(beta / 1.001, exact, labels))
    fits.append({"classes": classes, "logits": logits.flatten().tolist(), "labels": labels.tolist(), "temperature": 1 / beta})

print(json.dumps({"reliability": cases, "temperatures": fits}))

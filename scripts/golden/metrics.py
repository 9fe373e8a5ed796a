#!/usr/bin/env python3
"""Writes test/golden/metrics.json: metrics of small in-domain + outlier mixtures by scikit-learn.

Needs numpy and scikit-learn (made with 1.2.1). Run from the project's root:

    python3 scripts/golden/metrics.py
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve

rng = np.random.default_rng(20260101)


def fpr95(labels, scores, drop_intermediate=True):
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=drop_intermediate)
    return fpr[np.argmax(tpr >= 0.95)]


def aupr(labels, scores):
    precision, recall, _ = precision_recall_curve(labels, scores)
    return auc(recall, precision)


def detection_accuracy(labels, scores):
    """By every threshold in turn, not by a curve: what is above it is taken for out-of-domain."""
    inside, outside = scores[labels == 0], scores[labels == 1]
    thresholds = np.concatenate([[-np.inf], np.unique(scores)])
    return max(((outside > at).mean() + (inside <= at).mean()) / 2 for at in thresholds)


def evaluate(labels, scores):
    return {
        "auroc": float(roc_auc_score(labels, scores)),
        "fpr95": float(fpr95(labels, scores)),
        "aupr-out": float(aupr(labels, scores)),
        "aupr-in": float(aupr(1 - labels, -scores)),
        "fpr95-in": float(fpr95(1 - labels, -scores)),
        "detection-accuracy": float(detection_accuracy(labels, scores)),
    }


def case(name, in_domain, outlier, resamples=3):
    """One mixture as it is, and resampled: sklearn sees the rows really repeated."""
    in_domain = np.asarray(in_domain, dtype=np.float64)
    outlier = np.asarray(outlier, dtype=np.float64)
    scores = np.concatenate([in_domain, outlier])
    labels = np.concatenate([np.zeros(len(in_domain), int), np.ones(len(outlier), int)])
    drawn = []
    while len(drawn) < resamples:
        rows = rng.integers(0, len(scores), len(scores))
        if 0 < labels[rows].sum() < len(rows):
            drawn.append({"rows": rows.tolist(), "metrics": evaluate(labels[rows], scores[rows])})
    return {
        "name": name,
        "inDomain": in_domain.tolist(),
        "outlier": outlier.tolist(),
        "metrics": evaluate(labels, scores),
        "fpr95WithEveryPoint": float(fpr95(labels, scores, drop_intermediate=False)),
        "fpr95InWithEveryPoint": float(fpr95(1 - labels, -scores, drop_intermediate=False)),
        "resamples": drawn,
    }


def summary(values):
    return {
        "values": values.tolist(),
        "mean": float(values.mean()),
        "deviation": float(values.std(ddof=1)),
        "low": float(np.percentile(values, 2.5)),
        "high": float(np.percentile(values, 97.5)),
    }


pairs = np.arange(40.0)
cases = [
    case("distinct scores", rng.normal(0, 1, 70), rng.normal(1, 1, 45)),
    case("scores rounded to one decimal", rng.normal(0, 1, 80).round(1), rng.normal(0.7, 1, 50).round(1)),
    case("a handful of distinct scores", rng.integers(0, 4, 60), rng.integers(1, 5, 40), 5),
    case("more outliers than in-domain rows", rng.normal(0, 1, 15).round(1), rng.normal(0.3, 2, 90).round(1)),
    case("all scores equal", np.full(7, 2.5), np.full(5, 2.5)),
    case("one row a class", [0.0], [1.0]),
    case("one row a class, the wrong way round", [1.0], [0.0]),
    case("one row a class, tied", [1.0], [1.0]),
    case("one in-domain row and two outliers", [0.5], [0.5, 0.1]),
    case("perfectly separated", [1, 2, 3, 3], [4, 4, 5, 6, 7]),
    case("perfectly wrong", [4, 4, 5, 6, 7], [1, 2, 3, 3]),
    case("twenty outliers, so that 0.95 is hit exactly", rng.normal(0, 1, 30).round(1), np.arange(20) / 5),
    case("a diagonal of tied pairs, all of it dropped", pairs, pairs),
    case("a diagonal of tied pairs after some outliers", pairs, np.concatenate([pairs, 50 + np.arange(20)])),
    case("a diagonal whose steps double below the threshold", np.concatenate([pairs, pairs[:1]]), pairs),
    case("two distinct scores", [0, 0, 1], [0, 1, 1, 1]),
    case("signed zeros are one score", [-0.0, 0.0, -1.0, 0.0], [0.0, -0.0, 1.0]),
    case("far apart and very close magnitudes", [-1e300, 1e-310, 2e-310, 5.0], [1e300, 2e-310, 5.000000000000001]),
    case("a diagonal of tied pairs below some in-domain rows", np.concatenate([pairs, 50 + np.arange(3)]), pairs),
    case("a diagonal of tied pairs above some in-domain rows", np.concatenate([pairs, -50 - np.arange(20)]), pairs),
    case("twenty in-domain rows, so that 0.95 is hit exactly", np.arange(20) / 5, rng.normal(2, 1, 30).round(1)),
    case("many duplicates at one end", np.minimum(rng.normal(0, 1, 60), 0.2), np.minimum(rng.normal(0.5, 1, 60), 0.2)),
]

dropped = [c["name"] for c in cases if c["metrics"]["fpr95"] != c["fpr95WithEveryPoint"]]
assert len(dropped) >= 3, dropped
dropped_in = [c["name"] for c in cases if c["metrics"]["fpr95-in"] != c["fpr95InWithEveryPoint"]]
assert len(dropped_in) >= 3, dropped_in
swapped = [c["name"] for c in cases if c["metrics"]["fpr95"] != c["metrics"]["fpr95-in"]]
assert len(swapped) >= 10, swapped

golden = {
    "made": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "cases": cases,
    "summaries": [
        summary(rng.normal(0.9, 0.01, 101)),
        summary(rng.normal(0.9, 0.01, 40)),
        summary(np.array([0.5, 0.25])),
        summary(np.full(5, 0.1)),
    ],
}
target = Path(__file__).resolve().parents[2] / "test" / "golden" / "metrics.json"
target.write_text(json.dumps(golden) + "\n")
print(f"{len(cases)} cases, drop_intermediate matters in: {dropped}, and in-domain positive in: {dropped_in}")

#!/usr/bin/env python3
"""Writes test/reduction/golden.json: scores of two detectors and what tables 4 and 5 are to show of them.

The estimates are scikit-learn's, of S and G themselves rather than of the logarithms that the project ranks by. The
deviations and intervals are of resamples drawn by numpy: other draws than the project's, so equal only within what
that many draws scatter. Needs numpy and scikit-learn (made with 1.2.1). Run from the project's root:

    /usr/bin/python3 scripts/golden/tables.py
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve

RESAMPLES = 2000
rng = np.random.default_rng(20261126)


def metrics(labels, scores):
    fpr, tpr, _ = roc_curve(labels, scores)
    precision_out, recall_out, _ = precision_recall_curve(labels, scores)
    precision_in, recall_in, _ = precision_recall_curve(1 - labels, -scores)
    return {
        "auroc": float(roc_auc_score(labels, scores)),
        "fpr95": float(fpr[np.argmax(tpr >= 0.95)]),
        "aupr-out": float(auc(recall_out, precision_out)),
        "aupr-in": float(auc(recall_in, precision_in)),
    }


def images(size, log_odds, log_sg):
    return {
        # With two decimals some images tie.
        "logOdds": rng.normal(log_odds, 1.2, size).round(2).tolist(),
        "logSG": rng.normal(log_sg, 1.0, size).round(2).tolist(),
    }


def detectors(split):
    log_odds = np.array(split["logOdds"])
    s = 1 / (1 + np.exp(-log_odds))
    return {"MSP": -s, "G": np.exp(np.array(split["logSG"])) / s**2}


def expected(in_domain, outlier):
    labels = np.r_[np.zeros(len(in_domain), int), np.ones(len(outlier), int)]
    scores = np.r_[in_domain, outlier]
    drawn = []
    while len(drawn) < RESAMPLES:
        rows = rng.integers(0, len(labels), len(labels))
        if 0 < labels[rows].sum() < len(labels):
            drawn.append(metrics(labels[rows], scores[rows]))
    found = {}
    for name, value in metrics(labels, scores).items():
        values = np.array([sample[name] for sample in drawn])
        low, high = np.percentile(values, [2.5, 97.5])
        found[name] = {
            "printed": f"{value:.3f}",
            "value": value,
            "deviation": float(values.std(ddof=1)),
            "low": float(low),
            "high": float(high),
        }
    return found


sets = []
for name, size, log_odds, log_sg in [("near", 160, 1.2, 0.5), ("far", 90, 0.0, 1.6)]:
    sets.append({"name": name, **images(size, log_odds, log_sg)})
in_domain = images(240, 2.0, 0.0)
for outlier in sets:
    ours, theirs = detectors(in_domain), detectors(outlier)
    outlier["expected"] = {name: expected(ours[name], theirs[name]) for name in ours}

golden = {
    "made": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "resamples": RESAMPLES,
    "inDomain": in_domain,
    "outliers": sets,
}
target = Path(__file__).resolve().parents[2] / "test" / "reduction" / "golden.json"
target.write_text(json.dumps(golden) + "\n")
for outlier in sets:
    for name, found in outlier["expected"].items():
        print(outlier["name"], name, {metric: cell["printed"] for metric, cell in found.items()})

#!/usr/bin/env python3
"""Histograms by NumPy, and the half of a mixture that a score separates worst, by scikit-learn over every window that is tried.

    /usr/bin/python3 scripts/golden/separation.py > test/separation/golden.json
"""
import json

import numpy as np
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(5)


def window(inside, outside):
    pooled = np.sort(np.concatenate([inside, outside]))
    n = len(pooled)
    half = -(-n // 2)
    best = None
    for step in range(51):
        first = (n - half) * step // 50
        low = -np.inf if first == 0 else pooled[first]
        high = np.inf if first + half == n else pooled[first + half - 1]
        picked = [values[(values >= low) & (values <= high)] for values in (inside, outside)]
        if min(map(len, picked)) == 0:
            continue
        # Outliers are positive, and less confident.
        auroc = roc_auc_score([0] * len(picked[0]) + [1] * len(picked[1]), -np.concatenate(picked))
        if best is None or auroc < best["auroc"] - 1e-15:
            best = {"low": float(low), "high": float(high), "auroc": float(auroc)}
    if best is None:
        return None
    return {**best, "low": None if best["low"] == -np.inf else best["low"], "high": None if best["high"] == np.inf else best["high"]}


# In the middle outliers are more confident than in-domain images: a wrong sign would find the best half instead.
planted_in = np.concatenate([random.uniform(6, 9, 40), random.uniform(1, 3, 30), random.uniform(-1, 0, 5)])
planted_out = np.concatenate([random.uniform(-6, -3, 40), random.uniform(3, 5, 30), random.uniform(8, 9, 3)])
windows = []
for inside, outside in [
    (planted_in, planted_out),
    (random.normal(2, 2, 201), random.normal(0, 2, 100)),
    (np.round(random.normal(2, 2, 80)), np.round(random.normal(1, 2, 81))),
    (np.array([1.0, 2.0]), np.array([0.0])),
    (np.array([5.0, 6.0, 7.0, 8.0]), np.array([1.0])),
]:
    windows.append({"inDomain": inside.tolist(), "outlier": outside.tolist(), "window": window(inside, outside)})

histograms = []
for values, low, high, bins in [
    (random.random(300), 0, 1, 50),
    # Every edge, and the ends.
    (np.linspace(0, 1, 51), 0, 1, 50),
    (np.linspace(-3.3, 7.1, 51), -3.3, 7.1, 50),
    (np.array([-0.1, 0, 0.3, 0.6, 1, 1, 1.1]), 0, 1, 10),
    (np.array([2.5, 2.5]), 2.5, 2.5, 4),
]:
    counts, edges = np.histogram(values, bins=bins, range=(low, high))
    found = {"counts": counts.tolist(), "edges": edges.tolist()}
    histograms.append({"values": values.tolist(), "low": low, "high": high, "bins": bins, **found})

print(json.dumps({"windows": windows, "histograms": histograms}))

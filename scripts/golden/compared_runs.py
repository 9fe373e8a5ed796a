#!/usr/bin/env python3
"""Writes test/comparison/compared-row.json: two runs' scores of one outlier set, and what tests of their difference give.

By code of its own: the covariance of DeLong, DeLong and Clarke-Pearson (1988) by numpy.cov of the kernel's means, that of
Obuchowski (1997) cluster by cluster, p-values by SciPy, Holm as its definition. The second run has the images in another order.

Needs numpy and SciPy (made with 1.24.2, 1.10.1). Run from the project's root:

    /usr/bin/python3 scripts/golden/compared_runs.py
"""
import json
from pathlib import Path

import numpy as np
from scipy import stats

rng = np.random.default_rng(20261127)


def kernel(known, outlier):
    difference = outlier[:, None] - known[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def difference_error(first, second):
    """Standard error of the second area less the first one."""
    psi = kernel(*second) - kernel(*first)
    m, n = psi.shape
    return float(np.sqrt(psi.mean(axis=1).var(ddof=1) / m + psi.mean(axis=0).var(ddof=1) / n))


def clustered_error(first, second, known_photos, outlier_photos):
    psi = kernel(*second) - kernel(*first)
    m, n = psi.shape
    area = psi.mean()
    photos = sorted(set(known_photos) | set(outlier_photos))
    i, i10, i01 = len(photos), len(set(outlier_photos)), len(set(known_photos))
    s10 = s01 = s11 = 0.0
    for photo in photos:
        x = (psi.mean(axis=1) - area)[outlier_photos == photo].sum()
        y = (psi.mean(axis=0) - area)[known_photos == photo].sum()
        s10, s01, s11 = s10 + x * x, s01 + y * y, s11 + x * y
    variance = s10 * i10 / (i10 - 1) / m**2 + s01 * i01 / (i01 - 1) / n**2 + 2 * s11 * i / (i - 1) / (m * n)
    return float(np.sqrt(variance))


def alone_error(one):
    psi = kernel(*one)
    m, n = psi.shape
    return float(np.sqrt(psi.mean(axis=1).var(ddof=1) / m + psi.mean(axis=0).var(ddof=1) / n))


def holm(ps):
    adjusted = [0.0] * len(ps)
    largest = 0.0
    for place, nth in enumerate(np.argsort(ps, kind="stable")):
        largest = max(largest, min(1.0, (len(ps) - place) * ps[nth]))
        adjusted[nth] = float(largest)
    return adjusted


def case(kind, n, m):
    shared = kind == "clustered"
    known_photos = np.arange(n)
    outlier_photos = np.arange(m) % n if shared else np.arange(n, n + m)
    photo = rng.normal(size=n + m)
    known_order, outlier_order = rng.permutation(n), rng.permutation(m)
    detectors = []
    for lift, gap in [(0.9, 0.0), (1.2, 0.25), (0.5, 1.5)]:
        runs = []
        for more in (0.0, gap):
            known = np.round(photo[known_photos] + 0.7 * rng.normal(size=n), 2)
            outlier = np.round(photo[outlier_photos] + 0.7 * rng.normal(size=m) + lift + more, 2)
            runs.append((known, outlier))
        areas = [float(kernel(*run).mean()) for run in runs]
        difference = areas[1] - areas[0]
        alone = [alone_error(run) for run in runs]
        if kind == "unpaired":
            error = float(np.hypot(*alone))
        elif shared:
            error = clustered_error(*runs, known_photos, outlier_photos)
        else:
            error = difference_error(*runs)
        z = difference / error
        detectors.append({
            "first": {"inDomain": runs[0][0].tolist(), "outlier": runs[0][1].tolist(), "standardError": alone[0]},
            "second": {
                "inDomain": runs[1][0][known_order].tolist(),
                "outlier": runs[1][1][outlier_order].tolist(),
                "standardError": alone[1],
            },
            "aurocs": areas,
            "difference": difference,
            "error": error,
            "z": z,
            "p": float(2 * stats.norm.sf(abs(z))),
        })
    adjusted = holm([one["p"] for one in detectors])
    for one, p in zip(detectors, adjusted):
        one["adjustedP"] = p
    return {
        "kind": kind,
        "inDomain": {"photographs": known_photos.tolist(), "secondOrder": known_order.tolist()},
        "outlier": {"photographs": outlier_photos.tolist(), "secondOrder": outlier_order.tolist()},
        "detectors": detectors,
    }


cases = [case("paired", 40, 25), case("clustered", 30, 60), case("unpaired", 35, 30)]
path = Path("test/comparison/compared-row.json")
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(cases) + "\n")

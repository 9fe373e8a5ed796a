#!/usr/bin/env python3
"""Writes test/metrics/statistics.json: variances, intervals and tests of ROC-AUC, by independent code.

Everything comes from the matrix of all in-domain and outlier pairs, as the papers' sums are written: DeLong, DeLong and
Clarke-Pearson (1988); Obuchowski (1997); Efron (1987), where rows or photographs are really left out one by one. Ranks are tested
by scipy.stats.friedmanchisquare; Holm's adjustment is written as its definition.

Needs numpy, scipy and scikit-learn (made with 1.24.2, 1.10.1, 1.2.1). Run from the project's root:

    /usr/bin/python3 scripts/golden/statistics.py
"""
import json
import math
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(20261127)


def kernel(known, outlier):
    """psi[i, j] of outlier i and in-domain row j."""
    difference = outlier[:, None] - known[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def auroc(known, outlier):
    """Wins over pairs, rounded once, so that equal ratios are equal numbers."""
    area = kernel(known, outlier).sum() / (len(known) * len(outlier))
    by_curve = roc_auc_score(np.r_[np.zeros(len(known)), np.ones(len(outlier))], np.r_[known, outlier])
    assert abs(area - by_curve) < 1e-12
    return area


def delong_covariance(a, b):
    """Equations 4 to 6 of DeLong et al.; a and b are (known, outlier) of two detectors."""
    psi = [kernel(*a), kernel(*b)]
    s10 = np.cov(*[p.mean(axis=1) for p in psi])[0, 1]
    s01 = np.cov(*[p.mean(axis=0) for p in psi])[0, 1]
    m, n = psi[0].shape
    return s10 / m + s01 / n


def obuchowski_covariance(a, b, known_photos, outlier_photos):
    """Section 2 of Obuchowski (1997), cluster by cluster: abnormal units are outliers."""
    psi = [kernel(*a), kernel(*b)]
    m, n = psi[0].shape
    areas = [p.mean() for p in psi]
    v10 = [p.mean(axis=1) for p in psi]
    v01 = [p.mean(axis=0) for p in psi]
    photos = sorted(set(known_photos) | set(outlier_photos))
    i, i10, i01 = len(photos), len(set(outlier_photos)), len(set(known_photos))
    s10 = s01 = s11ab = s11ba = 0.0
    for photo in photos:
        outliers = [k for k in range(m) if outlier_photos[k] == photo]
        knowns = [k for k in range(n) if known_photos[k] == photo]
        x = [sum(v[k] for k in outliers) - len(outliers) * area for v, area in zip(v10, areas)]
        y = [sum(v[k] for k in knowns) - len(knowns) * area for v, area in zip(v01, areas)]
        if outliers:
            s10 += x[0] * x[1]
        if knowns:
            s01 += y[0] * y[1]
        s11ab += x[0] * y[1]
        s11ba += x[1] * y[0]
    s10 *= i10 / ((i10 - 1) * m)
    s01 *= i01 / ((i01 - 1) * n)
    s11 = (s11ab + s11ba) * i / (i - 1)
    return s10 / m + s01 / n + s11 / (m * n)


def without(rows, photos, photo):
    return rows[np.asarray(photos) != photo]


def jackknife(a, known_photos, outlier_photos):
    photos = list(dict.fromkeys([*known_photos, *outlier_photos]))
    return np.array([auroc(without(a[0], known_photos, p), without(a[1], outlier_photos, p)) for p in photos])


def bca(value, samples, leave_one_out):
    """As scipy.stats.bootstrap computes it of one sample, with given resamples; equal ones count half."""
    z0 = stats.norm.ppf(((samples < value).sum() + 0.5 * (samples == value).sum()) / len(samples))
    u = leave_one_out.mean() - leave_one_out
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    ends = []
    for z in stats.norm.ppf([0.025, 0.975]):
        level = stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))
        ends.append(float(np.percentile(samples, 100 * level)))
    return ends


def case(name, a, b, known_photos=None, outlier_photos=None):
    a, b = [tuple(np.asarray(side, float) for side in detector) for detector in (a, b)]
    n, m = len(a[0]), len(a[1])
    shared = known_photos is not None
    known_photos = list(known_photos) if shared else [f"i{k}" for k in range(n)]
    outlier_photos = list(outlier_photos) if shared else [f"o{k}" for k in range(m)]
    unclustered = [delong_covariance(p, q) for p, q in ((a, a), (b, b), (a, b))]
    clustered = [obuchowski_covariance(p, q, known_photos, outlier_photos) for p, q in ((a, a), (b, b), (a, b))]
    if not shared:
        assert np.allclose(unclustered, clustered, rtol=1e-12, atol=0)
    value, error = auroc(*a), math.sqrt(clustered[0])
    logit, half = math.log(value / (1 - value)), stats.norm.ppf(0.975) * error / (value * (1 - value))
    leave_one_out = jackknife(a, known_photos, outlier_photos)
    samples = np.array([auroc(rng.choice(a[0], n), rng.choice(a[1], m)) for _ in range(400)])
    difference = auroc(*a) - auroc(*b)
    spread = math.sqrt(clustered[0] + clustered[1] - 2 * clustered[2])
    count = len(leave_one_out)
    by_jackknife = (count - 1) / count * ((leave_one_out - leave_one_out.mean()) ** 2).sum()
    print(f"{name}: sigma {error:.5f}, by jackknife {math.sqrt(by_jackknife):.5f}, unclustered {math.sqrt(unclustered[0]):.5f}")
    return {
        "name": name,
        "first": [side.tolist() for side in a],
        "second": [side.tolist() for side in b],
        "photographs": [known_photos, outlier_photos] if shared else None,
        "aurocs": [value, auroc(*b)],
        "unclustered": unclustered,
        "covariances": clustered,
        "logit": [1 / (1 + math.exp(-logit + half)), 1 / (1 + math.exp(-logit - half))],
        "jackknife": leave_one_out.tolist(),
        "jackknifeVariance": by_jackknife,
        "samples": samples.tolist(),
        "bca": bca(value, samples, leave_one_out),
        "difference": difference,
        "error": spread,
        "p": 2 * stats.norm.sf(abs(difference / spread)),
    }


def detectors(n, m, shift, decimals=None):
    """Two correlated detectors on the same rows."""
    rows = rng.normal(0, 1, n), rng.normal(shift, 1.3, m)
    made = [tuple(side + rng.normal(0, noise, len(side)) for side in rows) for noise in (0.4, 0.8)]
    return made if decimals is None else [tuple(side.round(decimals) for side in one) for one in made]


def photographs(count, copies, decimals=None):
    """Each photograph in-domain once, and `copies` times among the outliers, with scores of its own."""
    base = rng.normal(0, 1, count)
    made = []
    for noise in (0.3, 0.7):
        known = base + rng.normal(0, noise, count)
        outlier = (base[:, None] + 0.8 + rng.normal(0, noise, (count, copies))).ravel()
        made.append((known, outlier) if decimals is None else (known.round(decimals), outlier.round(decimals)))
    names = [f"p{k}" for k in range(count)]
    return made, names, [name for name in names for _ in range(copies)]


cases = [
    case("distinct scores", *detectors(40, 25, 1)),
    case("many ties", *detectors(30, 50, 0.7, 0)),
    case("thirty to one", *detectors(90, 3, 1.2)),
]
for name, copies, decimals in (("each photograph in both classes", 1, None), ("three outliers a photograph, ties", 3, 1)):
    made, known, outlier = photographs(24, copies, decimals)
    cases.append(case(name, *made, known, outlier))
made, known, outlier = photographs(20, 2)
# Some photographs in one class only, as where images failed or a set is smaller.
keep_known, keep_outlier = np.arange(6, 20), np.r_[0:26, 30]
made = [(a[keep_known], b[keep_outlier]) for a, b in made]
cases.append(case("photographs in one class or both", *made, [known[k] for k in keep_known], [outlier[k] for k in keep_outlier]))

ranked = []
for name, blocks in (
    ("five blocks of four", rng.normal([0, 0.3, 0.5, 1], 0.4, (5, 4))),
    ("ties", rng.integers(0, 4, (8, 5)).astype(float)),
    ("full agreement", np.sort(rng.normal(0, 1, (6, 3)), axis=1)),
):
    result = stats.friedmanchisquare(*blocks.T)
    n, k = blocks.shape
    rest = n * (k - 1) - result.statistic
    f = (n - 1) * result.statistic / rest if rest > 1e-9 else None
    ranks = np.array([stats.rankdata(-row) for row in blocks]).mean(axis=0)
    q = stats.studentized_range.ppf(0.95, k, math.inf) / math.sqrt(2)
    ranked.append({
        "name": name, "blocks": blocks.tolist(), "ranks": ranks.tolist(), "statistic": result.statistic, "p": result.pvalue,
        "f": f, "fP": None if f is None else stats.f.sf(f, k - 1, (k - 1) * (n - 1)),
        "criticalDifference": q * math.sqrt(k * (k + 1) / (6 * n)),
    })


def holm(ps):
    order = np.argsort(ps, kind="stable")
    steps = [(len(ps) - nth) * ps[at] for nth, at in enumerate(order)]
    adjusted = np.empty(len(ps))
    for nth, at in enumerate(order):
        adjusted[at] = min(1.0, max(steps[: nth + 1]))
    return adjusted.tolist()


adjusted = [{"ps": ps, "adjusted": holm(ps)} for ps in ([0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.9], [2e-9], [0.02, 0.02, 0.02])]
out = Path("test/metrics/statistics.json")
body = ",\n".join(f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]" for name, rows in (("cases", cases), ("ranked", ranked), ("adjusted", adjusted)))
out.write_text("{\n" + body + "\n}\n")
print(out, out.stat().st_size)

#!/usr/bin/env python3
"""Writes test/selective/golden.json: AURC, E-AURC, AUGRC and OSCR of small mixtures, by NumPy and scikit-learn.

Needs numpy and scikit-learn (made with 1.2.1). Run from the project's root:

    python3 scripts/golden/selective.py

AURC is the mean of the risks at every coverage; of rows of one score, over all orders of theirs, which small cases try one by
one. AUGRC is Traub's closed form with scikit-learn's ROC-AUC of failures. OSCR counts pairs. Nothing follows a curve.
"""
import itertools
import json
import math
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(20261127)


def risks(failures):
    return np.cumsum(failures) / np.arange(1, len(failures) + 1)


def aurc(scores, failures):
    """A failure among tied rows is spread evenly over them: risks are linear in failures, so that is the mean over orders."""
    order = np.argsort(scores, kind="stable")
    spread = np.empty(len(scores))
    for score in np.unique(scores):
        tied = scores[order] == score
        spread[tied] = failures[order][tied].mean()
    return risks(spread).mean()


def aurc_over_orders(scores, failures):
    groups = [np.flatnonzero(scores == score) for score in np.unique(scores)]
    orders = [list(itertools.permutations(group)) for group in groups]
    found = [risks(failures[list(itertools.chain(*order))]).mean() for order in itertools.product(*orders)]
    return float(np.mean(found))


def augrc(scores, failures):
    rate = failures.mean()
    auroc = roc_auc_score(failures, scores) if 0 < rate < 1 else 0.5
    return (1 - auroc) * rate * (1 - rate) + rate**2 / 2


def oscr(scores, right, outliers):
    pairs = (scores[:, None] < outliers) + 0.5 * (scores[:, None] == outliers)
    return (pairs * right[:, None]).mean()


def figures(in_domain, outlier, predicted, labels):
    known = labels >= 0
    if not known.any():
        return None
    scores, wrong = in_domain[known], (predicted[known] != labels[known]).astype(float)
    both = np.concatenate([scores, outlier]), np.concatenate([wrong, np.ones(len(outlier))])
    found = {}
    for what, (s, f) in {"wrong": (scores, wrong), "wrong-or-outlier": both}.items():
        area = aurc(s, f)
        orders = math.prod(math.factorial(n) for n in np.unique(s, return_counts=True)[1])
        if orders <= 1000:
            assert abs(area - aurc_over_orders(s, f)) < 1e-13
        found[f"aurc {what}"] = float(area)
        found[f"e-aurc {what}"] = float(area - risks(np.sort(f)).mean())
        found[f"augrc {what}"] = float(augrc(s, f))
    found["oscr wrong"] = float(oscr(scores, 1 - wrong, outlier))
    return found


def case(name, in_domain, outlier, is_right, unknown=(), resamples=3):
    in_domain, outlier = np.asarray(in_domain, float), np.asarray(outlier, float)
    labels = rng.integers(0, 5, len(in_domain))
    predicted = np.where(is_right, labels, (labels + 1 + rng.integers(0, 4, len(labels))) % 5)
    labels[list(unknown)] = -1
    drawn = []
    rows = len(in_domain) + len(outlier)
    while len(drawn) < resamples:
        r = rng.integers(0, rows, rows)
        inside, outside = r[r < len(in_domain)], r[r >= len(in_domain)] - len(in_domain)
        if len(inside) == 0 or len(outside) == 0:
            continue
        found = figures(in_domain[inside], outlier[outside], predicted[inside], labels[inside])
        drawn.append({"rows": r.tolist(), "figures": found})
    return {
        "name": name,
        **{"inDomain": in_domain.tolist(), "outlier": outlier.tolist()},
        **{"predicted": predicted.tolist(), "labels": labels.tolist()},
        "figures": figures(in_domain, outlier, predicted, labels),
        "resamples": drawn,
    }


def scored(rows, outliers, decimals, shift=1.0):
    """Wrong predictions score higher than right ones, as they should."""
    is_right = rng.random(rows) < 0.8
    inside = rng.normal(0, 1, rows) + np.where(is_right, 0, 1)
    return inside.round(decimals), rng.normal(shift, 1, outliers).round(decimals), is_right


a, b = np.arange(6.0), np.arange(4.0) + 3.5
cases = [
    case("distinct scores", *scored(90, 60, 12)),
    case("scores rounded to one decimal", *scored(90, 60, 1)),
    case("a handful of scores", *scored(60, 40, 0)),
    case("many more outliers", *scored(20, 150, 1)),
    case("some images without a label", *scored(60, 30, 1), unknown=range(0, 60, 4)),
    case("failures are the most suspicious", a, b, [1, 1, 1, 1, 0, 0]),
    case("failures are the least suspicious: a score with the wrong sign", a, b, [0, 0, 1, 1, 1, 1]),
    case("outliers are the least suspicious", a + 10, b, [1, 1, 1, 1, 0, 0]),
    case("every prediction right", a, b, [1] * 6),
    case("every prediction wrong", a, b, [0] * 6),
    case("one score for all", np.ones(5), np.ones(3), [1, 0, 1, 1, 0]),
    case("a failure tied with right ones and an outlier", [0, 1, 1, 1, 2], [1, 2, 3], [1, 1, 0, 1, 0]),
    case("one image a class", [0.0], [1.0], [1]),
    case("one image a class, wrong and accepted last", [1.0], [0.0], [0]),
]
best, worst = (next(c for c in cases if c["name"].startswith(name))["figures"] for name in ("failures are the most", "failures are the least"))
assert best["e-aurc wrong"] == 0 and worst["aurc wrong"] > 2 * best["aurc wrong"] and worst["augrc wrong"] > best["augrc wrong"]

golden = {"made": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": cases}
target = Path(__file__).resolve().parents[2] / "test" / "selective" / "golden.json"
target.write_text(json.dumps(golden) + "\n")
print(f"{len(cases)} cases, {target.stat().st_size} bytes")

#!/usr/bin/env python3
"""Thresholds with their intervals, and rates with Wilson's, by exact fractions and SciPy.

    python3 scripts/golden/thresholds.py > test/thresholds/golden.json

The rank is computed in exact fractions of the decimals that were written, the interval of the quantile from SciPy's quantiles of
the binomial distribution, and rates by scipy.stats.binomtest.
"""
import json
from fractions import Fraction

import numpy as np
from scipy import stats


def threshold(scores, alpha):
    ascending = np.sort(scores)
    n = len(ascending)
    exact = (n + 1) * (1 - Fraction(alpha))
    rank = -(-exact.numerator // exact.denominator)
    if rank > n:
        value = None
    else:
        chosen = ascending[rank - 1]
        larger = ascending[ascending > chosen]
        value = float(chosen if len(larger) == 0 else chosen + (larger[0] - chosen) / 2)
    q = float(1 - Fraction(alpha))
    low = int(stats.binom.ppf(0.025, n, q))
    high = int(stats.binom.ppf(0.975, n, q)) + 1
    return {
        "rank": rank,
        "value": value,
        "low": None if low < 1 else float(ascending[low - 1]),
        "high": None if high > n else float(ascending[high - 1]),
    }


random = np.random.default_rng(7)
cases = []
for n, alpha in [
    (1, "0.05"), (1, "0.5"), (3, "0.25"), (18, "0.05"), (19, "0.05"), (20, "0.05"), (39, "0.05"), (59, "0.05"), (99, "0.01"),
    (100, "0.1"), (199, "0.3"), (600, "0.05"), (999, "0.001"), (999, "0.05"), (3000, "0.05"), (3000, "0.9"), (50000, "0.05"),
    # A whole number of which products of doubles miss the last bit.
    (124, "0.176"),
]:
    # Many ties, as where scores saturate, and none.
    # Those of large sets are not written down: squares, each thrice.
    large = [(np.arange(n) // 3).astype(float) ** 2 / 7]
    for scores in large if n > 1000 else (random.normal(size=n), np.round(random.normal(size=n), 1)):
        written = None if n > 1000 else scores.tolist()
        cases.append({"n": n, "alpha": alpha, "scores": written, **threshold(scores, alpha)})

rates = []
for count, n in [(0, 1), (1, 1), (0, 30), (30, 30), (1, 30), (29, 30), (5, 100), (2350, 47000), (46999, 47000), (123, 1400)]:
    found = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    rates.append({"count": count, "n": n, "low": float(found.low), "high": float(found.high)})

binomial = []
for n, p in [(1, 0.5), (10, 0.95), (600, 0.95), (3000, 0.05), (50000, 0.95), (50000, 0.001)]:
    for k in sorted({0, n // 2, int(n * p), min(n, int(n * p) + int((n * p * (1 - p)) ** 0.5) + 1), n}):
        binomial.append({"n": n, "p": p, "k": k, "cumulative": float(stats.binom.cdf(k, n, p))})

print(json.dumps({"thresholds": cases, "rates": rates, "binomial": binomial}))

#!/usr/bin/env python3
"""Writes test/distributions/golden.json: tails and quantiles by SciPy.

Needs numpy and scipy (made with 1.10.1). Run from the project's root:

    /usr/bin/python3 scripts/golden/distributions.py
"""
import json
import math
from pathlib import Path

import numpy as np
from scipy.stats import chi2, f, norm, studentized_range

# 1.10.1 finds erfc of the complement in some tails; where a tail is asked for, so is `sf`.
golden = {
    "normalAbove": [[z, norm.sf(z)] for z in (-40.0, -8.5, -3.0, -1.0, -1e-9, 0.0, 1e-9, 0.3, 1.0, 1.7, 1.8, 2.5, 5.0, 9.0, 20.0, 37.0)],
    "normalQuantile": [[p, norm.ppf(p)] for p in (1e-300, 1e-20, 1e-10, 5e-4, 0.025, 0.2, 0.499999, 0.5, 0.6, 0.975, 0.9995, 1 - 1e-12)],
    "chiSquareAbove": [[x, k, chi2.sf(x, k)] for k in (1, 2, 3, 4, 7, 19, 60) for x in (0.0, 1e-6, 0.1, 1.0, 3.0, 8.0, 25.0, 80.0, 300.0)],
    "fAbove": [[x, a, b, f.sf(x, a, b)] for a, b in ((1, 1), (1, 4), (2, 8), (3, 12), (4, 16), (9, 36), (19, 304)) for x in (0.0, 1e-4, 0.3, 1.0, 2.5, 7.0, 40.0)],
    "studentizedRangeQuantile": [[p, k, studentized_range.ppf(p, k, math.inf)] for k in (2, 3, 5, 10, 20) for p in (0.5, 0.9, 0.95, 0.99)],
    "studentizedRangeBelow": [[q, k, studentized_range.cdf(q, k, math.inf)] for k in (2, 3, 7, 20) for q in (0.1, 1.0, 2.343, 3.5, 6.0)],
}
out = Path("test/distributions/golden.json")
out.parent.mkdir(parents=True, exist_ok=True)
text = json.dumps({name: [[float(x) for x in row] for row in rows] for name, rows in golden.items()})
out.write_text(text.replace("]], ", "]],\n ") + "\n")
print(out, np.__version__)

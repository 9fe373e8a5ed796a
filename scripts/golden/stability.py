#!/usr/bin/env python3
"""Writes test/analyses/stability.json: scores of one detector at six cells for four outlier sets, and which cells are best
for each set, on average over the others, and on average over all.

ROC-AUCs are scikit-learn's. Means are compared as exact fractions of counted pairs, so that what ties is known and not
rounded. In the case "turned" three sets of equal size take turns in having the same three lists of scores at three cells:
their means tie exactly, but not when they are added up as doubles in the order of the sets. Needs numpy and scikit-learn
(made with 1.2.1). Run from the project's root:

    /usr/bin/python3 scripts/golden/stability.py
"""
import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(20261127)
# In the order in which ties are broken: smallest epsilon, then smallest temperature.
CELLS = list(itertools.product([0.0, 0.001, 0.002], [1.0, 10.0]))


def exact(in_domain, outlier):
    twice = sum(2 * (o > i) + (o == i) for o in outlier for i in in_domain)
    return Fraction(int(twice), 2 * len(in_domain) * len(outlier))


def best(surfaces):
    means = [sum(cell) / len(cell) for cell in zip(*surfaces)]
    place = means.index(max(means))
    return place, float(means[place])


def case(name, in_domain, sets):
    """sets: name -> scores by cell"""
    surfaces = {
        one: [exact(in_domain[c], scores[c]) for c in range(len(CELLS))] for one, scores in sets.items()
    }
    for one, scores in sets.items():
        for c in range(len(CELLS)):
            labels = np.r_[np.zeros(len(in_domain[c])), np.ones(len(scores[c]))]
            assert abs(roc_auc_score(labels, np.r_[in_domain[c], scores[c]]) - float(surfaces[one][c])) < 1e-12
    expected = []
    for one in sets:
        own, _ = best([surfaces[one]])
        top = surfaces[one][own]
        choices = {
            "own-set": [surfaces[one]],
            "other-sets": [surfaces[other] for other in sets if other != one],
            "all-sets": list(surfaces.values()),
        }
        for choice, averaged in choices.items():
            place, mean = best(averaged)
            expected.append(
                {
                    "outlier": one,
                    "choice": choice,
                    "epsilon": CELLS[place][0],
                    "temperature": CELLS[place][1],
                    "pools": len(averaged),
                    "meanAuroc": mean,
                    "validationAuroc": float(surfaces[one][place]),
                    "lost": float(top - surfaces[one][place]),
                }
            )
    return {
        "name": name,
        "inDomain": [list(scores) for scores in in_domain],
        "sets": [{"name": one, "scores": [list(s) for s in scores]} for one, scores in sets.items()],
        "surfaces": {one: [float(value) for value in surface] for one, surface in surfaces.items()},
        "expected": expected,
    }


def scores(size, mean):
    # With one decimal many images tie.
    return rng.normal(mean, 1.0, size).round(1).tolist()


def usual():
    in_domain = [scores(40, 0.0) for _ in CELLS]
    sizes = {"O": 24, "R": 31, "A": 17, "C": 40}
    return case("usual", in_domain, {name: [scores(size, 0.7) for _ in CELLS] for name, size in sizes.items()})


def turned():
    in_domain = [scores(31, 0.0)] * len(CELLS)
    while True:
        lists = [scores(17, mean) for mean in (0.6, 0.9, 1.2)]
        poor = scores(17, -1.0)
        values = [float(exact(in_domain[0], one)) for one in lists]
        first, second, third = ((values[i] + values[j]) + values[k] for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)))
        # Rounded, the second of the tied cells would win.
        if second > first:
            break
    order = {"O": (0, 1, 2), "R": (1, 2, 0), "A": (2, 0, 1)}
    # Cells 1, 3 and 4 tie on average over all three sets.
    sets = {
        name: [poor, lists[turn[0]], poor, lists[turn[1]], lists[turn[2]], poor] for name, turn in order.items()
    }
    return case("turned", in_domain, sets)


golden = {
    "made": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "cells": [{"epsilon": e, "temperature": t} for e, t in CELLS],
    "cases": [usual(), turned()],
}
Path("test/analyses/stability.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")

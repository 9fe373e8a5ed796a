"""Detectors of logits by their definitions, in decimal arithmetic of 80 digits: writes test/detectors/logits.json.

    /usr/bin/python3 scripts/golden/logit_detectors.py test/detectors/logits.json
"""
import json
import random
import sys
from decimal import Decimal, getcontext

from decimal_softmax import single, softmax

getcontext().prec = 80


def detectors(logits):
    p, total = softmax(logits)
    first, second = sorted(logits, reverse=True)[:2]
    probable = sorted(p, reverse=True)[:100]
    return {
        "Energy": -total.ln(),
        "Entropy": -sum(q * q.ln() for q in p),
        "Margin": Decimal(second) - Decimal(first),
        "GEN": sum((q * (1 - q)) ** Decimal("0.1") for q in probable),
        # The odds against the predicted class, at T = 1.
        "TempScale": (sum(sorted(p)[:-1]) / max(p)).ln(),
        # KL(u || p) = sum of u log(u / p), larger in-domain.
        "KL": -sum((1 / (q * len(p))).ln() for q in p) / len(p),
    }


random.seed(1)
draw = lambda classes, scale: [single(random.gauss(0, scale)) for _ in range(classes)]
rows = [draw(2, 1), draw(10, 1), draw(10, 5), draw(120, 3), draw(1000, 2)]
rows += [[single(h + 150 * (c == 3)) for c, h in enumerate(draw(10, 1))]]
rows += [[single(h - 150 * (c % 2)) for c, h in enumerate(draw(6, 0.5))]]
rows += [[1.0, 1.0, 1.0], [40.0, 40.0, -3.0], [single(-500.25), single(-400.5)]]
written = [{"logits": row, "scores": {k: float(v) for k, v in detectors(row).items()}} for row in rows]
with open(sys.argv[1], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(one) for one in written) + "\n]\n")

"""The reducer's peer: a loop that computes the same metrics of every resample with scikit-learn.

    python3 scripts/bench/reducer_peer.py ROWS DETECTORS RESAMPLES

Prints one line of JSON. Exits 3 where numpy or scikit-learn is missing.
"""
import json
import sys
import time

try:
    import numpy as np
    import sklearn
    from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)


def evaluate(labels, scores):
    fpr, tpr, _ = roc_curve(labels, scores)
    precision_out, recall_out, _ = precision_recall_curve(labels, scores)
    precision_in, recall_in, _ = precision_recall_curve(1 - labels, -scores)
    return (
        roc_auc_score(labels, scores),
        fpr[np.argmax(tpr >= 0.95)],
        auc(recall_out, precision_out),
        auc(recall_in, precision_in),
    )


def main(rows, detectors, resamples):
    rng = np.random.default_rng(0)
    half = rows // 2
    labels = np.concatenate([np.zeros(half, int), np.ones(rows - half, int)])
    scores = [rng.normal(size=rows) + labels for _ in range(detectors)]
    seconds = []
    for _ in range(resamples):
        start = time.perf_counter()
        drawn = rng.integers(0, rows, rows)
        for column in scores:
            evaluate(labels[drawn], column[drawn])
        seconds.append(time.perf_counter() - start)
    median = float(np.median(seconds))
    print(json.dumps({"secondsPerResample": median, "scikitLearn": sklearn.__version__}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))

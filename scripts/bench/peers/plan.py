"""What is measured, in the order of importance, and how much of the time each step gets."""
import time

from .measure import OutOfTime

MOST_SECONDS = 2.0
# hooks has two figures: the scoring pass alone, and the whole score.
EXPANDED = {"hooks": ("hooks-scoring", "hooks")}
# What profits from the order of channels that tensor cores like, and is not made slower by it.
LAYOUT_MODES = ("plain", "perturbation", "hooks-scoring", "hooks")


def plan_of(networks, modes, precisions, batches, layouts):
    """Steps in order: the rates of the device, then network by network, precision by precision, batch by batch.

    image-by-image has one step, of batch 1, for each network, and none in fp16; layouts other than the first are only
    for modes that hold a batch in them.
    """
    steps = []
    if "floor" in modes:
        steps += [{"mode": "floor", "what": "matmul", "precision": precision} for precision in precisions]
        steps.append({"mode": "floor", "what": "copy"})
    timed = [one for mode in modes if mode != "floor" for one in EXPANDED.get(mode, (mode,))]
    for network in networks:
        for precision in precisions:
            for number, batch in enumerate(batches):
                for mode in timed:
                    alone = mode == "image-by-image"
                    if alone and (number > 0 or precision == "fp16"):
                        continue
                    for layout in layouts if mode in LAYOUT_MODES else layouts[:1]:
                        steps.append({
                            "network": network, "mode": mode, "precision": precision, "layout": layout,
                            "batch": 1 if alone else batch,
                        })
    return steps


class Clock:
    """Divides what is left of the time fairly among the steps that are left."""

    def __init__(self, seconds, steps):
        self.end, self.steps, self.warmed = time.perf_counter() + seconds, steps, {}

    def left(self):
        return self.end - time.perf_counter()

    def share(self, step):
        """Seconds for the next step. Raises OutOfTime where nothing is left, or less than its warm-up will take."""
        left, steps = self.left(), self.steps
        self.steps -= 1
        if left <= self.warmed.get(kind_of(step), 0) * step.get("batch", 1):
            raise OutOfTime
        return min(MOST_SECONDS, left / steps)

    def learn(self, step, fields):
        """Libraries that try algorithms take long in a warm-up, and longer the larger the batch is."""
        if "warm_up_seconds" in fields:
            self.warmed[kind_of(step)] = fields["warm_up_seconds"] / step["batch"]


def kind_of(step):
    """What steps share that differ in their batch only."""
    return tuple(value for name, value in step.items() if name != "batch")

import test from 'ava';
import type { ThresholdRow } from '../../pipeline/analyses/threshold-rows.js';
import { requireSinglePrecision } from '../../pipeline/deployment/single-precision.js';
import { detectorNamed } from '../../stages/detectors/index.js';

/** Whether a file can hold a detector with δ and the order statistics around it. */
function requireHeld(name: string, threshold: number, low: number, high: number): void {
  const row = { outlier: 'O', threshold, thresholdLow: low, thresholdHigh: high } as ThresholdRow;
  requireSinglePrecision(detectorNamed(name), row, 'results/run');
}

test('thresholds that single precision holds pass, those of entropies near 0 by their logarithm', (t) => {
  t.notThrows(() => requireHeld('MSP', -3, -4, Number.POSITIVE_INFINITY));
  t.notThrows(() => requireHeld('Entropy', 1.02e-116, 1e-118, 1e-110));
  t.notThrows(() => requireHeld('Entropy', 0, 0, 0));
  // Scores that are all equal are told apart from none.
  t.notThrows(() => requireHeld('ML', -3, -3, -3));
});

test('what single precision would judge otherwise is refused in one line that says what does not', (t) => {
  for (const [name, threshold, low, high] of [
    ['KL', -1e-40, -2e-40, -0.5e-40],
    ['ML', -1e39, -2e39, -1e38],
    // At a very large temperature the log-odds hardly differ.
    ['ODIN', 6.9067, 6.9067 - 1e-6, 6.9067 + 1e-6],
    ['Entropy', Math.log(10) - 1e-9, Math.log(10) - 2e-9, Math.log(10)],
  ] as const) {
    const { message } = t.throws(() => requireHeld(name, threshold, low, high));
    t.regex(message, /^results\/run: the threshold of \w+ for O, .*single precision; judge images .*judge\(/);
    t.notRegex(message, /\n/);
  }
});

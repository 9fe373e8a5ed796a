import test from 'ava';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import type { MetricRow } from '../../pipeline/reduction/result-rows.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import { compareValidation } from '../../scripts/compare-runs/choices.js';
import { failuresOf, usualTolerances } from '../../scripts/compare-runs/compare.js';
import { scoreDifference } from '../../scripts/compare-runs/score-differences.js';
import type { SplitPair } from '../../scripts/compare-runs/split-pair.js';
import { compareTest, differenceOf, readsOtherwise } from '../../scripts/compare-runs/test-rows.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

const cells = [1, 10].map((temperature) => ({ epsilon: 0, temperature }));

/** A split with given log-odds by temperature. */
function split(
  set: string,
  byTemperature: Readonly<Record<number, readonly number[]>>,
  predicted = 0,
): SplitScores {
  const size = byTemperature[1]?.length ?? 0;
  return {
    set,
    size,
    labels: new Int32Array(size).fill(-1),
    idAt: String,
    baseAt: String,
    failed: 0,
    at: ({ temperature }) => {
      const logOdds = Float64Array.from(byTemperature[temperature] ?? []);
      return {
        predicted: new Int32Array(size).fill(predicted),
        maxLogit: logOdds,
        logOdds,
        logSG: logOdds.map((value) => -value),
      };
    },
  };
}

function pair(set: string, reference: SplitScores, other: SplitScores, wave: 1 | 2 = 1): SplitPair {
  return {
    model: 'net',
    set,
    wave,
    passes: { cells, forwardCells: [], forwardTemperatures: [] },
    ofLogits: [],
    reference,
    other,
  };
}

test('scores are compared image by image, and where classes differ the surest of them is told', (t) => {
  const a = split('clean', { 1: [1, 2, 3], 10: [1, 2, 3] });
  const b = split('clean', { 1: [1, 2, 3.5], 10: [1, 2.25, 3] }, 1);
  const found = scoreDifference(pair('clean', a, b));
  t.is(found.cells, 2);
  t.deepEqual(found.logOdds, { median: 0, largest: 0.5 });
  t.is(found.otherClasses, 6);
  t.is(found.surestOther, 3.5);
  t.is(scoreDifference(pair('clean', a, a)).surestOther, null);
});

test("where another cell was chosen, the reference's own ROC-AUC at both cells is told", (t) => {
  const clean = split('clean', { 1: [5, 6], 10: [5, 6] });
  // At T = 10 one outlier of two is surer than both in-domain images.
  const odd = split('odd', { 1: [1, 2], 10: [1, 7] });
  const better = split('odd', { 1: [1, 7], 10: [1, 2] });
  const row = (temperature: number, validationAuroc: number): SelectionRow => ({
    model: 'net',
    outlier: 'odd',
    detector: 'SG',
    ablation: 'only-temperature',
    epsilon: 0,
    temperature,
    validationAuroc,
  });
  const { choices, differences } = compareValidation(pair('clean', clean, clean), pair('odd', odd, better), {
    detectors: ['SG'],
    grid: { epsilon: [0], temperature: [1, 10] },
    reference: [row(1, 1)],
    other: [row(10, 1)],
  });
  t.is(choices.length, 1);
  t.like(choices[0], {
    reference: { epsilon: 0, temperature: 1 },
    other: { epsilon: 0, temperature: 10 },
    referenceAuroc: 1,
    aurocAtOther: 0.5,
  });
  t.deepEqual(
    differences.map(({ largest, at }) => [largest, at.temperature]),
    [[0.5, 1]],
  );
});

test("the tables are compared at the reference's cells, and rows that the other run lacks are told apart", (t) => {
  const clean = split('clean', { 1: [5, 6, 7, 8], 10: [5, 6, 7, 8] });
  const odd = split('odd', { 1: [1, 2], 10: [1, 2] });
  const surer = split('odd', { 1: [1, 5.5], 10: [1, 5.5] });
  const row = (temperature: number): MetricRow => ({
    model: 'net',
    outlier: 'odd',
    detector: 'SG',
    ablation: 'full',
    epsilon: 0,
    temperature,
    metric: 'auroc',
    value: 1,
    mean: 1,
    deviation: 0.25,
    low: 1,
    high: 1,
    inDomainImages: 4,
    outlierImages: 2,
    photographs: 6,
    ...noAurocIntervals,
  });
  const rows = compareTest(pair('clean', clean, clean, 2), pair('odd', odd, surer, 2), [row(1), row(100)]);
  t.deepEqual(
    rows.map(({ other }) => other),
    [0.875, null],
  );
  t.deepEqual(rows.map(differenceOf), [0.125, null]);
  t.deepEqual(rows.map(readsOtherwise), [true, false]);
});

test('a choice fails from a loss of a thousandth on, and a row from beyond the tolerance on', (t) => {
  const choice = (aurocAtOther: number, temperature = 10) => ({
    model: 'net',
    outlier: 'odd',
    detector: 'G',
    ablation: 'full' as const,
    reference: { epsilon: 0, temperature: 1 },
    other: { epsilon: 0, temperature },
    referenceAuroc: 0.75,
    aurocAtOther,
  });
  const row = (other: number | null, metric: 'auroc' | 'fpr95' = 'auroc') => ({
    ...{ model: 'net', outlier: 'odd', detector: 'G', ablation: 'full' as const, epsilon: 0, temperature: 1 },
    metric,
    reference: 0.5,
    deviation: 0.01,
    other,
  });
  const fine = [choice(0.7495), choice(0.5, 1)];
  t.deepEqual(failuresOf(fine, [row(0.5005), row(null), row(0.75, 'fpr95')], usualTolerances), []);
  const found = failuresOf([...fine, choice(0.748)], [row(0.502), row(Number.NaN)], usualTolerances);
  t.is(found.length, 3);
  t.regex(found[0]!, /^G \(full\) of net on odd: the other run chose a cell .* is 2\.0e-3 lower$/);
  t.regex(found[1]!, /ROC-AUC on test images differs by 2\.0e-3 at the reference's cell$/);
  t.regex(found[2]!, /differs by NaN/);
});

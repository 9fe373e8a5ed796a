import test from 'ava';
import { reduceAccuracy, reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import { select } from '../../pipeline/selection/select.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import { detectorNamed, usualDetectors } from '../../stages/detectors/index.js';
import { evaluate } from '../../stages/metrics/curve.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

/** Repeatable values without meaning in [−1, 1]. */
const noise = (seed: number, image: number) => Math.sin(seed * 127.1 + image * 311.7);

function split(set: string, size: number, shift: number): SplitScores {
  const column = (seed: number, cell: Cell) =>
    Float64Array.from(
      { length: size },
      (_, image) =>
        2 * noise(seed + 10 * cell.temperature + 1e4 * cell.epsilon, image + 1000 * shift) + shift,
    );
  return {
    set,
    size,
    labels: Int32Array.from({ length: size }, (_, image) => image % 3),
    idAt: String,
    baseAt: (image) => `${set} ${image}`,
    failed: 2,
    at: (cell) => ({
      predicted: Int32Array.from({ length: size }, (_, image) => (image % 4 === 0 ? 1 : image % 3)),
      maxLogit: column(1, cell).map((x) => -x),
      logOdds: column(2, cell).map((x) => -x),
      logSG: column(3, cell),
    }),
  };
}

const grid = { epsilon: [0, 0.001], temperature: [1, 10] };
const inDomain = split('clean', 60, 0);
const outlier = split('O', 40, 0.5);
const detectors = usualDetectors.map(detectorNamed);
const selection = select({ model: 'm', inDomain, outliers: [outlier], detectors, grid });
const input = {
  model: 'm',
  inDomain,
  outlier,
  selection,
  seed: 3,
  resamplings: { deviation: 20, interval: 50 },
  resampler: resampleHere,
};

test('each selected detector and ablation gets every metric at its cell, in the selection’s order', async (t) => {
  const rows = await reducePair(input);
  t.deepEqual(
    rows.map((row) => [row.detector, row.ablation, cellKey(row), row.metric]),
    selection.flatMap((row) =>
      metricNames.map((metric) => [row.detector, row.ablation, cellKey(row), metric]),
    ),
  );
  for (const row of rows) {
    t.is(row.inDomainImages, 60);
    t.is(row.outlierImages, 40);
    t.true(row.low <= row.mean && row.mean <= row.high);
    t.true(row.deviation > 0);
  }
});

test('a metric’s value is that of the test scores as they are', async (t) => {
  const rows = await reducePair(input);
  const sg = rows.find((row) => row.detector === 'SG' && row.ablation === 'full' && row.metric === 'fpr95');
  const at = (scores: SplitScores) =>
    scores.at({ epsilon: sg!.epsilon, temperature: sg!.temperature }).logSG!;
  t.is(sg!.value, evaluate(rank(at(inDomain), at(outlier), 'SG')).fpr95);
});

test('ablations that chose the same cell get the same numbers', async (t) => {
  const [vanilla] = selection.filter((row) => row.detector === 'G' && row.ablation === 'vanilla');
  const same = [vanilla!, { ...vanilla!, ablation: 'full' as const }];
  const rows = await reducePair({ ...input, selection: same });
  t.deepEqual(
    rows.slice(metricNames.length),
    rows.slice(0, metricNames.length).map((row) => ({ ...row, ablation: 'full' })),
  );
});

test('a detector’s numbers do not depend on which others are reduced beside it', async (t) => {
  const all = (await reducePair(input)).filter((row) => row.detector === 'ODIN');
  const alone = await reducePair({ ...input, selection: selection.filter((row) => row.detector === 'ODIN') });
  t.deepEqual(alone, all);
});

test('another seed draws other resamples, and leaves the values as they are', async (t) => {
  const rows = await reducePair(input);
  const reseeded = await reducePair({ ...input, seed: 4 });
  t.deepEqual(
    reseeded.map((row) => row.value),
    rows.map((row) => row.value),
  );
  t.notDeepEqual(
    reseeded.map((row) => row.mean),
    rows.map((row) => row.mean),
  );
});

test('a pair without selection or without usable images is an error that says so', async (t) => {
  await t.throwsAsync(() => reducePair({ ...input, model: 'other' }), {
    message: /no cell is chosen for model "other" and outlier set "O"/,
  });
  await t.throwsAsync(() => reducePair({ ...input, outlier: { ...outlier, size: 0 } }), {
    message: /no test image of "O" could be scored by m \(2 failed\)/,
  });
});

test('a score that is not finite is an error that names detector, model, cell and set', async (t) => {
  const broken: SplitScores = {
    ...outlier,
    at: (cell) => ({ ...outlier.at(cell), maxLogit: new Float64Array(40).fill(NaN) }),
  };
  await t.throwsAsync(() => reducePair({ ...input, outlier: broken }), {
    message: /^ML of m at ε=0, T=1 on O: the score of outlier image 0 .* is NaN/,
  });
});

test('accuracy counts labelled images only', (t) => {
  const labels = Int32Array.of(0, 1, 2, -1, -1);
  const scored = {
    ...split('A', 5, 0),
    labels,
    at: () => ({
      ...split('A', 5, 0).at({ epsilon: 0, temperature: 1 }),
      predicted: Int32Array.of(0, 1, 1, 1, -1),
    }),
  };
  t.deepEqual(reduceAccuracy({ model: 'm', role: 'outlier', validation: inDomain, test: scored }), {
    model: 'm',
    set: 'A',
    role: 'outlier',
    accuracy: 2 / 3,
    labelled: 3,
    images: 5,
    failed: 2,
    accuracyAmongOwn: null,
    ownClasses: null,
    validationFailed: 2,
  });
});

test('a set without labels has no accuracy, nor has one without usable images', (t) => {
  const unlabelled = { ...split('O', 5, 0), labels: new Int32Array(5).fill(-1) };
  const row = (scored: SplitScores) =>
    reduceAccuracy({ model: 'm', role: 'outlier', validation: inDomain, test: scored });
  t.is(row(unlabelled).accuracy, null);
  const nothing: SplitScores = {
    ...split('O', 0, 0),
    at: () => {
      throw new Error('not computed');
    },
  };
  t.is(row(nothing).accuracy, null);
});

import test from 'ava';
import type { AnalysisInput, WholeAnalysis } from '../../pipeline/analyses/analysis.js';
import { calibration } from '../../pipeline/analyses/calibration.js';
import { comparisons } from '../../pipeline/analyses/comparisons.js';
import { extremeImages } from '../../pipeline/analyses/extreme-images.js';
import { groupMeans } from '../../pipeline/analyses/group-means.js';
import { hardExamples } from '../../pipeline/analyses/hard-examples.js';
import { ranks } from '../../pipeline/analyses/ranks.js';
import { rocCurves } from '../../pipeline/analyses/roc-curves.js';
import { scoreHistograms } from '../../pipeline/analyses/score-histograms.js';
import { selective } from '../../pipeline/analyses/selective.js';
import { thresholds } from '../../pipeline/analyses/thresholds.js';
import { photographDrawer, photographKeys } from '../../stages/metrics/draw-photographs.js';
import { drawResample, streamKey } from '../../stages/metrics/draw-resample.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { naiveMetrics } from '../metrics/naive-curve.js';
import { quantileOf, repeatedMetrics } from '../metrics/naive-resamples.js';
import { drawn, type GivenSet, givenSplit, inputsOf } from './splits.js';

async function rowsOf<Row>(analysis: WholeAnalysis<Row>, all: readonly AnalysisInput[]) {
  const look = analysis.begin();
  for (const input of all) await look.add(input);
  return look.rows();
}

const isNear = (a: number | null | undefined, b: number): boolean => Math.abs((a ?? NaN) - b) < 1e-12;

test('a threshold is the k-th smallest validation score, however they lie, and test images are held against it', async (t) => {
  // 19 scores: of α = 0.05 the largest of them, of α = 0.25 the 15th, and midway to the 16th.
  const scattered = Array.from({ length: 19 }, (_, i) => ((i * 7) % 19) - 9);
  const inDomain = {
    validation: givenSplit('clean', { msp: scattered }),
    test: givenSplit('clean', { msp: [-20, 5, 6, 30] }),
  };
  const outlier = {
    validation: givenSplit('O', { msp: [0] }),
    test: givenSplit('O', { msp: [5.4, 5.6, 40, 41, 42] }),
  };
  const [, input] = inputsOf(inDomain, [outlier], { alpha: 0.25 }, ['MSP']);
  const [row, ...others] = await thresholds.reduce(input!);
  t.is(others.length, 0);
  t.is(row!.threshold, 5.5);
  t.deepEqual([row!.validationImages, row!.validationKept], [19, 15]);
  t.deepEqual([row!.inDomainImages, row!.inDomainRejected], [4, 2 / 4]);
  t.deepEqual([row!.outlierImages, row!.outlierRejected], [5, 4 / 5]);
});

test('p-values of a comparison are adjusted for how many there are', async (t) => {
  const [, input] = inputsOf(
    { test: givenSplit('clean', { msp: drawn(1, 60), ml: drawn(2, 60) }) },
    [{ test: givenSplit('O', { msp: drawn(3, 50, 1), ml: drawn(4, 50, 0.7) }) }],
    {},
    ['MSP', 'ML', 'SG'],
  );
  const rows = await comparisons.reduce(input!);
  // ML and SG are the same numbers here.
  t.deepEqual(
    rows.map(({ best, detector }) => [best, detector]),
    [
      ['MSP', 'ML'],
      ['MSP', 'SG'],
    ],
  );
  const p = rows[0]!.p!;
  t.true(p > 0.001 && p < 0.5);
  for (const row of rows) t.deepEqual([row.p, row.adjustedP], [p, 2 * p]);
});

/** Ranks by what share of twenty in-domain images lies below the one outlier. */
const above = (set: string, msp: number, ml: number, corruption?: string): GivenSet => ({
  test: givenSplit(set, { msp: [20 * msp - 0.5], ml: [20 * ml - 0.5] }),
  ...(corruption === undefined ? {} : { more: { corruption } }),
});

test('in ranks corruptions count alike, however many severities they have', async (t) => {
  const steps = Array.from({ length: 20 }, (_, i) => i);
  const plain = ['a', 'b', 'c', 'd'].map((name) => above(name, 0.9, 0.8));
  const corrupted = [
    above('fog 1', 0.65, 0.55, 'fog'),
    above('fog 2', 0.65, 0.55, 'fog'),
    above('snow 1', 0.5, 0.65, 'snow'),
  ];
  const rows = await rowsOf(
    ranks,
    inputsOf({ test: givenSplit('clean', { msp: steps }) }, [...plain, ...corrupted]),
  );
  // On fog by 0.1 behind, on snow by 0.15 ahead: ML is first in one block of five.
  t.deepEqual(
    rows.map(({ detector, averageRank, blocks }) => [detector, averageRank, blocks]),
    [
      ['MSP', 6 / 5, 5],
      ['ML', 9 / 5, 5],
    ],
  );
});

test('an interval of a mean is of its resamples, in each of which a photograph is drawn once for all sets', async (t) => {
  const bases = Array.from({ length: 30 }, (_, i) => `photograph ${i}`);
  const clean = drawn(1, 30);
  const sets = { a: drawn(2, 30, 0.3), b: drawn(3, 30, 0.8), c: drawn(4, 12, 0.1) };
  const splitOf = (name: string, msp: readonly number[]): SplitScores => givenSplit(name, { msp, bases });
  const inDomain = splitOf('clean', clean);
  const outliers = Object.entries(sets).map(([name, msp]) => ({ test: splitOf(name, msp) }));
  const groups = [{ name: 'all', sets: Object.keys(sets) }];
  const rows = await rowsOf(groupMeans, inputsOf({ test: inDomain }, outliers, { groups }, ['MSP']));
  const samples = outliers.map(({ test: outlier }) => {
    const draw = photographDrawer(photographKeys({ seed: 5, inDomain: 'clean' }, [inDomain, outlier]), 30);
    return repeatedMetrics(clean, sets[outlier.set as 'a'], 30, (resample) => draw(resample).counts.slice());
  });
  for (const metric of ['auroc', 'fpr95', 'detection-accuracy'] as const) {
    const row = rows.find((one) => one.metric === metric)!;
    const means = Array.from({ length: 30 }, (_, at) =>
      samples.reduce((sum, ofSet) => sum + ofSet[at]![metric] / 3, 0),
    );
    const value = Object.values(sets).reduce((sum, set) => sum + naiveMetrics(clean, set)[metric] / 3, 0);
    t.true(isNear(row.value, value), metric);
    t.true(isNear(row.low, quantileOf(means, 0.025)) && isNear(row.high, quantileOf(means, 0.975)), metric);
  }
});

test('a σ of selective prediction is of the first resamples, an interval of more', async (t) => {
  const [msp, out] = [drawn(1, 40), drawn(2, 20, 0.4)];
  const labels = msp.map((_, i) => (i % 5 === 0 ? -1 : 0));
  const predicted = msp.map((score, i) => (score > 0.3 || i % 7 === 0 ? 1 : 0));
  const [, input] = inputsOf(
    { test: givenSplit('clean', { msp, labels, predicted }) },
    [{ test: givenSplit('O', { msp: out }) }],
    {},
    ['MSP'],
  );
  const [aurc] = await selective.reduce(input!);
  t.deepEqual(
    [aurc!.metric, aurc!.labelled, aurc!.wrong],
    ['aurc', 32, labels.filter((label, i) => label === 0 && predicted[i] === 1).length],
  );
  const key = streamKey({ seed: 5, model: 'net', outlier: 'O' });
  const values = Array.from({ length: 30 }, (_, resample) => {
    const { counts } = drawResample(key, resample, 40, 20, new Uint16Array(60));
    const order = msp.map((score, row) => ({ score, row })).sort((a, b) => a.score - b.score);
    const failures = order.flatMap(({ row }) =>
      labels[row]! < 0 ? [] : Array<number>(counts[row]!).fill(predicted[row]!),
    );
    let [failed, risks] = [0, 0];
    for (const [at, failure] of failures.entries()) {
      failed += failure;
      risks += failed / (at + 1);
    }
    return risks / failures.length;
  });
  const first = values.slice(0, 8);
  const mean = first.reduce((sum, value) => sum + value, 0) / 8;
  const deviation = Math.sqrt(first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7);
  // Copies of a row tie, and are all right or all wrong: any order of them is as good.
  t.true(Math.abs(aurc!.deviation! - deviation) < 1e-9, `${aurc!.deviation} ${deviation}`);
  t.true(Math.abs(aurc!.low! - quantileOf(values, 0.025)) < 1e-9);
  t.true(Math.abs(aurc!.high! - quantileOf(values, 0.975)) < 1e-9);
});

test('the images at either end are those of the largest and the smallest scores, with their places in the manifest', async (t) => {
  // One image of the manifest could not be used: those behind it are others than their numbers say.
  const names = Array.from({ length: 30 }, (_, i) => `image ${i}`);
  const used = names.filter((name) => name !== 'image 3');
  const scores = used.map((_, i) => (i * 11) % 29);
  const opened = {
    rows: { rows: { idAt: (row: number) => names[row], placeAt: (row: number) => `place of ${names[row]}` } },
    split: { test: Int32Array.from(names.keys()) },
  };
  const split = givenSplit('O', { msp: scores, ids: used });
  const [, input] = inputsOf({ test: givenSplit('clean', { msp: [0] }) }, [{ test: split, opened }], {}, [
    'MSP',
  ]);
  const rows = await extremeImages.reduce(input!);
  const ordered = used.map((name, i) => ({ name, score: scores[i]! })).sort((a, b) => b.score - a.score);
  for (const [end, expected] of [
    ['most suspicious', ordered],
    ['least suspicious', ordered.toReversed()],
  ] as const)
    t.deepEqual(
      rows
        .filter((row) => row.end === end)
        .map(({ rank, image, path, score }) => ({ rank, image, path, score })),
      expected
        .slice(0, 12)
        .map(({ name, score }, i) => ({ rank: i + 1, image: name, path: `place of ${name}`, score })),
    );
});

test('hard examples are chosen by a window of validation images, whatever S is of test images', async (t) => {
  const splits = (msp: (i: number, side: number) => number) =>
    [0, 1].map((side) => {
      const s = Array.from({ length: 40 }, (_, i) => msp(i, side));
      return givenSplit(side === 0 ? 'clean' : 'O', { msp: s, ml: drawn(side, 40, side) });
    });
  // Of validation images S errs among the smallest, of test images among the largest.
  const [cleanValidation, validation] = splits((i, side) => (i < 20 ? i - side / 2 : i + side * 30));
  const [cleanTest, tested] = splits((i, side) => (i < 20 ? i + side * 15 : i - side / 2));
  const [, input] = inputsOf(
    { test: cleanTest!, validation: cleanValidation! },
    [{ test: tested!, validation: validation! }],
    {},
    ['MSP', 'G'],
  );
  const [row] = await hardExamples.reduce(input!);
  const within = (split: SplitScores) => {
    const { logOdds } = split.at({ epsilon: 0, temperature: 1 });
    return Array.from(logOdds).filter((value) => row!.lowLogOdds <= value && value <= row!.highLogOdds);
  };
  const counts = [cleanValidation!, validation!, cleanTest!, tested!].map((split) => within(split).length);
  t.deepEqual(
    [row!.validationInDomainImages, row!.validationOutlierImages, row!.inDomainImages, row!.outlierImages],
    counts,
  );
  const auroc = (known: SplitScores, unknown: SplitScores) => {
    const [inside, outside] = [within(known), within(unknown)];
    const wins = outside.map((o) => inside.reduce((sum, i) => sum + (o < i ? 1 : o === i ? 0.5 : 0), 0));
    return wins.reduce((sum, one) => sum + one, 0) / (inside.length * outside.length);
  };
  t.true(isNear(row!.validationAurocS, auroc(cleanValidation!, validation!)));
  t.true(row!.validationAurocS < 0.5);
  t.true(isNear(row!.aurocS, auroc(cleanTest!, tested!)));
});

test('accuracy and mean confidence are of labelled images, each counted once, in bins of two sizes too', async (t) => {
  // 20 labelled images of 25: five bins of two, ten of one.
  const labels = Array.from({ length: 25 }, (_, i) => (i % 5 === 4 ? -1 : 3));
  const predicted = Array.from({ length: 25 }, (_, i) => (i % 5 === 4 || i < 9 ? 0 : 3));
  const msp = Array.from({ length: 25 }, (_, i) => -i / 5);
  const split = givenSplit('clean', { msp, labels, predicted });
  const [input] = inputsOf({ test: split }, []);
  const [row] = await calibration.reduce(input!);
  const labelled = Array.from(labels.keys()).filter((i) => labels[i]! >= 0);
  const right = labelled.filter((i) => predicted[i] === labels[i]).length;
  const confidence = labelled.reduce((sum, i) => sum + 1 / (1 + Math.exp(msp[i]!)), 0) / 20;
  t.deepEqual([row!.images, row!.validationImages], [20, 20]);
  t.true(isNear(row!.accuracy, right / 20));
  t.true(isNear(row!.confidence, confidence));
});

test('a histogram and a curve tell images of either set apart', async (t) => {
  const [known, unknown] = [
    [0, 1, 1, 2],
    [1, 3, 4],
  ];
  const [, input] = inputsOf(
    { test: givenSplit('clean', { msp: known }) },
    [{ test: givenSplit('O', { msp: unknown }) }],
    {},
    ['MSP'],
  );
  const bins = await scoreHistograms.reduce(input!);
  t.deepEqual([bins.length, bins[0]!.low, bins.at(-1)!.high], [40, 0, 4]);
  const inBins = (scores: readonly number[]) =>
    bins.map(
      ({ low, high }) =>
        scores.filter((one) => (low <= one && one < high) || (one === 4 && high === 4)).length,
    );
  t.deepEqual(
    bins.map(({ inDomainImages }) => inDomainImages),
    inBins(known),
  );
  t.deepEqual(
    bins.map(({ outlierImages }) => outlierImages),
    inBins(unknown),
  );
  t.deepEqual(
    (await rocCurves.reduce(input!)).map(({ falsePositiveRate, truePositiveRate }) => [
      falsePositiveRate,
      truePositiveRate,
    ]),
    [
      [0, 0],
      [0, 1 / 3],
      [0, 2 / 3],
      [1 / 4, 2 / 3],
      [3 / 4, 1],
      [1, 1],
    ],
  );
});

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { score } from 'grodin';
import { type CalibrationRow, calibrationRows } from '../../pipeline/analyses/calibration-rows.js';
import { hardExampleRows } from '../../pipeline/analyses/hard-example-rows.js';
import { histogramRows } from '../../pipeline/analyses/histograms.js';
import { reliabilityRows } from '../../pipeline/analyses/reliability.js';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { selectionRows } from '../../pipeline/selection/selection-rows.js';
import { loadLogits } from '../../pipeline/store/load-logits.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import { summarizeLogits } from '../../stages/scoring/log-odds.js';
import type { RowType } from '../../workers/arrow/row-type.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

/** As many test images as there are bins: each has one, so that the calibration error is a mean over images. */
const images = 30;
const detectors = ['MSP', 'ODIN', 'G', 'S', 'TempScale'];
const outlierSets = ['noisy', 'bare'].map((name) => ({ name, manifest: `${name}.csv`, validation: 15 }));
let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
  await labelByNetwork();
  const noisy = await readFile(join(folder, 'noisy.csv'), 'utf8');
  await writeFile(join(folder, 'bare.csv'), noisy.replaceAll(/,.*$/gm, '').replaceAll('noisy', 'late'));
  await writeExperiment(folder, { detectors, outlierSets });
  const { code, err } = await runFile(folder, 'experiment.json', 'out');
  t.is(code, 0, err);
});

/** Labels of chance have no likelihood that a temperature could raise: two in three are what the network says. */
async function labelByNetwork(): Promise<void> {
  const net = join(folder, 'net.onnx');
  const preprocess = {
    resize: null,
    interpolation: 'bilinear',
    crop: null,
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
  } as const;
  const lines = ['path,label'];
  const paths = Array.from({ length: images }, (_, image) => `clean/${image}.png`);
  for await (const one of score(
    net,
    paths.map((path) => join(folder, path)),
    { preprocess, detectors: ['MSP'] },
  )) {
    const image = lines.length - 1;
    lines.push(`${paths[image]},${image % 3 === 0 || 'error' in one ? image % 10 : one.predicted}`);
  }
  await writeFile(join(folder, 'clean.csv'), `${lines.join('\n')}\n`);
}

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function rowsIn<Row>(file: string, type: RowType<Row>, out = 'out'): Promise<Row[]> {
  return type.decode(await readFile(join(folder, out, file)));
}

interface Seen {
  readonly logits: Float32Array;
  readonly label: number;
}

/** The logits of a split, and labels. */
async function seen(set: string, split: 'validation' | 'test'): Promise<readonly Seen[]> {
  const run = await openRecorded(runDirectory(join(folder, 'out')));
  const { rows: manifest, split: splits } = run.sets.find(({ name }) => name === set)!;
  const found: Seen[] = [];
  const asked = { model: 'net', set, manifest, rows: splits[split] };
  for await (const { row, logits } of loadLogits(run, await allPlanned(run), asked))
    found.push({ logits: logits.slice(), label: manifest.rows.labelAt(row) ?? -1 });
  return found;
}

const softmax = (logits: Float32Array, temperature: number): readonly number[] => {
  const powers = Array.from(logits, (h) => Math.exp((h - Math.max(...logits)) / temperature));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};
const isRight = ({ logits, label }: Seen) => logits.indexOf(Math.max(...logits)) === label;
const oddsAgainst = (temperature: number) => (one: Seen) =>
  -summarizeLogits(one.logits, 0, one.logits.length, temperature).logOdds;
const auroc = (inDomain: readonly number[], outlier: readonly number[]) =>
  aurocAgainst(sortScores(Float64Array.from(inDomain)), Float64Array.from(outlier));

test.serial('calibration errors are those of the kept logits, on either split', async (t) => {
  const rows = await rowsIn('analyses/calibration.arrow', calibrationRows);
  const points = await rowsIn('analyses/reliability.arrow', reliabilityRows);
  for (const set of ['clean', 'noisy'])
    for (const temperature of [1, 100]) {
      const error = (some: readonly Seen[]) => {
        const gaps = some.map((one) =>
          Math.abs(Number(isRight(one)) - Math.max(...softmax(one.logits, temperature))),
        );
        return gaps.reduce((a, b) => a + b) / some.length;
      };
      const row = rows.find((one) => one.set === set && one.temperature === temperature)!;
      t.true(Math.abs(row.ece! - error(await seen(set, 'test'))) < 1e-12);
      t.true(Math.abs(row.validationEce! - error(await seen(set, 'validation'))) < 1e-12);
      const bins = points.filter((one) => one.set === set && one.temperature === temperature);
      t.deepEqual(
        bins.map(({ bin, images: count }) => [bin, count]),
        Array.from({ length: 15 }, (_, bin) => [bin + 1, 1]),
      );
    }
});

test.serial(
  'they are told at every temperature where detectors search one, as far as logits were kept',
  async (t) => {
    const rows = new Map<unknown, readonly CalibrationRow[]>();
    for (const logits of ['all', 'summaries', false]) {
      await writeExperiment(folder, { detectors: ['MSP'], outlierSets, logits }, 'msp.json');
      const { code, err } = await runFile(folder, 'msp.json', `msp-${logits}`);
      t.is(code, 0, err);
      rows.set(logits, await rowsIn('analyses/calibration.arrow', calibrationRows, `msp-${logits}`));
    }
    const all = await rowsIn('analyses/calibration.arrow', calibrationRows);
    const close = (a: number | null, b: number | null) =>
      a === null || b === null ? a === b : Math.abs(a - b) < 1e-6;
    for (const [nth, row] of rows.get('all')!.entries()) {
      // Of scores that a backward pass came with, whose logits another graph computes.
      t.true(close(row.validationEce, all[nth]!.validationEce), JSON.stringify([row, all[nth]]));
      t.true(close(row.validationAurocS, all[nth]!.validationAurocS));
      if (row.set === 'clean') t.not(row.validationEce, null);
    }
    t.deepEqual(rows.get('summaries'), rows.get('all'));
    t.deepEqual(
      rows.get(false),
      rows
        .get('all')!
        .map((row) =>
          row.temperature === 1 ? row : { ...row, validationEce: null, validationAurocS: null },
        ),
    );
  },
);

test.serial('a set without labels has ROC-AUC by temperature alone', async (t) => {
  const rows = await rowsIn('analyses/calibration.arrow', calibrationRows);
  const bare = rows.filter(({ set }) => set === 'bare');
  t.deepEqual(
    bare.map((row) => [row.temperature, row.images, row.ece, row.validationEce]),
    [
      [1, 0, null, null],
      [100, 0, null, null],
    ],
  );
  const [known, unknown] = [await seen('clean', 'validation'), await seen('bare', 'validation')];
  for (const { temperature, validationAurocS, validationAurocG } of bare) {
    const odds = oddsAgainst(temperature);
    t.is(validationAurocS, auroc(known.map(odds), unknown.map(odds)));
    t.true(validationAurocG! >= 0 && validationAurocG! <= 1);
  }
});

test.serial('S is ODIN, with ablations of its own', async (t) => {
  const metrics = await rowsIn('metrics.arrow', metricRows);
  const of = (detector: string, ablation: string) =>
    metrics.flatMap((row) =>
      row.detector === detector && row.ablation === ablation ? [{ ...row, detector: '', ablation: '' }] : [],
    );
  t.deepEqual(of('S', 'full'), of('ODIN', 'full'));
  t.deepEqual(of('S', 'vanilla'), of('MSP', 'vanilla'));
});

test.serial(
  'TempScale ranks by S at the temperature of the largest likelihood, for which nothing is scored',
  async (t) => {
    const validation = await seen('clean', 'validation');
    const loss = (temperature: number) =>
      validation.reduce((sum, { logits, label }) => sum - Math.log(softmax(logits, temperature)[label]!), 0);
    const chosen = (await rowsIn('selection.arrow', selectionRows)).filter(
      (row) => row.detector === 'TempScale',
    );
    const [{ temperature } = { temperature: Number.NaN }] = chosen;
    t.deepEqual(
      chosen.map((row) => [row.outlier, row.epsilon, row.temperature]),
      [
        ['noisy', 0, temperature],
        ['bare', 0, temperature],
      ],
    );
    t.true(loss(temperature) < loss(temperature * 1.01) && loss(temperature) < loss(temperature / 1.01));
    const odds = oddsAgainst(temperature);
    const metrics = await rowsIn('metrics.arrow', metricRows);
    for (const set of ['noisy', 'bare']) {
      const [known, unknown] = [await seen('clean', 'test'), await seen(set, 'test')];
      const found = metrics.find(
        (row) => row.detector === 'TempScale' && row.outlier === set && row.metric === 'auroc',
      );
      t.is(found?.value, auroc(known.map(odds), unknown.map(odds)));
    }
    const run = await openRecorded(runDirectory(join(folder, 'out')));
    const temperatures = (await allPlanned(run)).flatMap((shard) => [
      ...shard.forwardTemperatures,
      ...[...shard.cells, ...shard.forwardCells].map((cell) => cell.temperature),
    ]);
    t.deepEqual([...new Set(temperatures)].sort(), [1, 100]);
  },
);

test.serial('hard examples are the images of the window, and histograms count every image', async (t) => {
  const hard = await rowsIn('analyses/hard-examples.arrow', hardExampleRows);
  const bins = await rowsIn('analyses/histograms.arrow', histogramRows);
  t.deepEqual(
    hard.map(({ outlier }) => outlier),
    ['noisy', 'bare'],
  );
  for (const row of hard) {
    const within = (some: readonly Seen[]) =>
      some.map(oddsAgainst(1)).filter((odds) => row.lowLogOdds <= -odds && -odds <= row.highLogOdds);
    const splits = async (split: 'validation' | 'test') =>
      [within(await seen('clean', split)), within(await seen(row.outlier, split))] as const;
    const [known, unknown] = await splits('validation');
    t.is(known.length + unknown.length, 15);
    t.is(row.validationAurocS, auroc(known, unknown));
    const [inDomain, outlier] = await splits('test');
    t.deepEqual([row.inDomainImages, row.outlierImages], [inDomain.length, outlier.length]);
    if (row.aurocS !== null) t.is(row.aurocS, auroc(inDomain, outlier));
    const sums = (score: string) =>
      bins
        .filter((one) => one.outlier === row.outlier && one.score === score)
        .reduce<readonly number[]>(
          ([a = 0, b = 0], one) => [a + one.inDomainImages, b + one.outlierImages],
          [0, 0],
        );
    t.deepEqual(sums('S'), [15, 15]);
    t.deepEqual(sums('log-odds'), [15, 15]);
    t.deepEqual(sums('hard log G'), [inDomain.length, outlier.length]);
    const mostSure = bins.find((one) => one.outlier === row.outlier && one.score === 'S' && one.bin === 50)!;
    const sure = (await seen('clean', 'test')).filter(
      ({ logits }) => Math.max(...softmax(logits, 1)) >= 0.98,
    );
    t.is(mostSure.inDomainImages, sure.length);
  }
});

test.serial('a temperature to fit takes labels of in-domain validation images', async (t) => {
  const clean = await readFile(join(folder, 'clean.csv'), 'utf8');
  await writeFile(join(folder, 'unlabelled.csv'), clean.replaceAll(/,.*$/gm, ''));
  const inDomain = { name: 'clean', manifest: 'unlabelled.csv', validation: 15 };
  await writeExperiment(folder, { detectors: ['TempScale'], outlierSets, inDomain }, 'unlabelled.json');
  const { code, err } = await runFile(folder, 'unlabelled.json', 'unlabelled');
  t.is(code, 2);
  t.regex(
    err,
    /unlabelled\.csv: no image that is drawn for validation has a label, on which detector "TempScale" fits its temperature; list labels, or drop the detector\n$/,
  );
});

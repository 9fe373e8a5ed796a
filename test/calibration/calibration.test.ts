import { readFile } from 'node:fs/promises';
import test from 'ava';
import { fitTemperature, fittedTemperatures } from '../../stages/calibration/fit-temperature.js';
import {
  calibrationError,
  type ReliabilityBin,
  reliabilityBins,
} from '../../stages/calibration/reliability.js';
import { trendOf } from '../../stages/calibration/trend.js';

interface Golden {
  readonly reliability: readonly {
    readonly name: string;
    readonly logOdds: readonly number[];
    readonly isCorrect: readonly number[];
    readonly ids: readonly string[];
    readonly bins: number;
    readonly found: readonly ReliabilityBin[];
    readonly error: number;
    readonly line: readonly [slope: number, intercept: number] | null;
  }[];
  readonly temperatures: readonly {
    readonly classes: number;
    readonly logits: readonly number[];
    readonly labels: readonly number[];
    readonly temperature: number;
  }[];
}

const golden: Golden = JSON.parse(
  await readFile(new URL('../../../test/calibration/golden.json', import.meta.url), 'utf8'),
);
const isNear = (value: number, expected: number, tolerance = 1e-12) =>
  Math.abs(value - expected) <= tolerance * Math.max(1, Math.abs(expected));

for (const { name, logOdds, isCorrect, ids, bins, found, error, line } of golden.reliability) {
  test(`bins, error and trend are NumPy’s: ${name}`, (t) => {
    const images = {
      logOdds: Float64Array.from(logOdds),
      isCorrect: Uint8Array.from(isCorrect),
      idAt: (image: number) => ids[image]!,
    };
    const mine = reliabilityBins(images, bins);
    t.deepEqual(
      mine.map((bin) => bin.images),
      found.map((bin) => bin.images),
    );
    for (const [nth, { confidence, accuracy }] of mine.entries()) {
      t.true(isNear(confidence, found[nth]!.confidence), `${confidence} ${found[nth]!.confidence}`);
      t.is(accuracy, found[nth]!.accuracy);
    }
    t.true(isNear(calibrationError(mine), error));
    const trend = trendOf(mine);
    t.is(trend === null, line === null);
    // polyfit solves by singular values, to some digits less than a division.
    if (trend !== null && line !== null)
      t.true(isNear(trend.slope, line[0], 1e-11) && isNear(trend.intercept, line[1], 1e-11));
  });
}

test('images of one confidence are divided between bins by their ids, in whatever order they are listed', (t) => {
  const listed = ['d', 'a', 'c', 'b', 'f', 'e'].map((id) => ({ id, isCorrect: id < 'd' ? 1 : 0 }));
  for (const images of [listed, listed.toReversed()]) {
    const bins = reliabilityBins(
      {
        logOdds: new Float64Array(6).fill(2),
        isCorrect: Uint8Array.from(images, ({ isCorrect }) => isCorrect),
        idAt: (image) => images[image]!.id,
      },
      2,
    );
    t.deepEqual(
      bins.map(({ accuracy }) => accuracy),
      [1, 0],
    );
  }
});

test('a fitted temperature is where SciPy finds the likelihood’s derivative to be zero', (t) => {
  for (const { classes, logits, labels, temperature } of golden.temperatures) {
    const fitted = fitTemperature({
      classes,
      logits: Float32Array.from(logits),
      labels: Int32Array.from(labels),
    });
    t.true(isNear(fitted / temperature, 1), `${fitted} ${temperature}`);
  }
});

test('where the likelihood has no maximum the temperature is an end of its range', (t) => {
  const logits = Float32Array.of(5, 0, 1, 0, 9, 2);
  const fitted = (labels: readonly number[]) =>
    fitTemperature({ classes: 3, logits, labels: Int32Array.from(labels) });
  t.is(fitted([0, 1]), fittedTemperatures.least);
  t.is(fitted([1, 0]), fittedTemperatures.most);
});

import test from 'ava';
import fc from 'fast-check';
import {
  decodeAccuracy,
  decodeMetrics,
  encodeAccuracy,
  encodeMetrics,
} from '../../pipeline/reduction/encoding.js';
import { ablations } from '../../pipeline/selection/encoding.js';
import { RunFailedError } from '../../stages/errors.js';
import { metrics } from '../../stages/metrics/curve.js';

const count = fc.nat({ max: 2 ** 31 - 1 });
const number = fc.double();
const metricRow = fc.record({
  model: fc.string(),
  outlier: fc.string(),
  detector: fc.string(),
  ablation: fc.constantFrom(...ablations),
  epsilon: number,
  temperature: number,
  metric: fc.constantFrom(...metrics),
  value: number,
  mean: number,
  deviation: number,
  low: number,
  high: number,
  inDomainImages: count,
  outlierImages: count,
});
const accuracyRow = fc.record({
  model: fc.string(),
  set: fc.string(),
  role: fc.constantFrom('in-domain' as const, 'outlier' as const),
  accuracy: fc.option(number),
  labelled: count,
  images: count,
  failed: count,
  validationFailed: count,
});

test('metrics come back as they were written, and equal rows give equal bytes', (t) => {
  fc.assert(
    fc.property(fc.array(metricRow, { maxLength: 8 }), (rows) => {
      const bytes = encodeMetrics(rows);
      t.deepEqual(decodeMetrics(bytes), rows);
      t.deepEqual(encodeMetrics(structuredClone(rows)), bytes);
    }),
  );
  t.pass();
});

test('accuracies come back as they were written, and equal rows give equal bytes', (t) => {
  fc.assert(
    fc.property(fc.array(accuracyRow, { maxLength: 20 }), (rows) => {
      const bytes = encodeAccuracy(rows);
      t.deepEqual(decodeAccuracy(bytes), rows);
      t.deepEqual(encodeAccuracy(structuredClone(rows)), bytes);
    }),
  );
  t.pass();
});

test('a file of other rows is refused', (t) => {
  t.throws(() => decodeMetrics(encodeAccuracy([])), {
    instanceOf: RunFailedError,
    message:
      'metrics.arrow holds "accuracy.arrow 1", expected "metrics.arrow 1": remove the file and run again',
  });
});

import test from 'ava';
import fc from 'fast-check';
import { accuracyRows, metricRows } from '../../pipeline/reduction/result-rows.js';
import { ablations } from '../../stages/cells.js';
import { RunFailedError } from '../../stages/errors.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';

const count = fc.nat({ max: 2 ** 31 - 1 });
const number = fc.double();
const metricRow = fc.record({
  model: fc.string(),
  outlier: fc.string(),
  detector: fc.string(),
  ablation: fc.constantFrom(...ablations),
  epsilon: number,
  temperature: number,
  metric: fc.constantFrom(...metricNames),
  value: number,
  mean: number,
  deviation: number,
  low: number,
  high: number,
  inDomainImages: count,
  outlierImages: count,
  photographs: count,
  standardError: fc.option(number),
  logitLow: fc.option(number),
  logitHigh: fc.option(number),
  bcaLow: fc.option(number),
  bcaHigh: fc.option(number),
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
  accuracyAmongOwn: fc.option(number),
  ownClasses: fc.option(fc.nat()),
});

test('metrics come back as they were written, and equal rows give equal bytes', (t) => {
  fc.assert(
    fc.property(fc.array(metricRow, { maxLength: 8 }), (rows) => {
      const bytes = metricRows.encode(rows);
      t.deepEqual(metricRows.decode(bytes), rows);
      t.deepEqual(metricRows.encode(structuredClone(rows)), bytes);
    }),
  );
  t.pass();
});

test('accuracies come back as they were written, and equal rows give equal bytes', (t) => {
  fc.assert(
    fc.property(fc.array(accuracyRow, { maxLength: 20 }), (rows) => {
      const bytes = accuracyRows.encode(rows);
      t.deepEqual(accuracyRows.decode(bytes), rows);
      t.deepEqual(accuracyRows.encode(structuredClone(rows)), bytes);
    }),
  );
  t.pass();
});

test('a file of other rows is refused', (t) => {
  t.throws(() => metricRows.decode(accuracyRows.encode([])), {
    instanceOf: RunFailedError,
    message:
      'metrics.arrow holds "accuracy.arrow 2", expected "metrics.arrow 2": remove the file and run again',
  });
});

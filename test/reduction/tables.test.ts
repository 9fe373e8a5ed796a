import test from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import type { AccuracyRow, MetricRow } from '../../pipeline/reduction/result-rows.js';
import type { Results } from '../../pipeline/reduction/results.js';
import { csv } from '../../pipeline/tables/csv.js';
import { estimateAndDeviation, interval, percent } from '../../pipeline/tables/figure-text.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { metricNames, paperMetrics } from '../../stages/metrics/kinds/index.js';
import { writtenTables } from './rendered-table.js';

const estimates: Readonly<Record<string, number>> = {
  MSP: 0.9541,
  ODIN: 0.97,
  ML: 0.965,
  G: 0.98349,
  SG: 0.981,
};

function results(detectors: readonly string[], models = ['resnet18'], outliers = ['O']): Results {
  const rows: MetricRow[] = models.flatMap((model) =>
    outliers.flatMap((outlier) =>
      detectors.flatMap((detector) =>
        detectorNamed(detector).ablations.flatMap((ablation, index, all) =>
          metricNames.map((metric) => {
            const value = (estimates[detector] ?? 0) - 0.1 * (all.length - 1 - index);
            return {
              model,
              outlier,
              detector,
              ablation,
              epsilon: 0.0002 * index,
              temperature: 1 + index,
              metric,
              value,
              // Further from the estimate than in practice: a table that shows it is found out.
              mean: value - 0.05,
              deviation: 0.00123,
              low: value - 0.002,
              high: value + 0.002,
              inDomainImages: 95,
              outlierImages: 40,
              photographs: 135,
              ...noAurocIntervals,
            };
          }),
        ),
      ),
    ),
  );
  const accuracy: AccuracyRow[] = models.flatMap((model) => [
    row(model, 'clean', 'in-domain', 0.9615, 0),
    ...outliers.map((outlier) => row(model, outlier, 'outlier', null, 3)),
  ]);
  return {
    metrics: rows,
    fullSpectrum: [],
    selection: [],
    accuracy,
    seed: 7,
    resamplings: { deviation: 100, interval: 2000 },
  };
}

function row(
  model: string,
  set: string,
  role: 'in-domain' | 'outlier',
  accuracy: number | null,
  failed: number,
): AccuracyRow {
  return {
    model,
    set,
    role,
    accuracy,
    labelled: 95,
    images: 95,
    failed,
    validationFailed: 1,
    accuracyAmongOwn: null,
    ownClasses: null,
  };
}

test('no fraction is shown as 0 or 1 that is neither', (t) => {
  t.is(estimateAndDeviation(0.99962, 0.0003), '0.9996 ± 0.0003');
  t.is(estimateAndDeviation(0.99996, null), '0.99996');
  t.is(estimateAndDeviation(0.00041, 0.001), '0.0004 ± 0.001');
  t.is(estimateAndDeviation(0.99949, null), '0.999');
  t.is(estimateAndDeviation(1, null), '1.000');
  t.is(estimateAndDeviation(0, null), '0.000');
  t.is(estimateAndDeviation(1 - 1e-9, null), '1.000');
  t.is(interval(0.9989, 0.99983), '0.999 – 0.9998');
});

const everyDetector = ['MSP', 'ODIN', 'ML', 'G', 'SG'];
const tableOf = (from: Results, name: string) => writtenTables(from).find((table) => table.name === name)!;

test('an estimate ± σ is rounded as in the paper', (t) => {
  t.is(estimateAndDeviation(0.7601, 0.0062), '0.760 ± 0.006');
  t.is(estimateAndDeviation(0.98512, 0.000123), '0.985 ± 0.0001');
  t.is(estimateAndDeviation(0.98512, 0.0000371), '0.985 ± 0.00004');
  t.is(estimateAndDeviation(0.98512, 0.00005), '0.985 ± 0.00005');
  t.is(estimateAndDeviation(0.98512, 0.0005), '0.985 ± 0.001');
  t.is(estimateAndDeviation(0.98512, 0.000499), '0.985 ± 0.0005');
  t.is(estimateAndDeviation(0.98512, 1e-9), '0.985 ± 0.000000001');
  t.is(estimateAndDeviation(1, 0), '1.000 ± 0.000');
  t.is(estimateAndDeviation(0.1, 1.4e-17), '0.100 ± 0.000');
  t.is(percent(0.6972), '69.7');
  t.is(percent(null), '—');
});

const counts =
  'Left out as unreadable or not finite (validation + test images): clean 1 + 0, O 1 + 3.\nSeed 7.\n';
const footer = `Estimate ± σ over 100 resamplings; 95 % interval: percentiles over 2000.\n${counts}`;

test('table 3 gives accuracies in per cent, and a dash where a set has no labels', (t) => {
  t.is(
    tableOf(results(everyDetector), 'table-3').markdown,
    [
      'Table 3: Accuracy on labelled test images, per cent (— where a set has no labels).',
      '',
      '| Model    | clean (in-domain) | O     |',
      '| :------- | :---------------: | :---: |',
      '| resnet18 | 96.2              | —     |',
      '',
      counts,
    ].join('\n'),
  );
});

test('of many sets only those are named of which images were left out', (t) => {
  const { accuracy, ...others } = results(everyDetector);
  const many = (failed: number) => [
    ...accuracy.map((one) => ({ ...one, validationFailed: 0, failed: 0 })),
    ...Array.from({ length: 30 }, (_, set) => ({
      ...row('resnet18', `fog-${set}`, 'outlier', null, set === 7 ? failed : 0),
      validationFailed: 0,
    })),
  ];
  const said = (failed: number) => tableOf({ ...others, accuracy: many(failed) }, 'table-3').markdown;
  t.regex(said(2), /\(validation \+ test images\): fog-7 0 \+ 2, none of the other 31 sets\.\n/);
  t.regex(said(0), /\(validation \+ test images\): none of 32 sets\.\n/);
});

test('table 4 has a column per detector, and a row per metric and per interval', (t) => {
  const { markdown } = tableOf(results(['MSP', 'G']), 'table-4');
  const lines = markdown.slice(0, -footer.length).split('\n');
  t.deepEqual(lines.slice(0, 14), [
    'Table 4: Detectors on each model and outlier set, out-of-domain being positive.',
    'The best of each row in bold: the smallest FPR95, the largest of the others.',
    '',
    'Model resnet18, clean vs O:',
    '',
    '| Metric        | MSP               | G-part            |',
    '| :------------ | :---------------: | :---------------: |',
    '| ROC-AUC       | 0.954 ± 0.001     | **0.983 ± 0.001** |',
    '| 95 % interval | 0.952 – 0.956     | 0.981 – 0.985     |',
    '| FPR95         | **0.954 ± 0.001** | 0.983 ± 0.001     |',
    '| 95 % interval | 0.952 – 0.956     | 0.981 – 0.985     |',
    '| AUPR-out      | 0.954 ± 0.001     | **0.983 ± 0.001** |',
    '| 95 % interval | 0.952 – 0.956     | 0.981 – 0.985     |',
    '| AUPR-in       | 0.954 ± 0.001     | **0.983 ± 0.001** |',
  ]);
  t.is(lines.filter((line) => line.startsWith('| 95 % interval |')).length, paperMetrics.length);
  t.is(markdown.slice(-footer.length), footer);
});

test('table 5 groups outlier sets by model and sets the best of a row in bold', (t) => {
  const lines = tableOf(results(['MSP', 'G'], ['r18', 'r50'], ['O', 'R']), 'table-5').markdown.split('\n');
  const values = '0.954 ± 0.001 | **0.983 ± 0.001**';
  const intervals = '0.952 – 0.956 | 0.981 – 0.985    ';
  t.deepEqual(lines.slice(0, 12), [
    'Table 5: Comparison of detectors. ROC-AUC values, the best of each row in bold.',
    '',
    '| Model | Dataset       | MSP           | G-part            |',
    '| :---- | :-----------: | :-----------: | :---------------: |',
    `| r18   | O             | ${values} |`,
    `|       | 95 % interval | ${intervals} |`,
    `|       | R             | ${values} |`,
    `|       | 95 % interval | ${intervals} |`,
    `| r50   | O             | ${values} |`,
    `|       | 95 % interval | ${intervals} |`,
    `|       | R             | ${values} |`,
    `|       | 95 % interval | ${intervals} |`,
  ]);
});

test('all whose estimates show the same digits as the best are in bold, whatever the resamplings say', (t) => {
  const values: Readonly<Record<string, number>> = {
    MSP: 0.9004,
    ODIN: 0.89961,
    ML: 0.8994,
    G: 0.9,
    SG: 0.1,
  };
  const from = results(everyDetector);
  const rows = from.metrics.map((row) => ({
    ...row,
    value: values[row.detector]!,
    mean: row.detector === 'SG' ? 1 : 0,
  }));
  const bold = (table: string, line: string) =>
    tableOf({ ...from, metrics: rows }, table)
      .markdown.split('\n')
      .find((text) => text.startsWith(line))!
      .split(' | ')
      .slice(-5)
      .map((cell) => cell.includes('**'));
  t.deepEqual(bold('table-5', '| resnet18 '), [true, true, false, true, false]);
  t.deepEqual(bold('table-4', '| ROC-AUC '), [true, true, false, true, false]);
  t.deepEqual(bold('table-4', '| AUPR-in '), [true, true, false, true, false]);
  t.deepEqual(bold('table-4', '| FPR95 '), [false, false, false, false, true]);
});

test('tables 6 and 7 compare the ablations of G and of SG', (t) => {
  const all = results(everyDetector);
  t.deepEqual(tableOf(all, 'table-6').markdown.split('\n').slice(0, 6), [
    'Table 6: Ablation study for the G-part. ROC-AUC values, the best of each row in bold.',
    '',
    '| Model    | Dataset       | G-vanilla     | G-(only ε)    | G-(only T)    | G                 |',
    '| :------- | :-----------: | :-----------: | :-----------: | :-----------: | :---------------: |',
    '| resnet18 | O             | 0.683 ± 0.001 | 0.783 ± 0.001 | 0.883 ± 0.001 | **0.983 ± 0.001** |',
    '|          | 95 % interval | 0.681 – 0.685 | 0.781 – 0.785 | 0.881 – 0.885 | 0.981 – 0.985     |',
  ]);
  t.regex(tableOf(all, 'table-7').markdown, /\| SG-vanilla +\| SG-\(only ε\) +\| SG-\(only T\) +\| SG +\|/);
});

test('the CSV of an ablation table names the chosen cells and keeps all digits', (t) => {
  const [record] = parse(tableOf(results(everyDetector), 'table-6').csv, { columns: true }) as Record<
    string,
    string
  >[];
  t.is(record!['full.epsilon'], String(0.0002 * 3));
  t.is(record!['full.temperature'], '4');
  t.is(record!['full.value'], '0.98349');
  t.is(record!['full.mean'], String(0.98349 - 0.05));
  t.is(record!['vanilla.epsilon'], '0');
});

test('a table of an ablation is left out where its detector was not run', (t) => {
  const names = (detectors: readonly string[]) =>
    writtenTables(results(detectors)).map((table) => table.name);
  t.deepEqual(names(everyDetector), [
    'table-3',
    'table-4',
    'table-5',
    'table-6',
    'table-7',
    'further-metrics',
  ]);
  t.deepEqual(names(['MSP', 'SG']), ['table-3', 'table-4', 'table-5', 'table-7', 'further-metrics']);
  t.deepEqual(names(['MSP']), ['table-3', 'table-4', 'table-5', 'further-metrics']);
});

test('every table says what was left out and the seed, and what its figures are, in Markdown and in CSV', (t) => {
  for (const { name, markdown, csv: text } of writtenTables(results(everyDetector))) {
    t.true(markdown.endsWith(`\n\n${name === 'table-3' ? counts : footer}`), name);
    const records = parse(text, { columns: true }) as Record<string, string>[];
    t.true(records.length > 0, name);
    for (const record of records) {
      t.is(record.seed, '7');
      t.is(record.deviationResamplings, '100');
      t.is(record.intervalResamplings, '2000');
      if (name !== 'table-3') {
        t.is(record.outlierFailed, '3');
        t.is(record.inDomainValidationFailed, '1');
      }
    }
  }
});

test('counts that differ between models are told by model', (t) => {
  const two = results(['MSP'], ['a', 'b']);
  const accuracy = two.accuracy.map((r) => (r.model === 'b' && r.set === 'O' ? { ...r, failed: 9 } : r));
  t.true(
    tableOf({ ...two, accuracy }, 'table-5').markdown.includes(
      'clean 1 + 0, O 1 + 3 (a) / 1 + 9 (b).\nSeed 7.',
    ),
  );
});

test('any text comes back from CSV', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), (rows) => {
      t.deepEqual(parse(csv(['x', 'y'], rows), { from: 2, record_delimiter: '\n' }), rows);
    }),
  );
  t.pass();
});

test('any number comes back from CSV with all its digits', (t) => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const [[text]] = parse(csv(['x'], [[value]]), { from: 2 }) as [[string]];
      t.is(Number(text) + 0, value + 0);
    }),
  );
  t.pass();
});

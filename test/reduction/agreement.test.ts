import test, { type ExecutionContext } from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import type { MetricRow } from '../../pipeline/reduction/result-rows.js';
import type { Results } from '../../pipeline/reduction/results.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { furtherMetrics, metricNames, metrics, paperMetrics } from '../../stages/metrics/kinds/index.js';
import { type RenderedCell, renderMarkdown, type WrittenTable, writtenTables } from './rendered-table.js';

type CsvRecord = Readonly<Record<string, string>>;

const allDetectors = ['MSP', 'ODIN', 'ML', 'G', 'SG'];
/** Few distinct values, so that ties of printed digits occur. */
const fraction = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.4996, 0.5, 0.5004, 1),
);
const numbers = fc.record({
  value: fraction,
  mean: fraction,
  deviation: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 0.3, noNaN: true })),
  low: fraction,
  high: fraction,
  computed: fc.integer({ min: 0, max: 9 }).map((draw) => draw > 0),
});

const anyResults: fc.Arbitrary<Results> = fc
  .record({
    models: fc.integer({ min: 1, max: 3 }),
    outliers: fc.integer({ min: 1, max: 3 }),
    detectors: fc.subarray(allDetectors, { minLength: 1 }),
    drawn: fc.array(numbers, { minLength: 7, maxLength: 60 }),
    counts: fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 11 }),
    accuracies: fc.array(fc.option(fraction), { minLength: 3, maxLength: 7 }),
  })
  .map(({ models, outliers, detectors, drawn, counts, accuracies }) => {
    let next = 0;
    const cyclic = <T>(values: readonly T[]): T => values[next++ % values.length]!;
    const modelNames = ['r18', 'r_50', 'wrn'].slice(0, models);
    const sets = ['clean', ...['O', 'R|A', 'C'].slice(0, outliers)];
    const rows: MetricRow[] = modelNames.flatMap((model) =>
      sets.slice(1).flatMap((outlier) =>
        detectors.flatMap((detector) =>
          detectorNamed(detector).ablations.flatMap((ablation) =>
            metricNames.flatMap((metric) => {
              const { computed, ...found } = cyclic(drawn);
              const cell = {
                epsilon: 0,
                temperature: 1,
                inDomainImages: 9,
                outlierImages: 8,
                photographs: 17,
                ...noAurocIntervals,
              };
              return computed ? [{ model, outlier, detector, ablation, metric, ...cell, ...found }] : [];
            }),
          ),
        ),
      ),
    );
    const accuracy = modelNames.flatMap((model) =>
      sets.map((set, index) => ({
        model,
        set,
        role: index === 0 ? ('in-domain' as const) : ('outlier' as const),
        accuracy: cyclic(accuracies),
        labelled: 9,
        images: 9,
        failed: cyclic(counts),
        validationFailed: cyclic(counts),
        accuracyAmongOwn: null,
        ownClasses: null,
      })),
    );
    return {
      metrics: rows,
      fullSpectrum: [],
      selection: [],
      accuracy,
      seed: 3,
      resamplings: { deviation: 100, interval: 2000 },
    };
  });

interface Shown {
  readonly estimate: string;
  /** NaN where nothing was computed. */
  readonly deviation: number;
  readonly interval: string;
  readonly bold: boolean;
}

/** A fraction with three decimals, or with the fewest of up to six that do not make it 0 or 1. */
function fractionShown(value: number): string {
  const texts = [3, 4, 5, 6].map((decimals) => value.toFixed(decimals));
  return texts.find((text) => ![0, 1].includes(Number(text))) ?? value.toFixed(3);
}

/** What Markdown is to show of the detectors or ablations of one line of the CSV file. */
function shownOf(record: CsvRecord, metric: string): readonly Shown[] {
  const columns = Object.keys(record).flatMap((key) => (key.endsWith('.value') ? [key.slice(0, -6)] : []));
  const number = (column: string, part: string) => fractionShown(Number(record[`${column}.${part}`]));
  const computed = columns.filter((column) => record[`${column}.value`] !== '');
  const values = computed.map((column) => Number(number(column, 'value')));
  const isSmallest = metrics.find(({ name }) => name === metric)?.best === 'smallest';
  const best = isSmallest ? Math.min(...values) : Math.max(...values);
  return columns.map((column) => {
    if (!computed.includes(column)) return { estimate: '—', deviation: NaN, interval: '—', bold: false };
    const estimate = number(column, 'value');
    const deviation = Number(record[`${column}.deviation`]);
    const isSpread = record[`${column}.low`] !== record[`${column}.high`];
    return {
      estimate,
      // Where three decimals would be 0.000, one digit.
      deviation: Number(deviation < 0.0005 ? deviation.toPrecision(1) : deviation.toFixed(3)),
      interval: isSpread ? `${number(column, 'low')} – ${number(column, 'high')}` : '—',
      bold: Number(estimate) === best,
    };
  });
}

function seen(estimates: readonly RenderedCell[], intervals: readonly RenderedCell[]): readonly Shown[] {
  return estimates.map(({ text, bold }, column) => {
    const [estimate, deviation] = text.split(' ± ');
    return { estimate: estimate!, deviation: Number(deviation), interval: intervals[column]!.text, bold };
  });
}

function checkNote(t: ExecutionContext, note: string, record: CsvRecord): void {
  const { deviationResamplings, intervalResamplings } = record;
  t.true(
    note.includes(
      `Estimate ± σ over ${deviationResamplings} resamplings; 95 % interval: percentiles over ${intervalResamplings}`,
    ),
  );
  t.true(note.includes(`${record.inDomainValidationFailed} + ${record.inDomainFailed}`));
  t.true(note.includes(`${record.outlierValidationFailed} + ${record.outlierFailed}`));
  t.true(note.endsWith(`Seed ${record.seed}.`));
}

function recordsOf(table: WrittenTable): readonly CsvRecord[] {
  return parse(table.csv, { columns: true }) as CsvRecord[];
}

test('Markdown and CSV of the table of accuracies say the same', (t) => {
  fc.assert(
    fc.property(anyResults, (results) => {
      const [table] = writtenTables(results);
      const { tables, paragraphs } = renderMarkdown(table!.markdown);
      const [header, ...rows] = tables[0]!;
      const records = recordsOf(table!);
      t.is(rows.length * (header!.length - 1), records.length);
      for (const record of records) {
        const column = header!.findIndex(({ text }) => text.replace(' (in-domain)', '') === record.set);
        const shown = rows.find(([model]) => model!.text === record.model)![column]!.text;
        t.is(shown, record.accuracy === '' ? '—' : (100 * Number(record.accuracy)).toFixed(1));
        t.true(paragraphs.at(-1)!.text.includes(`${record.validationFailed} + ${record.failed}`));
      }
    }),
  );
  t.pass();
});

test('Markdown and CSV of table 4 and of further metrics say the same', (t) => {
  fc.assert(
    fc.property(anyResults, (results) => {
      for (const [name, metrics] of [
        ['table-4', paperMetrics],
        ['further-metrics', furtherMetrics],
      ] as const) {
        const table = writtenTables(results).find((one) => one.name === name)!;
        const { tables, paragraphs } = renderMarkdown(table.markdown);
        const rows = tables.flatMap(([, ...below]) => below);
        const records = recordsOf(table);
        t.is(rows.length, 2 * records.length);
        for (const [index, record] of records.entries()) {
          t.is(record.metric, metrics[index % metrics.length]!.name);
          const section = paragraphs[1 + Math.floor(index / metrics.length)]!.text;
          t.is(section, `Model ${record.model}, clean vs ${record.outlier}:`);
          const [[, ...estimates], [, ...intervals]] = [rows[2 * index]!, rows[2 * index + 1]!];
          t.deepEqual(seen(estimates, intervals), shownOf(record, record.metric!));
          checkNote(t, paragraphs.at(-1)!.text, record);
        }
      }
    }),
  );
  t.pass();
});

test('Markdown and CSV of tables 5 to 7 say the same', (t) => {
  fc.assert(
    fc.property(anyResults, (results) => {
      for (const table of writtenTables(results).filter(({ name }) => /^table-[5-7]$/.test(name))) {
        const { tables, paragraphs } = renderMarkdown(table.markdown);
        const [, ...rows] = tables[0]!;
        const records = recordsOf(table);
        t.is(rows.length, 2 * records.length);
        let model = '';
        for (const [index, record] of records.entries()) {
          const [name, outlier, ...estimates] = rows[2 * index]!;
          const [, , ...intervals] = rows[2 * index + 1]!;
          model = name!.text || model;
          t.deepEqual([model, outlier!.text], [record.model, record.outlier]);
          t.deepEqual(seen(estimates, intervals), shownOf(record, 'auroc'));
          checkNote(t, paragraphs.at(-1)!.text, record);
        }
      }
    }),
  );
  t.pass();
});

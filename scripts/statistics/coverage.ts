/**
 * Simulates how often intervals of 95 % hold what is true, and how often tests at 5 % find what is not there, and writes both as
 * tables into docs/statistics.md:
 *
 *     node dist/scripts/statistics/coverage.js [--repetitions 1000] [--resamples 500]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { type Coverage, type Effort, intervalCoverage } from './interval-coverage.js';
import type { Population } from './made-up-scores.js';
import { meanCoverage } from './mean-coverage.js';
import { rankTestErrors, testErrors } from './test-errors.js';

const page = 'docs/statistics.md';

/** Of a ROC-AUC of about 0.76, 0.96, 0.983 and 0.993. */
const [usual, large, veryLarge, nearOne] = [1, 2.5, 3, 3.5];

const populations: readonly Population[] = [
  { name: '20 + 20', inDomain: 20, outlier: 20, shift: usual },
  { name: '100 + 100', inDomain: 100, outlier: 100, shift: usual },
  { name: '100 + 100, large ROC-AUC', inDomain: 100, outlier: 100, shift: large },
  { name: '1000 + 1000', inDomain: 1000, outlier: 1000, shift: usual },
  { name: '100 + 100, ties', inDomain: 100, outlier: 100, shift: usual, step: 1 },
  { name: '3000 + 100', inDomain: 3000, outlier: 100, shift: usual },
  { name: '3000 + 100, large ROC-AUC', inDomain: 3000, outlier: 100, shift: large },
  { name: '1000 + 100, very large', inDomain: 1000, outlier: 100, shift: veryLarge },
  { name: '100 + 100, near 1', inDomain: 100, outlier: 100, shift: nearOne },
  { name: '1000 + 100, near 1', inDomain: 1000, outlier: 100, shift: nearOne },
  { name: '3000 + 100, near 1', inDomain: 3000, outlier: 100, shift: nearOne },
  { name: '1000 + 1000, near 1', inDomain: 1000, outlier: 1000, shift: nearOne },
  { name: '600 + 20', inDomain: 600, outlier: 20, shift: usual },
  { name: '2 × 300 + 300, pooled', inDomain: 600, outlier: 300, shift: 1.5, secondSet: 1 },
  { name: '20 + 20, shared', inDomain: 20, outlier: 20, shift: usual, shared: 0.7 },
  { name: '100 + 100, shared', inDomain: 100, outlier: 100, shift: usual, shared: 0.7 },
  { name: '100 + 100, shared, ties', inDomain: 100, outlier: 100, shift: usual, step: 1, shared: 0.7 },
  { name: '100 + 300, shared', inDomain: 100, outlier: 300, shift: usual, shared: 0.7 },
  { name: '1000 + 1000, shared', inDomain: 1000, outlier: 1000, shift: usual, shared: 0.7 },
];

const sets = [
  { name: '6 sets of 300 beside 200', sets: 6, inDomain: 200, outlier: 300, isShared: false },
  { name: '6 corruptions of the same 200', sets: 6, inDomain: 200, outlier: 200, isShared: true },
] as const;

const percent = (share: number | null): string => (share === null ? '—' : (100 * share).toFixed(1));

function grid(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownGrid(
    titles.map((title, column) => ({ title, align: column === 0 ? 'left' : 'right' })),
    rows,
  );
}

function coverageTable(rows: readonly Coverage[]): string {
  return grid(
    [
      'in-domain + outlier',
      'ROC-AUC',
      'DeLong, logit',
      'BCa',
      'percentile',
      'unclustered',
      'rows resampled',
      'none',
    ],
    rows.map(({ population, auroc, covered, without }) => [
      population.name,
      auroc.toFixed(3),
      ...[covered.logit, covered.bca, covered.percentile, covered.unclustered, covered.byRow, without].map(
        percent,
      ),
    ]),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      repetitions: { type: 'string', default: '1000' },
      resamples: { type: 'string', default: '500' },
    },
  });
  const effort: Effort = { repetitions: Number(values.repetitions), resamples: Number(values.resamples) };
  const done = <Row>(name: string, row: Row): Row => {
    process.stderr.write(`${name}\n`);
    return row;
  };
  const covered = populations.map((one) => done(one.name, intervalCoverage(one, effort)));
  const means = sets.map((one) => done(one.name, meanCoverage(one, effort)));
  const errors = populations.map((one) => done(one.name, testErrors(one, effort.repetitions)));
  const ranks = [
    [5, 5],
    [5, 10],
    [10, 5],
    [20, 10],
  ].map(([blocks = 0, detectors = 0]) => rankTestErrors(blocks, detectors, effort.repetitions));
  const tables: Readonly<Record<string, string>> = {
    coverage: coverageTable(covered),
    means: grid(
      ['sets', 'drawn together', 'each set on its own'],
      means.map(({ of, together, apart }) => [of.name, percent(together), percent(apart)]),
    ),
    errors: grid(
      ['in-domain + outlier', 'two detectors', 'unclustered', 'any of 5 told from the best'],
      errors.map(({ population, paired, unclustered, fromBest }) => [
        population.name,
        ...[paired, unclustered, fromBest].map(percent),
      ]),
    ),
    ranks: grid(
      ['sets', 'detectors', 'Friedman', 'Iman and Davenport', 'Nemenyi, any pair'],
      ranks.map(({ blocks, detectors, friedman, imanDavenport, nemenyi }) => [
        String(blocks),
        String(detectors),
        ...[friedman, imanDavenport, nemenyi].map(percent),
      ]),
    ),
  };
  let text = await readFile(page, 'utf8');
  for (const [name, table] of Object.entries(tables))
    text = text.replace(
      new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`),
      (_, begin: string, end: string) => `${begin}\n${table}\n${end}`,
    );
  await writeFile(page, text);
}

await main();

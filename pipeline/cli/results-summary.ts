import { shortened } from '../../manifests/input/printable.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import type { MetricName } from '../../stages/metrics/kinds/index.js';
import { failedImages } from '../inputs/errors-table.js';
import type { MetricRow } from '../reduction/result-rows.js';
import {
  detectorNamesOf,
  type ModelOutlierPair,
  mainAblation,
  metricFinder,
  modelNamesOf,
  pairsOf,
  verdictFinder,
} from '../reduction/results.js';
import type { RunResults } from '../results/stored-results.js';
import {
  besideMarks,
  fractionText,
  intervalOrNone,
  levelMark,
  noFigure,
  percent,
  quantity,
  untestedMark,
} from '../tables/figure-text.js';
import { shownName, type Table } from '../tables/table.js';
import { type PlainTable, plainTable } from './plain-table.js';
import { wrapWords } from './wrap-words.js';

/** Of more models and sets together their means are shown. */
const mostRows = 40;

/** Behind the best of a row. */
const bestMark = '*';

type Summarized = Pick<RunResults, 'metrics' | 'accuracy' | 'selection' | 'errors' | 'analyses'>;

/**
 * What people read first of a run's results, in lines that fit a terminal: accuracies, ROC-AUC of every detector, the best of each
 * set with its other metrics, the cells that were chosen.
 * @param width of the terminal, in characters
 */
export function resultsSummary(results: Summarized, width: number): string {
  const main = results.metrics.filter(({ detector, ablation }) => ablation === mainAblation(detector));
  const isTooMany = pairsOf(main).length > mostRows;
  const blocks: (readonly [title: string, table: PlainTable] | null)[] = [
    ['Accuracy on labelled test images, %', accuracies(results)],
    ...(isTooMany
      ? [['ROC-AUC on test images, means over outlier sets', means(results, main)] as const]
      : [
          [
            `ROC-AUC on test images: ${bestMark} best of the row, ${levelMark} not told from it by the paired test${
              results.analyses.comparisons.some(({ verdict }) => verdict === 'untested')
                ? `, ${untestedMark} not tested against it`
                : ''
            }`,
            aurocs(results, main),
          ] as const,
          ['Best detector of each set, at its cell', bests(main)] as const,
          chosen(results),
        ]),
  ];
  const left = failedImages(results.errors);
  const texts = blocks
    .filter((block) => block !== null)
    .filter(([, { rows }]) => rows.length > 0)
    .map(([title, table]) => `${wrapWords(title, width)}\n${plainTable(table, width)}`);
  if (left > 0) texts.push(`Images that could not be used, and are left out: ${left}\n`);
  return texts.join('\n');
}

function accuracies({ accuracy }: Summarized): PlainTable {
  const labelled = accuracy.filter((row) => row.accuracy !== null);
  const sets = [...new Set(labelled.map(({ set }) => set))].slice(0, 12);
  return {
    keys: ['model'],
    figures: sets.map(shownName),
    rows: modelNamesOf(labelled).map((model) => ({
      keys: [shownName(model)],
      figures: sets.map((set) =>
        percent(labelled.find((row) => row.model === model && row.set === set)?.accuracy ?? null),
      ),
    })),
  };
}

const isMeasure = (name: string): boolean => ensembleDetectors.some((one) => one.name === name);

function aurocs(results: Summarized, main: readonly MetricRow[]): PlainTable {
  const verdictOf = verdictFinder({ comparisons: results.analyses.comparisons });
  // Measures of ensembles are others than detectors: the best of them is told below.
  const ofDetectors = main.filter(({ metric, detector }) => metric === 'auroc' && !isMeasure(detector));
  const names = detectorNamesOf(ofDetectors);
  const find = metricFinder(ofDetectors);
  return {
    keys: ['model', 'set'],
    figures: names.map((name) => `${detectorNamed(name).title} `),
    rows: pairsOf(ofDetectors).map((pair) => {
      const values = names.map((name) => find(pair, name, mainAblation(name), 'auroc')?.value ?? null);
      const best = fractionText(Math.max(...values.flatMap((value) => value ?? [])));
      return {
        keys: keysOf(pair),
        figures: names.map((name, nth) => {
          const value = values[nth] ?? null;
          if (value === null) return `${noFigure} `;
          const text = fractionText(value);
          const verdict = verdictOf(pair, name) ?? 'worse';
          const mark = verdict === 'worse' ? ' ' : besideMarks[verdict];
          return `${text}${text === best ? bestMark : mark}`;
        }),
      };
    }),
  };
}

function bests(main: readonly MetricRow[]): PlainTable {
  const find = metricFinder(main);
  const all = main.filter(({ metric }) => metric === 'auroc');
  const more: readonly (readonly [string, MetricName])[] = [
    ['FPR95 %', 'fpr95'],
    ['AUPR-out %', 'aupr-out'],
    ['AUPR-in %', 'aupr-in'],
  ];
  return {
    keys: ['model', 'set', 'detector'],
    figures: ['ε / T', 'ROC-AUC', '95 % interval', ...more.map(([title]) => title)],
    rows: pairsOf(all).flatMap((pair) => {
      const own = all.filter(({ model, outlier }) => model === pair.model && outlier === pair.outlier);
      const best = own.reduce<MetricRow | undefined>(
        (so, row) => (so === undefined || row.value > so.value ? row : so),
        undefined,
      );
      if (best === undefined) return [];
      const { detector, ablation, value, low, high } = best;
      const title =
        ensembleDetectors.find((one) => one.name === detector)?.title ?? detectorNamed(detector).title;
      return [
        {
          keys: [...keysOf(pair), title],
          figures: [
            ...[cellText(best), fractionText(value), intervalOrNone(low, high)],
            ...more.map(([, metric]) => percent(find(pair, detector, ablation, metric)?.value ?? null)),
          ],
        },
      ];
    }),
  };
}

/** The cells of detectors that have a choice; null where none has. */
function chosen({ selection }: Summarized): readonly [string, PlainTable] | null {
  const main = selection.filter(
    ({ detector, ablation }) => ablation === mainAblation(detector) && !isMeasure(detector),
  );
  const isChosen = (name: string): boolean =>
    new Set(main.filter(({ detector }) => detector === name).map(cellText)).size > 1 ||
    main.some(({ detector, epsilon }) => detector === name && epsilon > 0);
  const names = detectorNamesOf(main).filter(isChosen);
  if (names.length === 0) return null;
  const table = {
    keys: ['model', 'set'],
    figures: names.map((name) => detectorNamed(name).title),
    rows: pairsOf(main).map((pair) => ({
      keys: keysOf(pair),
      figures: names.map((name) => {
        const row = main.find(
          ({ model, outlier, detector }) =>
            model === pair.model && outlier === pair.outlier && detector === name,
        );
        return row === undefined ? noFigure : cellText(row);
      }),
    })),
  };
  return ['Chosen cells, ε / T', table];
}

function means({ analyses }: Summarized, main: readonly MetricRow[]): PlainTable {
  const aurocRows = main.filter(({ metric, detector }) => metric === 'auroc' && !isMeasure(detector));
  const names = detectorNamesOf(aurocRows);
  const average = (values: readonly number[]): string =>
    values.length === 0
      ? noFigure
      : fractionText(values.reduce((sum, value) => sum + value, 0) / values.length);
  const groups = analyses.groupMeans.filter(
    ({ metric, kind }) => metric === 'auroc' && kind !== 'corruption',
  );
  return {
    keys: ['model', 'mean of'],
    figures: names.map((name) => detectorNamed(name).title),
    rows: modelNamesOf(aurocRows).flatMap((model) => {
      const own = aurocRows.filter((row) => row.model === model);
      const named = groups.filter((row) => row.model === model);
      const labels = new Map(
        named.map(({ kind, name, sets }) => [JSON.stringify([kind, name]), { kind, name, sets }]),
      );
      return [
        {
          keys: [shownName(model), `all ${pairsOf(own).length} sets`],
          figures: names.map((name) =>
            average(own.filter(({ detector }) => detector === name).map(({ value }) => value)),
          ),
        },
        ...[...labels.values()].map(({ kind, name, sets }) => ({
          keys: [
            shownName(model),
            kind === 'group' ? `${shownName(name)} (${sets})` : `corruptions (${sets})`,
          ],
          figures: names.map((detector) =>
            average(
              named
                .filter((row) => row.kind === kind && row.name === name && row.detector === detector)
                .map(({ value }) => value),
            ),
          ),
        })),
      ];
    }),
  };
}

const keysOf = ({ model, outlier }: ModelOutlierPair) => [shownName(model), shownName(outlier)];

const cellText = ({ epsilon, temperature }: { readonly epsilon: number; readonly temperature: number }) =>
  `${shownNumber(epsilon)} / ${shownNumber(temperature)}`;

/** Without the digits that adding up steps of a grid leaves. */
function shownNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A longer name is cut in its middle. */
const longestHeading = 28;

/** A table of results as a terminal has room for it: without intervals and notes. */
export function compactTable({ caption, rowTitles, columns, sections }: Table, width: number): string {
  const parts = sections.map(({ title, rows }) => {
    const table = plainTable(
      {
        keys: rowTitles,
        figures: columns.map(({ heading }) => heading),
        rows: rows.map(({ headings, cells }) => ({
          keys: headings.map((heading) => shortened(heading, longestHeading)),
          figures: cells.map((cell, at) => quantity(cell && { ...cell, spread: null }, columns[at]?.unit)),
        })),
      },
      width,
    );
    return title === null ? table : `${wrapWords(title, width)}\n${table}`;
  });
  return `${caption.map((line) => wrapWords(line, width)).join('')}\n${parts.join('\n')}`;
}

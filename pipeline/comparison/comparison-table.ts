import { normalQuantile } from '../../stages/distributions/normal.js';
import { titleOf } from '../../stages/ensembles/title-of.js';
import { modelSections } from '../reduction/model-sections.js';
import { shownName, type Table, type TableCell, type TableRow } from '../tables/table.js';
import type { ComparedPair, RunComparison } from './compare-runs.js';
import type { ComparedDetector } from './compared-row.js';

/** What two runs are called in tables and texts. */
export interface RunLabels {
  readonly first: string;
  readonly second: string;
}

/** Behind a set whose tests are not paired. */
export const unpairedMark = '‡';

/** Results of two runs beside each other, with the tests of their differences; null where there is nothing to compare. */
export function comparedTable({ pairs }: RunComparison, labels: RunLabels): Table | null {
  if (pairs.length === 0) return null;
  const { first, second } = labels;
  const titled = (title: string, keys: string) => ({ heading: title, keys: [keys] });
  return {
    name: `compared-${first}-${second}`,
    caption: [
      `ROC-AUC and FPR95 of ${first} and ${second} on test images, of each detector at the cell that each run chose for it. 95 % intervals below.`,
    ],
    figures: 'quantities',
    rowTitles: ['Dataset', 'Detector', 'Better'],
    columns: [
      { ...titled(`ROC-AUC, ${first}`, 'firstAuroc'), unit: 'fraction' },
      { ...titled(`ROC-AUC, ${second}`, 'secondAuroc'), unit: 'fraction' },
      titled(`${second} − ${first}`, 'difference'),
      titled('p', 'p'),
      titled('p, adjusted', 'adjustedP'),
      { ...titled(`FPR95, ${first}, %`, 'firstFpr95'), unit: 'percent' },
      { ...titled(`FPR95, ${second}, %`, 'secondFpr95'), unit: 'percent' },
    ],
    sections: modelSections(pairs, (ofModel) =>
      ofModel.flatMap((pair) => pair.detectors.map((detector) => rowOf(pair, detector, labels))),
    ),
    notes: comparedNotes(pairs),
    data: {
      line: 'row',
      row: ['model', 'outlier', 'detector'],
      column: ['figure'],
      value: 'value',
      cellDetails: [],
      rowDetails: ['verdict', 'test', 'photographs'],
      table: [],
    },
    details: [],
  };
}

/** Which run is the better one, as a word of a table. */
export function betterOf({ verdict }: Pick<ComparedDetector, 'verdict'>, labels: RunLabels): string {
  if (verdict === 'untested') return 'untested';
  return verdict === 'level' ? 'level' : labels[verdict];
}

/** What tests were made, and why some are not paired. */
export function comparedNotes(pairs: readonly ComparedPair[]): readonly string[] {
  const tests = new Set(pairs.flatMap(({ detectors }) => detectors.map(({ test }) => test)));
  const notes = [
    'Better: which run has the larger ROC-AUC where the adjusted p is at most 0.05, else level. p is two-sided and adjusted by Holm ' +
      'over the detectors of a model and set.',
  ];
  if (tests.has('paired') || tests.has('clustered'))
    notes.push(
      `Tests are paired (DeLong et al.), as both runs scored the same images${
        tests.has('clustered')
          ? '; where images share photographs the variance is the clustered one (Obuchowski)'
          : ''
      }.`,
    );
  if (tests.has('unpaired')) {
    const reasons = [...new Set(pairs.flatMap(({ whyUnpaired }) => whyUnpaired ?? []))];
    notes.push(
      `${unpairedMark} The tests are not paired, but as if the two runs had nothing in common: ${reasons.join('; ')}.`,
    );
  }
  return notes;
}

function rowOf(
  { model, outlier, whyUnpaired, photographs }: ComparedPair,
  compared: ComparedDetector,
  labels: RunLabels,
): TableRow {
  const { detector, first, second, difference, error, p, adjustedP, test, verdict } = compared;
  const half = error === null ? null : normalQuantile(0.975) * error;
  const alone = (value: number | null): TableCell => ({ value, spread: null, details: [] });
  const between = (value: number, low: number, high: number): TableCell => ({
    ...{ value, spread: { deviation: null, low, high }, details: [] },
  });
  return {
    headings: [
      whyUnpaired === null ? shownName(outlier) : `${shownName(outlier)} ${unpairedMark}`,
      titleOf(detector),
      betterOf(compared, labels),
    ],
    keys: [model, outlier, detector],
    cells: [
      between(first.auroc, first.low, first.high),
      between(second.auroc, second.low, second.high),
      half === null ? alone(difference) : between(difference, difference - half, difference + half),
      ...[p, adjustedP, first.fpr95, second.fpr95].map(alone),
    ],
    best: null,
    details: [verdict, test, photographs],
  };
}

import { printableLine, shortened } from '../../manifests/input/printable.js';
import type { RunComparison } from '../comparison/compare-runs.js';
import { betterOf, comparedNotes, unpairedMark } from '../comparison/comparison-table.js';
import { onlyInOne } from '../comparison/only-in-one.js';
import { fractionText, quantity, threeDecimals } from '../tables/figure-text.js';
import { shownName } from '../tables/table.js';
import { alignColumns } from './columns.js';
import { wrapWords } from './wrap-words.js';

const labels = { first: 'A', second: 'B' } as const;

/** A longer value of a setting is cut in its middle. */
const longestValue = 60;

/** Lines of prose are as wide as the narrowest terminal that people have. */
const width = 80;

const noneInCommon = wrapWords(
  'Results: the runs have none in common: no detector of a model and outlier set with the same names in both; --models and --sets pair other names.',
  width,
);

/** What differs between two runs, for people. */
export function comparisonText(comparison: RunComparison): string {
  const { first, second, settings, unfinished, pairs, only } = comparison;
  const blocks = [`A: ${printableLine(first)}\nB: ${printableLine(second)}\n`];
  if (settings.length === 0) blocks.push('Configuration: nothing differs.\n');
  else {
    const rows = settings.map(({ setting, ...values }) => [
      setting,
      shown(values.first),
      shown(values.second),
    ]);
    blocks.push(`Configuration: what differs\n${alignColumns([['', 'A', 'B'], ...rows])}`);
  }
  if (unfinished.length > 0) blocks.push(`Results: not compared, as not both runs are finished.\n`);
  else {
    blocks.push(...(pairs.length === 0 ? [noneInCommon] : resultBlocks(comparison)));
    const alone = onlyInOne(only, labels).map((line) => wrapWords(printableLine(line), width, '  ', '    '));
    if (alone.length > 0) blocks.push(`In one run alone:\n${alone.join('')}`);
  }
  return blocks.join('\n');
}

function resultBlocks({ pairs }: RunComparison): readonly string[] {
  const heads = ['model', 'set', 'detector', 'A', 'B', 'B − A', 'p, adjusted', 'better'];
  const rows = pairs.flatMap(({ model, outlier, inSecond, whyUnpaired, detectors }) =>
    detectors.map((one) => [
      bothNames(model, inSecond.model),
      `${bothNames(outlier, inSecond.outlier)}${whyUnpaired === null ? '' : ` ${unpairedMark}`}`,
      one.detector,
      fractionText(one.first.auroc),
      fractionText(one.second.auroc),
      signed(one.difference),
      quantity({ value: one.adjustedP, spread: null, details: [] }),
      betterOf(one, labels),
    ]),
  );
  const notes = comparedNotes(pairs).map((note) => wrapWords(printableLine(note), width));
  return [`Results: ROC-AUC on test images\n${alignColumns([heads, ...rows])}`, notes.join('')];
}

/** A name, or both where the second run has another one. */
function bothNames(first: string, second: string): string {
  return first === second ? shownName(first) : `${shownName(first)} / ${shownName(second)}`;
}

function shown(value: string | null): string {
  if (value === null) return '—';
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : shortened(value, longestValue);
}

function signed(difference: number): string {
  if (difference === 0) return '0';
  return `${difference < 0 ? '−' : '+'}${threeDecimals(Math.abs(difference))}`;
}

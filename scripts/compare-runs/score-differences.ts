import { quantile } from '../../stages/metrics/summary.js';
import { logG } from '../../stages/scores.js';
import type { SplitPair } from './split-pair.js';

/** How far one kind of score of two runs is apart, over all images and cells that both have. */
export interface DifferenceSummary {
  /** Null where there is no such score. */
  readonly median: number | null;
  readonly largest: number | null;
}

/** How far the scores of one network on one split are apart. */
export interface ScoreDifference extends Pick<SplitPair, 'model' | 'set' | 'wave'> {
  readonly images: number;
  readonly cells: number;
  readonly logOdds: DifferenceSummary;
  readonly maxLogit: DifferenceSummary;
  readonly logSG: DifferenceSummary;
  readonly logG: DifferenceSummary;
  /** Images × cells at which another class is predicted. */
  readonly otherClasses: number;
  /**
   * The largest log-odds of either run where they predict different classes: one of two classes that are as likely has
   * at most 0. Null where none differ.
   */
  readonly surestOther: number | null;
}

/** Compares scores image by image, cell by cell. */
export function scoreDifference({ model, set, wave, passes, reference, other }: SplitPair): ScoreDifference {
  const cells = [
    ...passes.cells,
    ...passes.forwardCells,
    ...passes.forwardTemperatures.map((temperature) => ({ epsilon: 0, temperature })),
  ];
  const gaps: Record<'logOdds' | 'maxLogit' | 'logSG' | 'logG', number[]> = {
    logOdds: [],
    maxLogit: [],
    logSG: [],
    logG: [],
  };
  let otherClasses = 0;
  let surestOther: number | null = null;
  for (const cell of cells) {
    const [a, b] = [reference.at(cell), other.at(cell)];
    for (const [image, odds] of a.logOdds.entries()) {
      const otherOdds = b.logOdds[image] ?? Number.NaN;
      gaps.logOdds.push(gap(odds, otherOdds));
      gaps.maxLogit.push(gap(a.maxLogit[image], b.maxLogit[image]));
      if (a.logSG !== null && b.logSG !== null) {
        const [sg, otherSG] = [a.logSG[image] ?? Number.NaN, b.logSG[image] ?? Number.NaN];
        gaps.logSG.push(gap(sg, otherSG));
        gaps.logG.push(gap(logG(sg, odds), logG(otherSG, otherOdds)));
      }
      if (a.predicted[image] === b.predicted[image]) continue;
      otherClasses += 1;
      surestOther = Math.max(surestOther ?? Number.NEGATIVE_INFINITY, odds, otherOdds);
    }
  }
  return {
    model,
    set,
    wave,
    images: reference.size,
    cells: cells.length,
    logOdds: spread(gaps.logOdds),
    maxLogit: spread(gaps.maxLogit),
    logSG: spread(gaps.logSG),
    logG: spread(gaps.logG),
    otherClasses,
    surestOther,
  };
}

/** Equal infinities are no difference, as are equal numbers. */
function gap(a: number | undefined, b: number | undefined): number {
  return a === b ? 0 : Math.abs((a ?? Number.NaN) - (b ?? Number.NaN));
}

function spread(values: readonly number[]): DifferenceSummary {
  if (values.length === 0) return { median: null, largest: null };
  const sorted = Float64Array.from(values).sort();
  return { median: quantile(sorted, 0.5), largest: sorted.at(-1) ?? null };
}

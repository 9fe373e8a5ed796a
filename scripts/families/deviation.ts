import { type ComparedScore, comparedScores, type Family } from './family.js';
import type { Scores } from './scores.js';

/** The largest distance from float64 of each score: without perturbation, and with it. Null where it can't be compared. */
export interface Deviation {
  readonly still: Readonly<Record<ComparedScore, number | null>>;
  readonly perturbed: Readonly<Record<ComparedScore, number | null>>;
}

/** @param sameParameters whether the file has the module's parameters, so that norms are of the same gradient */
export function deviationOf(scores: Scores, family: Family, sameParameters: boolean): Deviation {
  return bothWays((row, score) => {
    if (!sameParameters && (score === 'logSG' || score === 'logG')) return null;
    return Math.abs((scores[row]?.[score] ?? Number.NaN) - (family.rows[row]?.double[score] ?? Number.NaN));
  }, family);
}

/** The same of PyTorch in float32. */
export function torchDeviation(family: Family): Deviation {
  return bothWays((row, score) => {
    const { single, double } = family.rows[row] ?? {};
    return Math.abs((single?.[score] ?? Number.NaN) - (double?.[score] ?? Number.NaN));
  }, family);
}

function bothWays(distance: (row: number, score: ComparedScore) => number | null, family: Family): Deviation {
  const largest = (perturbed: boolean) =>
    Object.fromEntries(
      comparedScores.map((score) => {
        const distances = family.rows.flatMap(({ epsilon }, row) =>
          epsilon > 0 === perturbed ? [distance(row, score)] : [],
        );
        return [score, distances.includes(null) ? null : Math.max(...distances.map(Number))];
      }),
    ) as Record<ComparedScore, number | null>;
  return { still: largest(false), perturbed: largest(true) };
}

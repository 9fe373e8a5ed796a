import { type ComparedScore, comparedScores, type Family, type FamilyFile } from './family.js';
import type { Scores } from './scores.js';

/** The largest distance from float64 of each score: without perturbation, and with it. */
export interface Deviation {
  readonly still: Readonly<Record<ComparedScore, number>>;
  readonly perturbed: Readonly<Record<ComparedScore, number>>;
}

/** Distance of a file's scores from the module's; of its norms from those of the parameters that the file stores. */
export function deviationOf(scores: Scores, family: Family, { stored }: FamilyFile): Deviation {
  return bothWays((row, score) => {
    const exact =
      stored !== undefined && (score === 'logSG' || score === 'logG')
        ? stored[row]?.[score]
        : family.rows[row]?.double[score];
    return Math.abs((scores[row]?.[score] ?? Number.NaN) - (exact ?? Number.NaN));
  }, family);
}

/** What compiled scorers give in float64, by variant. */
export type ExactScores = Readonly<Record<string, Scores>>;

/** The largest distance of any score of a scorer that is run in float64: without perturbation, and with it. */
export function exactDeviation(
  scores: Scores | undefined,
  family: Family,
  file: FamilyFile,
): readonly [still: number, perturbed: number] | null {
  if (scores === undefined) return null;
  const { still, perturbed } = deviationOf(scores, family, file);
  return [Math.max(...Object.values(still)), Math.max(...Object.values(perturbed))];
}

/** The same of PyTorch in float32. */
export function torchDeviation(family: Family): Deviation {
  return bothWays((row, score) => {
    const { single, double } = family.rows[row] ?? {};
    return Math.abs((single?.[score] ?? Number.NaN) - (double?.[score] ?? Number.NaN));
  }, family);
}

function bothWays(distance: (row: number, score: ComparedScore) => number, family: Family): Deviation {
  const largest = (perturbed: boolean) =>
    Object.fromEntries(
      comparedScores.map((score) => [
        score,
        Math.max(
          ...family.rows.flatMap(({ epsilon }, row) =>
            epsilon > 0 === perturbed ? [distance(row, score)] : [],
          ),
        ),
      ]),
    ) as Record<ComparedScore, number>;
  return { still: largest(false), perturbed: largest(true) };
}

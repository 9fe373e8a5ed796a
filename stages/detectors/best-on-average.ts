/** Where a mean of surfaces is largest. */
export interface BestOnAverage {
  /** Place among the cells. */
  readonly place: number;
  /** The mean there. */
  readonly mean: number;
}

/** Means closer than this differ by rounding alone: ROC-AUCs of counted images lie farther apart. */
const rounding = 1e-12;

/**
 * The cell that is best on average: the one choice of ε and T for several outlier sets at once.
 * @param surfaces ROC-AUCs of each set by cell, at least one set: [sets][cells ≥ 1]; cells in the order in which ties are broken
 * @returns the first of the cells whose mean is the largest, whatever the order of the sets
 */
export function bestOnAverage(surfaces: readonly Float64Array[]): BestOnAverage {
  const means = meansOf(surfaces);
  const largest = means.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const place = means.findIndex((mean) => mean >= largest - rounding);
  return { place, mean: means[place] ?? Number.NaN };
}

function meansOf(surfaces: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(surfaces[0]?.length ?? 0);
  for (const surface of surfaces)
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (surface[i] ?? Number.NaN);
  return sums.map((sum) => sum / surfaces.length);
}

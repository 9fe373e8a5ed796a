import type { Clusters } from './clusters.js';
import type { Placements } from './placements.js';

/**
 * The covariance of the ROC-AUCs of two detectors on the same rows, by their placements: Obuchowski (1997), "Nonparametric
 * analysis of clustered ROC curve data", where rows share photographs, of which DeLong, DeLong and Clarke-Pearson (1988) is the
 * case without. Of a detector with itself it is the variance; of a difference of placements with itself, that of the
 * difference, without the digits that var + var − 2 cov would lose.
 * @param clusters null where no rows share a photograph
 * @returns null where a class has rows of fewer than two photographs: nothing tells how they vary
 */
export function aurocCovariance(
  first: Placements,
  second: Placements,
  clusters: Clusters | null,
): number | null {
  const [m, n] = [first.outlier.length, first.inDomain.length];
  if (clusters === null) {
    if (m < 2 || n < 2) return null;
    const ofClass = (one: Float64Array, other: Float64Array): number =>
      product(centred(one, first.auroc), centred(other, second.auroc)) / (one.length - 1) / one.length;
    return ofClass(first.outlier, second.outlier) + ofClass(first.inDomain, second.inDomain);
  }
  const photographs = clusters.count;
  const outlierPhotographs = distinct(clusters.of.subarray(n), photographs);
  const inDomainPhotographs = distinct(clusters.of.subarray(0, n), photographs);
  if (outlierPhotographs < 2 || inDomainPhotographs < 2) return null;
  const [one, other] = [first, second].map((placements) => summed(placements, clusters));
  if (one === undefined || other === undefined) return null;
  const s10 = (outlierPhotographs / (outlierPhotographs - 1) / m) * product(one.outlier, other.outlier);
  const s01 = (inDomainPhotographs / (inDomainPhotographs - 1) / n) * product(one.inDomain, other.inDomain);
  const crossed = product(one.outlier, other.inDomain) + product(one.inDomain, other.outlier);
  const s11 = (photographs / (photographs - 1)) * crossed;
  return s10 / m + s01 / n + s11 / (m * n);
}

/**
 * The standard error of a ROC-AUC, or of a difference of two.
 * @returns null where there is no variance to estimate, as in `aurocCovariance`
 */
export function aurocError(placements: Placements, clusters: Clusters | null): number | null {
  const variance = aurocCovariance(placements, placements, clusters);
  // Where the classes of a photograph vary against each other it may come out below zero.
  return variance === null ? null : Math.sqrt(Math.max(0, variance));
}

function centred(values: Float64Array, mean: number): Float64Array {
  return values.map((value) => value - mean);
}

function product(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

/** What the rows of each photograph differ from the mean by, summed: [photographs] of each class. */
function summed(
  { outlier, inDomain, auroc }: Placements,
  { count, of }: Clusters,
): { readonly outlier: Float64Array; readonly inDomain: Float64Array } {
  const sumsOf = (values: Float64Array, numbers: Uint32Array): Float64Array => {
    const sums = new Float64Array(count);
    for (let row = 0; row < values.length; row += 1) {
      const number = numbers[row] ?? 0;
      sums[number] = (sums[number] ?? 0) + (values[row] ?? 0) - auroc;
    }
    return sums;
  };
  const rows = inDomain.length;
  return { outlier: sumsOf(outlier, of.subarray(rows)), inDomain: sumsOf(inDomain, of.subarray(0, rows)) };
}

function distinct(numbers: Uint32Array, count: number): number {
  const seen = new Uint8Array(count);
  let found = 0;
  for (const number of numbers) {
    found += 1 - (seen[number] ?? 0);
    seen[number] = 1;
  }
  return found;
}

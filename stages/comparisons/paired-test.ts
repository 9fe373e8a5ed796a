import { normalTwoSided } from '../distributions/normal.js';
import { aurocError } from '../metrics/auroc-covariance.js';
import type { Clusters } from '../metrics/clusters.js';
import { type Placements, placementDifference } from '../metrics/placements.js';

/** Whether the ROC-AUCs of two detectors on the same rows differ. */
export interface PairedTest {
  /** The first ROC-AUC less the second. */
  readonly difference: number;
  /** Its standard error; null where a class has rows of fewer than two photographs. */
  readonly error: number | null;
  /** Their ratio; null where it can't be formed. */
  readonly z: number | null;
  /** Two-sided. 1 of equal placements; null of others where nothing varies, or nothing tells how. */
  readonly p: number | null;
}

/**
 * The paired test of DeLong, DeLong and Clarke-Pearson (1988), with the clustered variance of Obuchowski (1997) where rows share
 * photographs.
 * @param clusters null where none do
 */
export function pairedTest(first: Placements, second: Placements, clusters: Clusters | null): PairedTest {
  const apart = placementDifference(first, second);
  const error = aurocError(apart, clusters);
  const difference = apart.auroc;
  if (error !== null && error > 0) {
    const z = difference / error;
    return { difference, error, z, p: normalTwoSided(z) };
  }
  // Of equal placements no further images could tell anything else, however few these are.
  const isEqual = [apart.outlier, apart.inDomain].every((ofClass) => ofClass.every((value) => value === 0));
  return { difference, error, z: null, p: isEqual || (error === 0 && difference === 0) ? 1 : null };
}

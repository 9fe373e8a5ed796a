import { holm } from '../../stages/comparisons/holm.js';
import { type PairedTest, pairedTest } from '../../stages/comparisons/paired-test.js';
import { normalTwoSided } from '../../stages/distributions/normal.js';
import type { Clusters } from '../../stages/metrics/clusters.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import type { Ranking } from '../../stages/metrics/ranking.js';

/** An adjusted p-value up to this tells two ROC-AUCs apart. */
const level = 0.05;

/** What one run says of a detector on an outlier set. */
export interface DetectorSide {
  /** ROC-AUC, and its 95 % interval over resamplings. */
  readonly auroc: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number | null;
  readonly fpr95: number | null;
  /** The cell that was chosen. */
  readonly epsilon: number;
  readonly temperature: number;
  readonly inDomainImages: number;
  readonly outlierImages: number;
}

/** One detector in both runs, and how it ranks the same images, the second run's in the order of the first one's. */
export interface DetectorInBoth {
  readonly detector: string;
  readonly first: DetectorSide;
  readonly second: DetectorSide;
  /** Null where the runs have not scored the same images. */
  readonly rankings: readonly [Ranking, Ranking] | null;
}

/** What two runs say of one detector. */
export interface ComparedDetector {
  readonly detector: string;
  readonly first: DetectorSide;
  readonly second: DetectorSide;
  /** `clustered`: paired, with the variance of photographs that rows share. */
  readonly test: 'paired' | 'clustered' | 'unpaired';
  /** The second run's ROC-AUC less the first one's. */
  readonly difference: number;
  /** Its standard error; null where nothing tells how it varies. */
  readonly error: number | null;
  /** Their ratio; null where it can't be formed. */
  readonly z: number | null;
  /** Two-sided; null where the difference is not zero, but nothing varies. */
  readonly p: number | null;
  /** By Holm, over the detectors of the row. */
  readonly adjustedP: number | null;
  readonly verdict: 'first' | 'second' | 'level' | 'untested';
}

/**
 * Compares the detectors of one model on one outlier set in two runs: by the paired test of DeLong where both ranked the same images,
 * clustered by photograph where rows share some; else as if the runs were independent.
 * @param clusters of the images; null where none share a photograph
 */
export function compareRow(
  detectors: readonly DetectorInBoth[],
  clusters: Clusters | null,
): readonly ComparedDetector[] {
  const tests = detectors.map(({ first, second, rankings }) => {
    if (rankings === null) return unpairedTest(first, second);
    const [one, other] = rankings.map(placementsOf);
    return one && other ? pairedTest(other, one, clusters) : unpairedTest(first, second);
  });
  const adjusted = holm(tests.map(({ p }) => p));
  return detectors.map(({ detector, first, second, rankings }, nth): ComparedDetector => {
    const { difference = 0, error = null, z = null, p = null } = tests[nth] ?? {};
    const adjustedP = adjusted[nth] ?? null;
    const better = difference > 0 ? 'second' : 'first';
    return {
      ...{ detector, first, second, difference, error, z, p, adjustedP },
      test: rankings === null ? 'unpaired' : clusters === null ? 'paired' : 'clustered',
      verdict: adjustedP === null ? 'untested' : adjustedP <= level ? better : 'level',
    };
  });
}

/** As if the images of the two runs had nothing to do with each other. */
function unpairedTest(first: DetectorSide, second: DetectorSide): PairedTest {
  const difference = second.auroc - first.auroc;
  const [one, other] = [first.standardError, second.standardError];
  const error = one === null || other === null ? null : Math.hypot(one, other);
  if (error === null || !(error > 0)) return { difference, error, z: null, p: null };
  const z = difference / error;
  return { difference, error, z, p: normalTwoSided(z) };
}

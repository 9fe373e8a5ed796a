import { pairedTest } from '../stages/comparisons/paired-test.js';
import { InputError } from '../stages/errors.js';
import { aurocError } from '../stages/metrics/auroc-covariance.js';
import { type Clusters, clustersOf } from '../stages/metrics/clusters.js';
import { logitInterval } from '../stages/metrics/logit-interval.js';
import { type Placements, placementsOf } from '../stages/metrics/placements.js';
import { rank } from '../stages/metrics/ranking.js';
import { requireNumbers } from './arguments.js';
import { checkedOptions } from './options.js';

/** The scores of one detector, larger = more out-of-domain. */
export interface DetectorScores {
  readonly inDomain: ArrayLike<number>;
  readonly outlier: ArrayLike<number>;
}

/** Which images are not independent. */
export interface CompareScoresOptions {
  /**
   * The photograph that each image was made from, in the order of the scores; images of one, in either class, are taken together.
   * Default: every image is a photograph of its own.
   */
  readonly photographs?:
    | { readonly inDomain: readonly string[]; readonly outlier: readonly string[] }
    | undefined;
}

/** ROC-AUC of one detector. */
export interface AurocWithError {
  readonly auroc: number;
  /** By DeLong, or Obuchowski where images share photographs; null where a class has one photograph alone. */
  readonly standardError: number | null;
  /** The 95 % interval by it on the logit scale; null also where ROC-AUC is 0 or 1, or does not vary. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Whether two detectors differ on the same images. */
export interface ScoresComparison {
  readonly first: AurocWithError;
  readonly second: AurocWithError;
  /** The second ROC-AUC less the first. */
  readonly difference: number;
  /** Of the difference; null where a class has one photograph alone. */
  readonly standardError: number | null;
  /** difference / standardError; null where that is 0 or null. */
  readonly z: number | null;
  /** Two-sided. 1 of detectors that place every image alike; of others null where nothing tells how they vary. */
  readonly p: number | null;
}

/**
 * The paired test of DeLong, DeLong and Clarke-Pearson (1988) between the ROC-AUCs of two detectors on the same images, whoever
 * made the scores, clustered by photograph (Obuchowski, 1997) where images share some: the test of `analyses/comparisons`, before
 * p-values of several are adjusted.
 * @param first scores by one detector
 * @param second scores of the same images, in the same order, by another one
 * @throws InputError naming an argument or option that is none, or lists that are not of the same length
 * @throws MetricError for an empty class or a score that is not finite
 */
export function compareScores(
  first: DetectorScores,
  second: DetectorScores,
  options: CompareScoresOptions = {},
): ScoresComparison {
  const [one, other] = [placementsBy('first', first), placementsBy('second', second)];
  const { photographs } = checkedOptions('compareScores', options);
  for (const side of ['inDomain', 'outlier'] as const) {
    const images = one[side].length;
    requireAsMany(`second.${side}`, other[side].length, images, 'numbers');
    if (photographs) requireAsMany(`photographs.${side}`, photographs[side].length, images, 'texts');
  }
  const clusters = photographs
    ? clustersOf(basesOf(photographs.inDomain), basesOf(photographs.outlier))
    : null;
  const { difference, error, z, p } = pairedTest(other, one, clusters);
  return {
    first: withError(one, clusters),
    second: withError(other, clusters),
    ...{ difference, standardError: error, z, p },
  };
}

function placementsBy(name: 'first' | 'second', scores: DetectorScores): Placements {
  requireNumbers('compareScores', `${name}.inDomain`, scores?.inDomain);
  requireNumbers('compareScores', `${name}.outlier`, scores?.outlier);
  const [inDomain, outlier] = [Float64Array.from(scores.inDomain), Float64Array.from(scores.outlier)];
  return placementsOf(rank(inDomain, outlier, `the ${name} detector`));
}

function requireAsMany(name: string, found: number, images: number, of: string): void {
  if (found === images) return;
  throw new InputError(
    `compareScores: ${name}: found ${found} ${of}; expected ${images}, as many as first.${name.split('.')[1]} has`,
  );
}

function basesOf(bases: readonly string[]) {
  return { size: bases.length, baseAt: (row: number): string => bases[row] ?? '' };
}

function withError(placements: Placements, clusters: Clusters | null): AurocWithError {
  const { auroc } = placements;
  const standardError = aurocError(placements, clusters);
  const { low = null, high = null } = logitInterval(auroc, standardError) ?? {};
  return { auroc, standardError, low, high };
}

import type { PublishedSet } from '../../manifests/paper/published.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { ExperimentSet } from './experiment.js';

/** Sets of the paper whose images are of classes that the networks know, labels or not. */
const ofKnownClasses: readonly PublishedSet[] = ['ImageNet-R', 'ImageNet-A', 'ImageNet-C'];

/**
 * Whether an outlier set is of classes that the networks don't know. A label is the class of a network, so none of its images has
 * one; and images of a corruption are known ones that look otherwise, labels or not.
 */
export function isOfNewClasses(
  { corruption, corrupt, published }: Pick<ExperimentSet, 'corruption' | 'corrupt' | 'published'>,
  { labels }: Pick<SplitScores, 'labels'>,
): boolean {
  if (corruption !== undefined || corrupt !== undefined) return false;
  if (published !== undefined && ofKnownClasses.includes(published)) return false;
  return labels.every((label) => label < 0);
}

import { aurocAgainst } from '../metrics/auroc-against.js';
import { sortScores } from '../metrics/sorted-scores.js';

/** Images whose log-odds are neither below `low` nor above `high`: between the black lines of the paper's figure 2. */
export interface ScoreWindow {
  /** −λ; −∞ where the window holds the least confident images. */
  readonly low: number;
  /** ∞ where it holds the most confident ones. */
  readonly high: number;
  /** ROC-AUC of S within the window, of the images that it was found on. */
  readonly auroc: number;
}

/** Windows that are tried are as many and one more, from the least confident half to the most confident. */
const windowSteps = 50;

/**
 * The half of a mixture that S separates worst (section 4.2): of the windows that hold half of its images, between quantiles of
 * their log-odds a fiftieth apart, the one with the smallest ROC-AUC of S; of equal ones the least confident. Windows of free
 * width would shrink to a few images with the order that one wants. Chosen so S does worse than it does anywhere else: whatever
 * ranks these images otherwise gains by the choice.
 * @param inDomain log-odds, finite
 * @param outlier the same
 * @returns null where no window holds images of both
 */
export function hardestWindow(inDomain: Float64Array, outlier: Float64Array): ScoreWindow | null {
  const sorted = new Float64Array(inDomain.length + outlier.length);
  sorted.set(inDomain);
  sorted.set(outlier, inDomain.length);
  sorted.sort();
  const half = Math.ceil(sorted.length / 2);
  let hardest: ScoreWindow | null = null;
  for (let step = 0; step <= windowSteps; step += 1) {
    const from = Math.floor(((sorted.length - half) * step) / windowSteps);
    const to = from + half;
    const ends = {
      low: from === 0 ? Number.NEGATIVE_INFINITY : (sorted[from] ?? Number.NaN),
      high: to === sorted.length ? Number.POSITIVE_INFINITY : (sorted[to - 1] ?? Number.NaN),
    };
    // Larger = more out-of-domain.
    const [inside, outside] = [inDomain, outlier].map((values) =>
      values.filter((value) => isWithin(value, ends)).map((value) => -value),
    );
    if (!inside?.length || !outside?.length) continue;
    const auroc = aurocAgainst(sortScores(inside), outside);
    if (hardest === null || auroc < hardest.auroc) hardest = { ...ends, auroc };
  }
  return hardest;
}

/** Whether an image of these log-odds is in a window. */
export function isWithin(logOdds: number, { low, high }: Pick<ScoreWindow, 'low' | 'high'>): boolean {
  return low <= logOdds && logOdds <= high;
}

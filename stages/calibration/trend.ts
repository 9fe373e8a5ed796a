import type { ReliabilityBin } from './reliability.js';

/** Accuracy as a straight line of confidence: slope · confidence + intercept. */
export interface Trend {
  readonly slope: number;
  readonly intercept: number;
}

/** What means of equal confidences differ by, and more. */
const roundingError = 1e-12;

/**
 * The line of least squares through the points of a reliability graph, one a bin: the red line of the paper's figure 1. Calibration
 * takes it to rise; where a network is wrong with confidence it falls.
 * @returns null where all bins are of one confidence, so that there is no line
 */
export function trendOf(bins: readonly ReliabilityBin[]): Trend | null {
  const meanOf = (of: (bin: ReliabilityBin) => number): number =>
    bins.reduce((sum, bin) => sum + of(bin), 0) / bins.length;
  const confidence = meanOf((bin) => bin.confidence);
  const accuracy = meanOf((bin) => bin.accuracy);
  if (bins.every((bin) => Math.abs(bin.confidence - confidence) < roundingError)) return null;
  const spread = meanOf((bin) => (bin.confidence - confidence) ** 2);
  const slope = meanOf((bin) => (bin.confidence - confidence) * (bin.accuracy - accuracy)) / spread;
  return { slope, intercept: accuracy - slope * confidence };
}

import type { Detector } from '../../stages/detectors/detector.js';
import { InputError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { ThresholdRow } from '../analyses/threshold-rows.js';

/** The smallest number that single precision holds with all its digits, and the largest. */
const smallestNormal = 2 ** -126;
const largest = (2 - 2 ** -23) * 2 ** 127;

/** What rounding may change of a score, relative to 1 or to it, as the tests of deployed detectors find. */
const rounding = 2e-6;

/**
 * Sees that a file can tell in single precision what a run told in double precision: that it holds δ, and that the in-domain
 * scores around δ, between which the quantile lies that it stands for, are further apart than rounding.
 * @throws InputError naming the run
 */
export function requireSinglePrecision(detector: Detector, found: ThresholdRow, from: string): void {
  const compared = detector.compared?.of ?? ((value: number): number => value);
  const threshold = compared(found.threshold);
  const size = Math.abs(threshold);
  const what = `${from}: the threshold of ${detector.name} for ${found.outlier}, ${found.threshold},`;
  const remedy = `judge images in double precision by the run itself: ${call('judge')}`;
  if (size > largest || (size > 0 && size < smallestNormal))
    throw new InputError(
      `${what} is no number that a file holds, which computes in single precision; ${remedy}`,
    );
  const apart = compared(found.thresholdHigh) - compared(found.thresholdLow);
  if (apart > 0 && apart < rounding * Math.max(1, size))
    throw new InputError(
      `${what} lies among in-domain scores from ${found.thresholdLow} to ${found.thresholdHigh}, which a file can't tell apart, as it computes in single precision; ${remedy}`,
    );
}

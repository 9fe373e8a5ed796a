import type { Failures, Risks } from '../risks.js';

/** A number that says how well scores tell right predictions from what had better not be accepted. */
export interface SelectiveMetric {
  /** As it is written in files. */
  readonly name: string;
  /** As tables show it. */
  readonly title: string;
  readonly best: 'largest' | 'smallest';
  /** For which failures there is one. */
  readonly failures: readonly Failures[];
  /** @param risks of a curve that was followed to its end, with a labelled in-domain row and an outlier */
  value(risks: Risks, failures: Failures): number;
}

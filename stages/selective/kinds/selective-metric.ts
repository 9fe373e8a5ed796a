import type { Acceptance } from '../acceptance.js';

/** What counts as a failure when it is accepted. With outliers they are among the rows, without them they are left out. */
export const failureKinds = ['wrong', 'wrong-or-outlier'] as const;
export type Failures = (typeof failureKinds)[number];

/** A number that says how well scores tell right predictions from what had better not be accepted. */
export interface SelectiveMetric {
  /** As it is written in files. */
  readonly name: string;
  /** As tables show it. */
  readonly title: string;
  readonly best: 'largest' | 'smallest';
  /** For which failures there is one. */
  readonly failures: readonly Failures[];
  /** @returns NaN where no labelled in-domain row was drawn */
  value(acceptance: Acceptance, failures: Failures): number;
}

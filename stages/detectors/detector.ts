import type { Ablation } from '../cells.js';
import type { Score } from '../scores.js';

/** A rule that turns one score into one number, larger = more out-of-domain. */
export interface Detector {
  /** As it is written in experiment files and tables: MSP, ODIN, ML, G, SG. */
  readonly name: string;
  /** As the paper's tables head its column. */
  readonly title: string;
  /** Which ablations are reported; the last one is the detector itself. MSP and ML have none but one fixed cell. */
  readonly ablations: readonly Ablation[];
  /** Whether the detector reads `logSG`, so that a backward pass is needed at its cells. */
  readonly needsGradient: boolean;
  /** The detector's value; NaN when what it needs is missing. Any monotone transform ranks alike. */
  value(score: Score): number;
}

import type { Ablation, Cell } from '../cells.js';
import type { Score } from '../scores.js';
import type { Grid } from './search.js';

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
  /** The cells that one of its ablations chooses from: distinct, in the order in which ties are broken. */
  cells(ablation: Ablation, grid: Grid): readonly Cell[];
  /** The detector's value; NaN when what it needs is missing. Any monotone transform ranks alike. */
  value(score: Score): number;
}

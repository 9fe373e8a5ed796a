import type { LabelledLogits } from '../calibration/fit-temperature.js';
import type { Ablation, Cell } from '../cells.js';
import type { Score } from '../scores.js';
import type { ComparedForm, EmitDetector } from './emitted-score.js';
import type { Grid } from './search.js';

/** One image's value of a detector, for readers: it need not be the number that ranks best. */
interface ShownScore {
  /** In JSON. */
  readonly key: string;
  /** Heads its column. */
  readonly heading: string;
  /** Larger = more out-of-domain. */
  value(score: Score): number;
}

/** A rule that turns one score into one number, larger = more out-of-domain. */
export interface Detector {
  /** As it is written in experiment files and tables. */
  readonly name: string;
  /** As the paper's tables head its column. */
  readonly title: string;
  /** Who proposed it and where, in one line. */
  readonly citation: string;
  /** Whether an experiment that names no detectors has it: the paper's have it. */
  readonly isUsual: boolean;
  /** The table that shows its ablations, for example `table-6`; null where none does. */
  readonly ablationTable: string | null;
  /** Which ablations are reported; the last one is the detector itself. one alone, `vanilla`, is a fixed cell, ε = 0 and T = 1. */
  readonly ablations: readonly Ablation[];
  /** Whether the detector reads `logSG`, so that a backward pass is needed at its cells. */
  readonly needsGradient: boolean;
  /** How `grodin score` shows it, or null where it does not. */
  readonly shown: ShownScore | null;
  /** The cells that one of its ablations chooses from: distinct, in the order in which ties are broken. */
  cells(ablation: Ablation, grid: Grid): readonly Cell[];
  /**
   * What the detector reads of an image's logits at ε = 0; absent where it reads none. Logits are then kept, or its value.
   * @param logits h, [K]
   */
  readonly ofLogits?: (logits: ArrayLike<number>, temperature: number) => number;
  /**
   * Finds the detector's temperature for one network on labelled in-domain validation images; absent where the grid has its
   * temperatures. The detector is then used `atTemperature`.
   */
  readonly fitTemperature?: (images: LabelledLogits) => number;
  /** Its value as part of a graph, for a file that scores images anywhere; null where no graph of one network has it. */
  readonly emit: EmitDetector | null;
  /** What a graph compares with δ; absent where it is the value itself. */
  readonly compared?: ComparedForm | undefined;
  /** The detector's value; NaN when what it needs is missing. Any monotone transform ranks alike. */
  value(score: Score): number;
}

import type { Cell } from '../../stages/cells.js';
import type { ReadingName } from '../../stages/detectors/logit-readings.js';

/** The waves: validation rows at every cell of the grid, then test rows at the chosen cells. */
export type Wave = 1 | 2;

/** What a set's rows are divided into: those that cells are chosen on, and those that are reported on. */
export const splitNames = ['validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/**
 * A range of one set's images, scored by one model at one temperature with the ε it needs there, with the backward pass or
 * without it, or forward-only at ε = 0 for several temperatures. The unit of work, of claiming and of loss.
 */
export interface PlannedShard {
  /** The shard's identity, sha256 (hex) of everything its scores depend on. */
  readonly id: string;
  readonly model: string;
  readonly set: string;
  /** Row indices in the set's manifest, ascending. */
  readonly rows: Int32Array;
  /** Cells with the backward pass. All of one temperature, by ascending ε. */
  readonly cells: readonly Cell[];
  /** Cells, ε > 0, with perturbation and a forward pass there. All of one temperature, by ascending ε; empty unless `cells` is. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures scored forward-only at ε = 0. Empty unless the lists of cells are. */
  readonly forwardTemperatures: readonly number[];
  /** Whether the logits at ε = 0 are kept; absent where they are not, and where there are no forward temperatures. */
  readonly logits?: true;
  /** What is kept of the logits at ε = 0 in their place, a value each; absent where nothing is, as `logits`. */
  readonly readings?: readonly ReadingName[];
}

/** How many passes one image takes, by kind. */
export interface PassCounts {
  /** Of cells with the backward pass. */
  readonly perturbation: number;
  readonly scoring: number;
  readonly forward: number;
  /** Perturbation passes of cells without it: beside graphs that score several ε together these are graphs of their own. */
  readonly forwardPerturbation: number;
}

/** What a shard scores of its images. */
export type ShardPasses = Pick<
  PlannedShard,
  'cells' | 'forwardCells' | 'forwardTemperatures' | 'logits' | 'readings'
>;

/** Passes of one image of a shard: one perturbation serves every ε of a temperature, and ε = 0 needs none. */
export function passesPerImage({ cells, forwardCells, forwardTemperatures }: ShardPasses): PassCounts {
  const perturbed = (some: readonly Cell[]): number =>
    new Set(some.filter((cell) => cell.epsilon > 0).map((cell) => cell.temperature)).size;
  return {
    perturbation: perturbed(cells),
    scoring: cells.length,
    forward: forwardCells.length + (forwardTemperatures.length > 0 ? 1 : 0),
    forwardPerturbation: perturbed(forwardCells),
  };
}

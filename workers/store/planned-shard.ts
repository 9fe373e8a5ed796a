import type { Cell } from '../../stages/cells.js';

/** The waves: validation rows at every cell of the grid, then test rows at the chosen cells. */
export type Wave = 1 | 2;

/**
 * A range of one set's images, scored by one model at one temperature with the ε it needs there, or
 * forward-only at ε = 0 for several temperatures. The unit of work, of claiming and of loss.
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
  /** Temperatures scored forward-only at ε = 0. Empty unless `cells` is. */
  readonly forwardTemperatures: readonly number[];
}

/** How many passes one image takes, by kind. */
export interface PassCounts {
  readonly perturbation: number;
  readonly scoring: number;
  readonly forward: number;
}

/** Passes of one image of a shard: one perturbation serves every ε of a temperature, and ε = 0 needs none. */
export function passesPerImage(shard: Pick<PlannedShard, 'cells' | 'forwardTemperatures'>): PassCounts {
  const perturbed = new Set(shard.cells.filter((cell) => cell.epsilon > 0).map((cell) => cell.temperature));
  return {
    perturbation: perturbed.size,
    scoring: shard.cells.length,
    forward: shard.forwardTemperatures.length > 0 ? 1 : 0,
  };
}

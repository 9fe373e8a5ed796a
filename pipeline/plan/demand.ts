import type { Manifest } from '../../manifests/manifest.js';
import type { Cell } from '../../stages/cells.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import type { KeptLogits } from '../experiment/kept-logits.js';

/** Rows of one set that one model has to score, and where. */
export interface Demand {
  readonly model: DemandingModel;
  readonly set: { readonly name: string; readonly manifest: Manifest };
  /** Row indices in the manifest, ascending. */
  readonly rows: Int32Array;
  /** Cells that need the backward pass. */
  readonly cells: readonly Cell[];
  /** Cells, ε > 0, that need a forward pass there; those among `cells` are not planned again. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures needed at ε = 0 without it; those among `cells` are not planned again. */
  readonly forwardTemperatures: readonly number[];
  /** What is to be kept of the logits at ε = 0. */
  readonly logits: KeptLogits;
}

export interface DemandingModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  /** Multiplications of one forward pass. */
  readonly multiplications: number;
}

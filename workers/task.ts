import type { ManifestRow } from '../manifests/manifest.js';
import type { Cell } from '../stages/cells.js';
import type { Preprocess } from './images/preprocess.js';
import type { ImageShape } from './images/source.js';

/** All a worker needs to score one shard: plain data, so that it crosses the thread boundary as it is. */
export interface ShardTask {
  /** The shard's identity: sha256 (hex) of everything its scores depend on. */
  readonly id: string;
  /** Where the finished Arrow file goes (absolute); written beside and renamed into place. */
  readonly file: string;
  readonly model: ModelTask;
  readonly rows: readonly ManifestRow[];
  /** Cells with perturbation (where ε > 0) and scoring. */
  readonly cells: readonly Cell[];
  /** Temperatures at which ε = 0 is scored forward-only (logSG null); disjoint from the cells with ε = 0. */
  readonly forwardTemperatures: readonly number[];
  /** Every batch is padded to this size. */
  readonly batchSize: number;
  /** Written into the file's schema metadata as they are. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One model, compiled for a fixed batch size. Paths are absolute. */
export interface ModelTask {
  readonly name: string;
  /** image → logits. */
  readonly forward: string;
  /** image, temperature → direction (sign of the input gradient of −log S). */
  readonly perturbation: string;
  /** image, direction, epsilon, temperature → logits, log_norm (log ‖Jᵀv‖²), … */
  readonly scoring: string;
  readonly preprocess: Preprocess;
  readonly input: ImageShape;
  /** What one unit of ε is per channel in the network's input space: 1 / std, or 1 where it is not normalised. */
  readonly epsilonScale: readonly number[];
}

/** What a worker says of a shard it has written. */
export interface ShardReport {
  readonly id: string;
  readonly images: number;
  /** Perturbation + scoring + forward passes, counted in images. */
  readonly passes: number;
  readonly seconds: number;
  readonly failedImages: number;
}

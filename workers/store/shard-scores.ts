import type { Cell } from '../../stages/cells.js';
import type { ReadingName } from '../../stages/detectors/logit-readings.js';

/** The version of what a score row means. Raised whenever equal inputs would no longer give equal rows. */
export const SCORE_SCHEMA_VERSION = 3;

/** Where an image can fail. */
export const failureStages = ['decoding', 'scoring'] as const;

/** One image that could not be used: left out of every metric, counted in every table. */
export interface ShardFailure {
  /** Index of the image among the shard's rows. */
  readonly row: number;
  readonly stage: (typeof failureStages)[number];
  readonly message: string;
}

/** The scores of one shard. Every column is [cells × usable], cell by cell, in the order of `usable`. */
export interface ShardScores {
  /** Image id and class (null where unknown) of every row of the shard, failed ones included. */
  readonly ids: readonly string[];
  readonly labels: readonly (number | null)[];
  /** Where each image lies below its manifest's folder, with forward slashes; absent in files from before they were told. */
  readonly paths?: readonly string[];
  /** sha256 (hex) of the bytes that each row's image was read from; null where they could not be read. */
  readonly digests: readonly (string | null)[];
  /** Ascending indices of the rows that have scores. */
  readonly usable: readonly number[];
  readonly cells: readonly ScoredCell[];
  readonly predicted: Int32Array;
  readonly maxLogit: Float64Array;
  /** −λ. */
  readonly logOdds: Float64Array;
  /** log ‖∇_θ ℓ‖²; NaN at cells that were scored forward-only. */
  readonly logSG: Float64Array;
  /** What is predicted where only the set's own classes may be; absent where it is not asked for. */
  readonly own?: OwnClasses;
  /** Norms of the layers' gradients; absent where they are not kept. */
  readonly layers?: LayerNorms;
  /** The network's outputs at the images as they are; absent where they are not kept. */
  readonly logits?: ImageLogits;
  /** What detectors read of the logits, where that is kept in their place. */
  readonly readings?: LogitReadings;
  /** In ascending order of `row`, at most one an image. */
  readonly failures: readonly ShardFailure[];
}

/** Predictions among the classes that a set has of those that the network knows, as ImageNet-R has 200 of 1 000. */
export interface OwnClasses {
  /** Ascending. */
  readonly classes: readonly number[];
  /** [cells × usable]: of these classes the first with the largest logit. */
  readonly predicted: Int32Array;
}

/** The network's outputs at ε = 0. */
export interface ImageLogits {
  /** K */
  readonly classes: number;
  /** [usable × K] */
  readonly values: Float32Array;
}

/** What detectors read of the network's outputs at ε = 0. */
export interface LogitReadings {
  /** R of them. */
  readonly names: readonly ReadingName[];
  /** [usable × R] */
  readonly values: Float64Array;
}

/** log SG of each layer alone; a layer is a parameter of θ. */
export interface LayerNorms {
  /** L of them. */
  readonly names: readonly string[];
  /**
   * [cells × usable × L]: of each layer log ‖∂ℓ/∂θ_l‖², the logarithm of whose exponentials' sum is log SG. −∞ where a
   * gradient is zero, NaN at cells that were scored forward-only.
   */
  readonly logNorms: Float32Array;
}

export interface ScoredCell extends Cell {
  /** Whether the backward pass was run, so that `logSG` is there. */
  readonly gradient: boolean;
}

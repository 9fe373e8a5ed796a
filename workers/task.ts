import type { ManifestRow } from '../manifests/manifest.js';
import type { Cell } from '../stages/cells.js';
import type { Device, Precision } from './devices/device.js';
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
  readonly seconds: number;
  /** Indices among the task's rows of the images that could not be used. */
  readonly failedRows: readonly number[];
}

/** What a worker answers to a task. Anything unforeseen is thrown instead, and costs only the task. */
export type ShardAnswer =
  | { readonly kind: 'finished'; readonly report: ShardReport }
  /** The run is being stopped; nothing was written. */
  | { readonly kind: 'stopped' }
  /** The engine could not allocate memory: a smaller batch may do. */
  | { readonly kind: 'out-of-memory'; readonly message: string }
  /** No second try can help: what the user gave is at fault. */
  | { readonly kind: 'refused'; readonly message: string };

/** What a worker may take for decoding images. */
export interface DecodingLimits {
  /** Bytes for all images at once, or null where they are not bounded. */
  readonly bytes: number | null;
  /** Images of more pixels are image errors. */
  readonly maxPixels: number;
}

/** What a worker thread is started with. */
export interface WorkerSetup {
  readonly device: Device;
  readonly precision: Precision;
  /** Threads inside one operation, where the device is the CPU. */
  readonly threads: number;
  readonly decoding: DecodingLimits;
  /** One int32, not 0 when the run is being stopped. */
  readonly stop: SharedArrayBuffer;
  /** The worker's number, from 1. */
  readonly number: number;
  /** One int32, counted up whenever the worker moves: at every pass, and at every graph that it opens. */
  readonly ticks: SharedArrayBuffer;
  /** One int32: the number of the worker that opens a graph, or 0, since some providers can't open two at once. */
  readonly opening: SharedArrayBuffer;
}

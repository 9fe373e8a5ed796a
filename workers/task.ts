import type { CorruptionSetting } from '../manifests/imagenet/corruptions.js';
import type { ManifestRow } from '../manifests/manifest-row.js';
import type { Cell } from '../stages/cells.js';
import type { ReadingName } from '../stages/detectors/logit-readings.js';
import type { Device, Precision } from './devices/device.js';
import type { Preprocess } from './images/preprocess.js';
import type { ImageShape } from './images/source.js';
import type { ModelIdentity } from './shard-identity.js';
import type { ShardScores } from './store/shard-scores.js';

/** Where an image of a batch lies. */
export interface ImageRow extends Pick<ManifestRow, 'path'> {
  /** What the draws of a corruption depend on. Default: the path. */
  readonly id?: string;
  /** See `ReadOptions`. */
  readonly isKnown?: boolean;
}

/** What one shard scores. */
export interface ScoringTask {
  readonly model: Pick<ModelTask, 'preprocess' | 'input' | 'epsilonScale' | 'layers'>;
  readonly rows: readonly (ManifestRow & ImageRow)[];
  /** The corruption that images are given first; absent where they are taken as they are. */
  readonly corrupt?: CorruptionSetting | undefined;
  /** Cells with perturbation (where ε > 0) and scoring. */
  readonly cells: readonly Cell[];
  /** Cells, ε > 0, with perturbation and a forward pass there (logSG null); disjoint from the cells. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures at which ε = 0 is scored forward-only (logSG null); disjoint from the cells with ε = 0. */
  readonly forwardTemperatures: readonly number[];
  /** Whether the logits at ε = 0 are kept; only where there are forward temperatures. */
  readonly logits?: true | undefined;
  /** What is kept of them in their place; absent where nothing is. */
  readonly readings?: readonly ReadingName[] | undefined;
  /** Classes, ascending, among which predictions are made too; absent where they are not asked for. */
  readonly ownClasses?: readonly number[] | undefined;
  /** Every batch is padded to this size. */
  readonly batchSize: number;
  /** Scores that hold already, of the same rows and cells: only the images that failed are scored. Default: none. */
  readonly kept?: ShardScores | undefined;
}

/** All a worker needs to score one shard: plain data, so that it crosses the thread boundary as it is. */
export interface ShardTask extends ScoringTask {
  /** The shard's identity: sha256 (hex) of everything its scores depend on. */
  readonly id: string;
  /** The run directory (absolute), where the finished Arrow file is published. */
  readonly out: string;
  readonly model: ModelTask;
  /** What the shard's identity is made of besides rows and cells: the worker computes it anew. */
  readonly identity: ModelIdentity;
  /** Absolute path of the manifest's folder. */
  readonly folder: string;
  /** Whether there are scores of it that may hold still, beside images that are tried again. */
  readonly isRetried: boolean;
}

/** What images of a batch become: the input of a model, maybe of corrupted ones. */
export interface BatchInput extends Pick<ModelTask, 'input' | 'preprocess'>, Pick<ScoringTask, 'corrupt'> {}

/** A compiled graph on disk. */
export interface GraphFile {
  /** Absolute path of the ONNX file. */
  readonly file: string;
  /** sha256 (hex) of all its bytes, those of its weights too where they have a file of their own. */
  readonly sha256: string;
}

/** One model, compiled for a fixed batch size. */
export interface ModelTask {
  readonly name: string;
  /** sha256 (hex) of the model that the graphs were compiled from. */
  readonly sha256: string;
  /** image → logits. */
  readonly forward: GraphFile;
  /** What scores at a cell: pass by pass, or several ε together. */
  readonly gradient: PassFiles | GridFiles;
  /** What forward passes at perturbed images take besides; absent where there are none. */
  readonly moving?: MovingFiles;
  readonly preprocess: Preprocess;
  readonly input: ImageShape;
  /** What one unit of ε is per channel in the network's input space: 1 / std, or 1 where it is not normalised. */
  readonly epsilonScale: readonly number[];
  /** Names of the layers that the graphs give norms of, in their order; absent where they give none. */
  readonly layers?: readonly string[];
}

/** Graphs for each pass of its own. */
export interface PassFiles {
  readonly kind: 'passes';
  /** image, temperature → direction (sign of the input gradient of −log S). */
  readonly perturbation: GraphFile;
  /** image, direction, epsilon, temperature → logits, log_norm (log ‖Jᵀv‖²), … */
  readonly scoring: GraphFile;
}

/** Graphs that bring images to where a forward pass reads them at ε > 0. */
export interface MovingFiles {
  /** image, temperature → direction. */
  readonly perturbation: GraphFile;
  /** image, direction, epsilon → image − epsilon · direction. */
  readonly move: GraphFile;
}

/** Graphs that do both passes: image, temperature, epsilon [E, C] → what `scoring` gives, for each ε and image. */
export interface GridFiles {
  readonly kind: 'grid';
  /** E of the graph for several ε, at least 2. */
  readonly steps: number;
  readonly several: GraphFile;
  /** The graph for one ε. */
  readonly single: GraphFile;
}

/** What a worker says of a shard that it has scored. */
export interface ShardReport {
  readonly id: string;
  readonly images: number;
  readonly seconds: number;
  /** The images that could not be used, as indices among the task's rows. */
  readonly failures: readonly { readonly row: number; readonly message: string }[];
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

/** What the thread of a GPU answers instead of `finished`: its passes keep it from writing, so that the caller writes the file. */
export interface ScoredShard {
  readonly kind: 'scored';
  readonly bytes: Uint8Array;
  /** Whether rows were taken over from the shard's former file, which is not needed any more then. */
  readonly tookOver: boolean;
  readonly report: ShardReport;
}

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
  /** Threads that decode images beside the worker's own; 1 for none but that. */
  readonly decoders: number;
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

import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { Wave } from '../../workers/store/planned-shard.js';
import type { ImageRecord } from '../inputs/bad-images.js';
import type { SeenOwnImages } from '../inputs/seen-images.js';
import type { Journal } from '../journal/journal.js';
import type { OpenModel, OpenRun } from '../opening/opened.js';
import type { Resampler } from '../reduction/resampler.js';
import type { Leases } from '../store/lease.js';
import type { CompiledModels } from './compiled-models.js';
import type { DeviceWorker } from './device-workers.js';
import type { PoolOrder, Progress } from './pool-messages.js';
import type { ShardClaims } from './shard-claims.js';
import type { ShardTrials } from './shard-trials.js';
import type { Share } from './share.js';

/** What `conductRun` works with and reports to. */
export interface ConductOptions {
  readonly compiled: CompiledModels;
  /** Workers, at most. */
  readonly workers: number;
  /** Whether an earlier pool process of this run has printed what is planned. */
  readonly isRestart: boolean;
  /** How the image files looked when the run was opened, see `PoolOrder`. */
  readonly views: PoolOrder['views'];
  /** Bytes that this process may take, or null where they are not bounded. */
  readonly memory: number | null;
  /** Images of more pixels are not decoded. */
  readonly maxPixels: number;
  /** What the engine takes of it. */
  readonly memoryUse: MemoryUse;
  /**
   * Starts so many workers, each of which may take so many bytes for decoding; called when the first shard is missing, and
   * again where one is after they have been ended.
   */
  readonly startWorkers: (count: number, decodingBytes: number | null) => readonly DeviceWorker[];
  readonly trials: ShardTrials;
  /** By which this process and others divide the shards; closed at the end. */
  readonly leases: Leases;
  /** Whether metrics and tables are made from the scores, or left to another process. */
  readonly reduce: boolean;
  /** The last wave that is scored. */
  readonly lastWave: Wave;
  /** Seconds to wait for shards that other processes are at, or null for as long as they take. */
  readonly wait: number | null;
  /** The part of the shards that it scores, or null where that is whatever nobody else is at. */
  readonly share: Share | null;
  readonly resampler: Resampler;
  /** Whether nothing more is to be begun. */
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly note: (text: string) => void;
}

/** A run under way in this process: what it works with, and what it has found out so far. */
export interface Conducting extends ConductOptions {
  readonly run: OpenRun;
  /** The workers, started when first asked for. */
  readonly crew: () => readonly DeviceWorker[];
  /** Ends the workers that were started. */
  readonly dismiss: () => Promise<void>;
  /** Whose the shards are to do. */
  readonly claims: ShardClaims;
  /** Where it begins among missing shards, from 0 to 1; null where it is no task of an array. */
  readonly place: number | null;
  /** Waves of which this process has scored something. */
  readonly scored: Set<Wave>;
  /** Images that failed. */
  readonly images: ImageRecord;
  /** Engine, processor and batch size of the scores, in words: one entry for each combination. */
  readonly origins: Set<string>;
  /** Checksum of each finished shard, by its identity. */
  readonly checksums: Map<string, string>;
  readonly own: SeenOwnImages;
  /** What this process did when. */
  readonly journal: Journal;
  readonly multiplicationsOf: (model: OpenModel) => Promise<number>;
}

/** Reports how far a wave is; numbers that are left out are 0. */
export type ReportWave = (progress: Partial<Progress> & Pick<Progress, 'stage'>) => void;

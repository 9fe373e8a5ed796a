import type { Device, Precision } from '../../workers/devices/device.js';
import type { Wave } from '../../workers/store/planned-shard.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import type { MemoryPlan } from '../plan/memory-plan.js';
import type { Thrown } from '../processes/thrown.js';
import type { AttemptHistory, FailedAttempt } from './attempts.js';
import type { Share } from './share.js';

/** What a pool process is asked to do. */
export interface PoolOrder {
  readonly experiment: PlannedExperiment;
  /** `contentId` of what the run was opened with: the pool process must find the same. */
  readonly content: string;
  /** How the image files of each set looked when the run was opened (`ImageView`'s id), or null where nobody looked. */
  readonly views: Readonly<Record<string, string>> | null;
  /** The run directory. */
  readonly out: string;
  readonly devices: readonly Device[];
  readonly precision: Precision;
  /** Worker threads, at most. */
  readonly workers: number;
  /** Bytes that the pool process may take, or null where they are not bounded. */
  readonly memory: number | null;
  /** Images of more pixels are not decoded. */
  readonly maxPixels: number;
  /** Seconds that a pass, or opening a graph, may take before it counts as hung. */
  readonly deadline: number;
  /** Whether metrics and tables are made from the scores, or left to another process. */
  readonly reduce: boolean;
  /** The last wave that is scored. */
  readonly lastWave: Wave;
  /** Seconds to wait for shards that other processes are at, or null for as long as they take. */
  readonly wait: number | null;
  /** The part of the shards that is this process's alone, or null where it scores whatever nobody else is at. */
  readonly share: Share | null;
  /** Where compiled graphs are kept for all runs, or null for nowhere. */
  readonly cache: CacheSettings | null;
}

/** From the supervisor to the pool process. */
export type ToPool =
  | {
      readonly kind: 'start';
      readonly order: PoolOrder;
      /** What shards and devices went through in the pool processes before this one. */
      readonly attempts: AttemptHistory;
      /** Whether there was a pool process before this one. */
      readonly isRestart: boolean;
    }
  /** Drop the shards in flight. */
  | { readonly kind: 'stop' }
  /** Finish the shards in flight, and claim no more. */
  | { readonly kind: 'drain' };

/** How far a run has come. */
export interface Progress {
  readonly stage: 'planning' | 'scoring' | 'selecting' | 'reducing';
  readonly wave: Wave;
  /** Shards of the wave. */
  readonly done: number;
  readonly total: number;
  /** Nominal seconds of work of the wave, for estimates. */
  readonly workDone: number;
  readonly workTotal: number;
  /** Images that could not be used so far. */
  readonly failedImages: number;
}

/** What becomes of a shard, told as it happens, so that it is known when the process dies. */
export type ShardEvent =
  | { readonly kind: 'started'; readonly id: string; readonly name: string; readonly device: string }
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly finished: boolean;
      /** What the attempt failed of; null where it did not fail, as when the run is stopped. */
      readonly failed: FailedAttempt | null;
      readonly hopeless: boolean;
    };

/** What the pool process planned to take, and took. */
export interface PoolMemory extends MemoryPlan {
  /** The most that was resident at one time, in bytes. */
  readonly peakBytes: number;
}

/** From the pool process to the supervisor. */
export type FromPool =
  | ShardEvent
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** Sent at regular intervals: the process answers. */
  | { readonly kind: 'alive' }
  /** A worker has not moved for longer than the deadline; the process ends itself. */
  | { readonly kind: 'hung'; readonly id: string; readonly how: string }
  /** A device failed on shard after shard, which a new process may heal; nothing is in flight. */
  | { readonly kind: 'stale'; readonly how: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly memory: PoolMemory }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly thrown: Thrown };

import type { Device, Precision } from '../devices/device.js';
import type { Split } from './check-messages.js';
import type { WholeScore } from './whole-score.js';

/** What workers that share the cores score, and for how long. */
export interface TogetherTask {
  readonly device: Device;
  readonly precision: Precision;
  readonly passes: WholeScore;
  /** At least one batch is timed, however long it takes. */
  readonly seconds: number;
}

/** What each worker is given. */
export interface WorkerTask extends TogetherTask, Split {
  /** One int32: how many workers are ready to be timed. */
  readonly ready: SharedArrayBuffer;
}

/** What each worker gives. */
export interface WorkerRates {
  /** Of each batch. */
  readonly seconds: readonly number[];
  readonly batch: number;
}

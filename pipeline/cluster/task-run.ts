import type { Precision } from '../../workers/devices/device.js';
import type { Wave } from '../../workers/store/planned-shard.js';
import type { PrintedTables } from '../tables/printed-tables.js';

/** Options that each `grodin run` of a cluster's tasks is given, and the job for the tables. */
export interface TaskRunOptions {
  readonly device?: string | undefined;
  readonly precision?: Precision | undefined;
  /** Seconds. */
  readonly deadline?: number | undefined;
  /** Seconds that a task waits for what others are at before it ends. */
  readonly wait: number;
  readonly rescore?: true | undefined;
  readonly trustImages?: true | undefined;
  readonly costs?: true | undefined;
  /** What `grodin reduce` prints when they have ended. */
  readonly tables?: PrintedTables | undefined;
}

/** Seconds that a task usually waits for what others are at. */
export const usualWait = 300;

/** The options of a run, where `device` is what its tasks are told of the device. */
export function taskRun(given: Partial<TaskRunOptions>, device: string | undefined): TaskRunOptions {
  const { precision, deadline, wait = usualWait, rescore, trustImages, costs, tables } = given;
  return { device, precision, deadline, wait, rescore, trustImages, costs, tables };
}

/** Writes them as `grodin run` reads them. @param wave the last wave that is scored; null for both */
export function taskRunOptions(run: TaskRunOptions, wave: Wave | null): readonly string[] {
  const { device, precision, deadline, wait, rescore, trustImages, costs } = run;
  return [
    ...(wave === 1 ? ['--wave', '1'] : ['--no-reduce']),
    ...['--wait', `${wait}s`],
    ...(device === undefined ? [] : ['--device', device]),
    ...(precision === undefined ? [] : ['--precision', precision]),
    ...(deadline === undefined ? [] : ['--deadline', `${deadline}s`]),
    ...(rescore ? ['--rescore'] : []),
    ...(trustImages ? ['--trust-images'] : []),
    ...(costs ? ['--costs'] : []),
  ];
}

/** Writes those of the job for the tables as `grodin reduce` reads them. */
export function reduceOptions({ tables }: TaskRunOptions): readonly string[] {
  return tables === undefined ? [] : ['--tables', tables];
}

import type { Precision } from '../../workers/devices/device.js';

/** What is the same for every `grodin run` of a launch. */
export interface SharedOptions {
  readonly precision?: Precision;
  /** Seconds. */
  readonly deadline: number;
}

/** Writes them as `grodin run` reads them. */
export function sharedOptions({ precision, deadline }: SharedOptions): readonly string[] {
  return ['--deadline', `${deadline}s`, ...(precision === undefined ? [] : ['--precision', precision])];
}

import type { Precision } from '../../workers/devices/device.js';

/** What is the same for every `grodin run` of a launch. */
export interface SharedOptions {
  readonly precision?: Precision;
  /** Seconds. */
  readonly deadline: number;
  readonly debug?: true;
}

/** Writes them as `grodin run` reads them. */
export function sharedOptions({ precision, deadline, debug }: SharedOptions): readonly string[] {
  return [
    ...['--deadline', `${deadline}s`],
    ...(precision === undefined ? [] : ['--precision', precision]),
    ...(debug ? ['--debug'] : []),
  ];
}

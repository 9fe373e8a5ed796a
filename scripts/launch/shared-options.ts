import type { Precision } from '../../workers/devices/device.js';

/** What is the same for every `grodin run` of a launch. */
export interface SharedOptions {
  readonly precision?: Precision;
  /** Seconds. */
  readonly deadline: number;
  readonly rescore?: true;
  readonly trustImages?: true;
  readonly costs?: true;
  readonly debug?: true;
}

/** Writes them as `grodin run` reads them. */
export function sharedOptions(options: SharedOptions): readonly string[] {
  const { precision, deadline, rescore, trustImages, costs, debug } = options;
  return [
    ...['--deadline', `${deadline}s`],
    ...(precision === undefined ? [] : ['--precision', precision]),
    ...(rescore ? ['--rescore'] : []),
    ...(trustImages ? ['--trust-images'] : []),
    ...(costs ? ['--costs'] : []),
    ...(debug ? ['--debug'] : []),
  ];
}

import { ownProgram } from '../processes/own-program.js';
import { type ProcessOptions, workApart } from '../processes/work-apart.js';
import type { Jobs } from './jobs.js';

export type { JobOptions } from '../processes/work-apart.js';

type OrderOf<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
type PartOf<Name extends keyof Jobs> =
  ReturnType<Jobs[Name]> extends AsyncIterable<infer Part> ? Part : never;

/** Has a job done in a process of its own, see `workApart`. */
export function partsApart<Name extends keyof Jobs>(
  name: Name,
  order: OrderOf<Name>,
  options: ProcessOptions,
): AsyncGenerator<PartOf<Name>, void, undefined> {
  const program = ownProgram('./main.js', import.meta.url, 'pipeline/jobs/main.js');
  // The process is of this very version of the package, and the job's type says what its parts are.
  return workApart(program, name, order, options) as AsyncGenerator<PartOf<Name>, void, undefined>;
}

/** As `partsApart`, of a job that has one part. */
export async function apart<Name extends keyof Jobs>(
  name: Name,
  order: OrderOf<Name>,
  options: ProcessOptions,
): Promise<PartOf<Name>> {
  for await (const part of partsApart(name, order, options)) return part;
  throw new TypeError(`the job ${name} gave no result`);
}

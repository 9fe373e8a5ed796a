import { fileURLToPath } from 'node:url';
import { anyOf, guarded } from '../processes/listeners.js';
import type { ToWorking } from '../processes/messages.js';
import { OwnProcess } from '../processes/own-process.js';
import type { Jobs } from './jobs.js';

/** How to follow work that is under way, and how to stop it. */
export interface JobOptions {
  /**
   * Ends the work at once, wherever it is, with an InterruptedError whose cause is the signal's reason; nothing temporary is
   * left.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told in one line each what `auto` stands for, and why, and what to know of models. What it throws ends the work, and is what
   * the call throws.
   */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** What else the process of a job is started with. */
interface ProcessOptions extends JobOptions {
  /** Folders that the job writes files to; none where they are left out. */
  readonly writesIn?: readonly string[];
}

type OrderOf<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
type PartOf<Name extends keyof Jobs> =
  ReturnType<Jobs[Name]> extends AsyncIterable<infer Part> ? Part : never;

/**
 * Has a job done in a process of its own: native code that crashes, or can't be interrupted, is no danger to the caller's,
 * whose environment stays as it is; and all memory is given back at the end. The process ends with the iteration, however
 * that ends.
 */
export async function* partsApart<Name extends keyof Jobs>(
  name: Name,
  order: OrderOf<Name>,
  { signal, onNote, writesIn = [] }: ProcessOptions,
): AsyncGenerator<PartOf<Name>, void, undefined> {
  const failed = new AbortController();
  const note = guarded(onNote, failed);
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  const worker = new OwnProcess(program, anyOf(signal, failed.signal), writesIn);
  const ask = async (message: ToWorking) => {
    try {
      return await worker.ask(message, note);
    } finally {
      failed.signal.throwIfAborted();
    }
  };
  try {
    let answer = await ask({ kind: 'begin', work: name, order });
    while (answer !== null) {
      // The process is of this very version of the package, and the job's type says what its parts are.
      yield answer.part as PartOf<Name>;
      answer = await ask({ kind: 'next' });
    }
  } finally {
    await worker.end();
  }
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

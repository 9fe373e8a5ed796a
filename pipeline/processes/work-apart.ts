import { anyOf, guarded } from './listeners.js';
import type { ToWorking } from './messages.js';
import { OwnProcess } from './own-process.js';

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

/** What else its process is started with. */
export interface ProcessOptions extends JobOptions {
  /** Folders that it writes files to; none where they are left out. */
  readonly writesIn?: readonly string[];
}

/**
 * Has work done in a process of its own: native code that crashes, or can't be interrupted, is no danger to the caller's,
 * whose environment stays as it is; and all memory is given back at the end. The process ends with the iteration, however
 * that ends.
 * @param program path of the program, which calls `doWork`
 * @param work what that program takes for the name of some work
 * @param order plain data, as that work takes it
 */
export async function* workApart(
  program: string,
  work: string,
  order: readonly unknown[],
  { signal, onNote, writesIn = [] }: ProcessOptions,
): AsyncGenerator<unknown, void, undefined> {
  const failed = new AbortController();
  const note = guarded(onNote, failed);
  const worker = new OwnProcess(program, anyOf(signal, failed.signal), writesIn);
  // Whoever aborts waits for those that listen, and of signals that follow another nobody sees that they do.
  const heed = (): void => {};
  signal?.addEventListener('abort', heed);
  const ask = async (message: ToWorking) => {
    try {
      return await worker.ask(message, note);
    } finally {
      failed.signal.throwIfAborted();
    }
  };
  try {
    let answer = await ask({ kind: 'begin', work, order });
    while (answer !== null) {
      yield answer.part;
      answer = await ask({ kind: 'next' });
    }
  } finally {
    await worker.end();
    signal?.removeEventListener('abort', heed);
  }
}

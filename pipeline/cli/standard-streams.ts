import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { printable } from '../../manifests/input/printable.js';
import { describeSystemError } from '../../manifests/output/system-error.js';
import { exitCodes } from './exit-codes.js';

/** What writing to a closed pipe, and to a terminal that was closed, fails with. */
const nobodyReads: readonly unknown[] = ['EPIPE', 'EIO'];

/** Standard output and standard error of this process; everything that a program says goes through here. */
export interface StandardStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /**
   * Waits until everything is written.
   * @returns the exit code to end with: another than the given one where results could not be written
   */
  end(exitCode: number): Promise<number>;
}

/**
 * The streams that a program writes its results and its notes to, with what a terminal would obey written out. A reader
 * may close the pipe (`grodin … | head`), or the terminal: what is written from then on is dropped and the command goes
 * on, since a long run must not end, nor report success, because nobody reads its progress any more. Results that found
 * no room are a failure.
 * @param program as it is called, for what is said of that
 */
export function standardStreams(
  program = 'grodin',
  out: Writable = process.stdout,
  err: Writable = process.stderr,
): StandardStreams {
  let lost: Error | null = null;
  out.on('error', (error) => {
    if (!('code' in error && nobodyReads.includes(error.code))) lost ??= error;
  });
  // A note that can't be written is dropped: there is nowhere to report that.
  err.on('error', () => {});
  return {
    out: (text) => void out.write(printable(text)),
    err: (text) => void err.write(printable(text)),
    async end(exitCode) {
      await flushed(out);
      if (lost !== null) {
        err.write(`${program}: ${unwritten(lost)}\n`);
        await flushed(err);
        return exitCode === 0 ? exitCodes.failed : exitCode;
      }
      await flushed(err);
      return exitCode;
    },
  };
}

function unwritten(error: Error): string {
  const known = describeSystemError(Object.assign(error, { path: 'standard output' }));
  return known?.message ?? `standard output: ${error.message}`;
}

/** Resolves when all that was written has left this process, or never will. */
async function flushed(stream: Writable): Promise<void> {
  // What went wrong is told an instant later.
  await setImmediate();
  if (stream.destroyed || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}

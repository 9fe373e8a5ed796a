import type { Writable } from 'node:stream';

/** What writing to a closed pipe, and to a terminal that was closed, fails with. */
const nobodyReads: readonly unknown[] = ['EPIPE', 'EIO'];

/**
 * Lets a reader close the pipe (`grodin … | head`), or the terminal: what is written from then on is dropped and the
 * command goes on, since a long run must not end, nor report success, because nobody reads its progress any more.
 */
export function ignoreBrokenPipe(stream: Writable): void {
  stream.on('error', (error) => {
    if (!('code' in error && nobodyReads.includes(error.code))) throw error;
  });
}

import type { Writable } from 'node:stream';

/**
 * Lets a reader close the pipe (`grodin … | head`): what is written from then on is dropped and the command goes
 * on, since a long run must not end, nor report success, because nobody reads its progress any more.
 */
export function ignoreBrokenPipe(stream: Writable): void {
  stream.on('error', (error) => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
  });
}

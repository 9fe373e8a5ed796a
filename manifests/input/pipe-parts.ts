import { constants, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isErrno } from '../output/file-system.js';

/** How long a pipe that nobody has opened for writing is waited for. */
const NOBODY_MILLISECONDS = 60_000;
const REST_MILLISECONDS = 20;

/**
 * What is written to a named pipe, or by a shell's `<(command)`, part by part. It is polled, since a read that waits
 * inside the system can't be interrupted by anything, not even the end of the process.
 * @param patience milliseconds that a writer is waited for; after them the pipe counts as empty
 */
export async function* pipeParts(file: string, patience = NOBODY_MILLISECONDS): AsyncGenerator<Buffer> {
  const pipe = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const nobodyUntil = performance.now() + patience;
    for (let began = false; ; ) {
      const part = Buffer.alloc(2 ** 16);
      const length = await pipe.read(part).then(
        ({ bytesRead }) => bytesRead,
        (error: unknown) => {
          // There is a writer that has nothing to say yet.
          if (isErrno(error, 'EAGAIN')) return null;
          throw error;
        },
      );
      if (length === 0 && (began || performance.now() > nobodyUntil)) return;
      if (length !== null && length > 0) {
        began = true;
        yield part.subarray(0, length);
      } else await pause(REST_MILLISECONDS);
    }
  } finally {
    await pipe.close();
  }
}

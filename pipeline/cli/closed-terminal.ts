import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Remembers which standard streams are a terminal. Node.js gives a terminal its settings back when it ends, and
 * aborts where that has been closed meanwhile.
 * @returns lets go of those that were closed; nothing can be written to them any more
 */
export function watchTerminals(): () => void {
  const terminals = [0, 1, 2].filter((stream) => isatty(stream));
  return () => {
    for (const stream of terminals) if (!isatty(stream)) closeSync(stream);
  };
}

import type { CommandLine } from './command-line.js';
import { withStopSignals } from './stop-signals.js';
import { neverStopped } from './stops.js';

/** Does what takes back what it has done when it is told to stop half-way. */
export function stoppably<T>(line: CommandLine, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withStopSignals(line.stops ?? neverStopped, async ({ stop }) => {
    // It is looked at between two steps: listening says that the end of them is to be waited for.
    stop.addEventListener('abort', () => {});
    return task(stop);
  });
}

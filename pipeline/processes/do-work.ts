import type { FromWorking, ToWorking } from './messages.js';
import { endWithParent } from './process-group.js';

/**
 * Does what the process that started this one asks for, see `workApart`: for a program to call before it loads what takes a while.
 * @param begin loads and begins the work of a name
 */
export function doWork(
  begin: (
    work: string,
    order: readonly unknown[],
    note: (text: string) => void,
  ) => Promise<AsyncIterable<unknown>>,
): void {
  endWithParent(process.argv[2] ?? null);
  // Schedulers send these to all processes of a job: the one that started this decides.
  process.on('SIGTERM', () => {});
  process.on('SIGUSR2', () => {});
  /** What is left of the work. */
  let parts: AsyncIterator<unknown> | undefined;
  const answer = async (message: ToWorking): Promise<void> => {
    // Not before it is sure that this process ends with its parent: the rest takes a while to load.
    const { describeThrown } = await import('./thrown.js');
    try {
      if (message.kind === 'begin') {
        const work = await begin(message.work, message.order, (text) => say({ kind: 'note', text }));
        parts = work[Symbol.asyncIterator]();
      }
      const next = await parts?.next();
      say(next === undefined || next.done ? { kind: 'done' } : { kind: 'part', part: next.value });
    } catch (error) {
      say({ kind: 'failed', thrown: describeThrown(error) });
    }
  };
  process.on('message', (message: ToWorking) => void answer(message));
}

function say(message: FromWorking): void {
  // If the other process has gone, the closed channel ends this one.
  process.send?.(message, undefined, undefined, () => {});
}

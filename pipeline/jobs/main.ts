/** The program of a process that does one job for the one that started it, see apart.ts. */
import '../../workers/engines/no-telemetry.js';
import type { FromWorking, ToWorking } from '../processes/messages.js';
import { endWithParent } from '../processes/process-group.js';

endWithParent(process.argv[2] ?? null);
// Schedulers send these to all processes of a job: the one that started this decides.
process.on('SIGTERM', () => {});
process.on('SIGUSR2', () => {});

/** What is left of the job. */
let parts: AsyncIterator<unknown> | undefined;

process.on('message', (message: ToWorking) => void answer(message));

async function answer(message: ToWorking): Promise<void> {
  // Not before it is sure that this process ends with its parent: the rest takes a while to load.
  const { describeThrown } = await import('../processes/thrown.js');
  try {
    if (message.kind === 'begin') parts = await begin(message.work, message.order);
    const next = await parts?.next();
    say(next === undefined || next.done ? { kind: 'done' } : { kind: 'part', part: next.value });
  } catch (error) {
    say({ kind: 'failed', thrown: describeThrown(error) });
  }
}

async function begin(work: string, order: readonly unknown[]): Promise<AsyncIterator<unknown>> {
  const { jobs } = await import('./jobs.js');
  const known: Readonly<
    Record<string, (order: never, note: (text: string) => void) => AsyncIterable<unknown>>
  > = { ...jobs };
  const job = known[work];
  if (job === undefined) throw new TypeError(`there is no job ${work}`);
  // Both sides are of one version of this package, and what was sent was checked against the type of this very job.
  return job(order as never, (text) => say({ kind: 'note', text }))[Symbol.asyncIterator]();
}

function say(message: FromWorking): void {
  // If the other process has gone, the closed channel ends this one.
  process.send?.(message, undefined, undefined, () => {});
}

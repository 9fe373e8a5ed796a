/** The program of a process that does one job for the one that started it, see apart.ts. */
import '../../workers/engines/no-telemetry.js';
import { doWork } from '../processes/do-work.js';

doWork(async (work, order, note) => {
  const { jobs } = await import('./jobs.js');
  const known: Readonly<
    Record<string, (order: never, note: (text: string) => void) => AsyncIterable<unknown>>
  > = { ...jobs };
  const job = known[work];
  if (job === undefined) throw new TypeError(`there is no job ${work}`);
  // Both sides are of one version of this package, and what was sent was checked against the type of this very job.
  return job(order as never, note);
});

import type { JournalEntry } from '../journal/journal.js';
import { coloured, numeric } from './encoding.js';
import type { Plot } from './plot.js';

/** What one worker of one process did. */
export interface WorkerLog {
  /** As it is shown. */
  readonly name: string;
  readonly entries: readonly JournalEntry[];
}

/** Intervals of time that a figure is made of. */
const steps = 60;

/** More workers are shown together. */
const mostWorkers = 8;

/** Image passes a second over time, by worker: where a run was slow, waited or was interrupted. */
export function throughputPlot(logs: readonly WorkerLog[]): Plot | null {
  const all = logs.flatMap(({ entries }) => entries);
  if (all.length === 0) return null;
  // A large run has more shards than a call takes arguments.
  const start = all.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const end = all.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY);
  const step = Math.max(1, (end - start) / steps);
  const shown = logs.length > mostWorkers ? [{ name: `${logs.length} workers`, entries: all }] : logs;
  const unit =
    end - start > 7.2e6
      ? { name: 'hours', of: 3.6e6 }
      : end - start > 1.2e5
        ? { name: 'minutes', of: 6e4 }
        : { name: 'seconds', of: 1e3 };
  return {
    name: 'throughput',
    title: 'Throughput',
    description:
      'Image passes a second over the time of the run, those of workers on top of each other, the passes of a shard being spread evenly from its beginning to its ' +
      'end. Gaps are times at which nothing was scored. Each process goes by the clock of its host.',
    rows: shown.flatMap(({ name, entries }) =>
      passesByStep(entries, start, step).map((passes, place) => ({
        worker: name,
        time: ((place + 0.5) * step) / unit.of,
        passes: passes / (step / 1e3),
      })),
    ),
    spec: {
      width: 640,
      height: 180,
      mark: { type: 'area', interpolate: 'step', fillOpacity: 0.7 },
      encoding: {
        x: numeric('time', unit.name, { scale: { nice: false } }),
        y: numeric('passes', 'image passes a second'),
        color: coloured(
          'worker',
          'Worker',
          shown.map(({ name }) => name),
        ),
      },
    },
  };
}

/** Passes in each step of time, [steps]. */
function passesByStep(entries: readonly JournalEntry[], start: number, step: number): readonly number[] {
  const passes = new Array<number>(steps).fill(0);
  for (const { from, to, images, passes: each } of entries) {
    const length = Math.max(1, to - from);
    for (let at = Math.max(0, Math.floor((from - start) / step)); at < steps; at += 1) {
      const overlap = Math.min(to, start + (at + 1) * step) - Math.max(from, start + at * step);
      if (overlap <= 0) break;
      passes[at] = (passes[at] ?? 0) + (images * each * overlap) / length;
    }
  }
  return passes;
}

import type { JournalEntry, JournalWriter } from '../journal/journal.js';

/** How fast one worker of one process is. */
export interface WorkerPace {
  readonly host: string;
  readonly pid: number;
  /** Of the process, from 0 on. */
  readonly worker: number;
  readonly device: string;
  /** What it scored so far; an image counts once in each shard that it is in. */
  readonly shards: number;
  readonly images: number;
  /** Over its last ten minutes of work. */
  readonly imagesPerSecond: number;
  readonly passesPerSecond: number;
  /** When it finished its last shard, in milliseconds since 1970 by the clock of its host. */
  readonly last: number;
}

/** How far back a pace is measured, from a worker's last shard on: clocks of two hosts are never compared. */
const RECENT_MILLISECONDS = 600_000;

/** The pace of each worker of one process. */
export function pacesOf(
  { host, pid }: JournalWriter,
  entries: readonly JournalEntry[],
): readonly WorkerPace[] {
  const workers = [...new Set(entries.map(({ worker }) => worker))].sort((a, b) => a - b);
  return workers.map((worker) => {
    const own = entries.filter((entry) => entry.worker === worker);
    // One process may have scored more shards than a call takes arguments.
    const last = own.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY);
    const recent = own.filter(({ to }) => to > last - RECENT_MILLISECONDS);
    const first = recent.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
    const seconds = Math.max(1e-3, (last - first) / 1000);
    const sum = (of: (entry: JournalEntry) => number, some = own) =>
      some.reduce((total, entry) => total + of(entry), 0);
    return {
      ...{ host, pid, worker, last },
      device: own[0]?.device ?? '',
      shards: own.length,
      images: sum(({ images }) => images),
      imagesPerSecond: sum(({ images }) => images, recent) / seconds,
      passesPerSecond: sum(({ images, passes }) => images * passes, recent) / seconds,
    };
  });
}

/** What a shard is of, and how much work it is, in any unit that is the same for all shards of a model. */
export interface ShardWork {
  readonly model: string;
  readonly work: number;
}

/**
 * How long the shards that are left take, by what shards of the same model took so far; those of a model of which none is done go by
 * the others.
 * @param workers that work on it now
 * @returns seconds, or null where nothing is known
 */
export function remainingSeconds(
  left: readonly ShardWork[],
  done: readonly (ShardWork & { readonly seconds: number })[],
  workers: number,
): number | null {
  if (left.length === 0) return 0;
  if (workers === 0 || done.length === 0) return null;
  const perWork = (some: typeof done): number =>
    some.reduce((sum, { seconds }) => sum + seconds, 0) / some.reduce((sum, { work }) => sum + work, 0);
  const all = perWork(done);
  const byModel = new Map<string, number>();
  for (const model of new Set(done.map((one) => one.model)))
    byModel.set(model, perWork(done.filter((one) => one.model === model)));
  const seconds = left.reduce((sum, { model, work }) => sum + work * (byModel.get(model) ?? all), 0);
  return seconds / workers;
}

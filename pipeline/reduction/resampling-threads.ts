import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import type { PhiloxKey } from '../../stages/metrics/philox.js';
import { selectiveFigures } from '../../stages/selective/kinds/index.js';
import type { ResampledRankings, ResampleTask } from '../../workers/bootstrap-worker.js';
import { type Resampler, resampleHere } from './resampler.js';

/** A part of a stream is about a fifth of a second of work, so that threads end together. */
const ROWS_A_PART = 2 ** 24;

/** Threads that divide resamples among themselves. */
export interface ResamplingThreads extends Resampler {
  /** Ends the threads. */
  close(): Promise<void>;
}

/**
 * Divides streams of resamples over worker threads. They start with the first stream that is worth it: a small
 * one is sooner computed than a thread started.
 * @param threads how many, or null for one a core
 */
export function resamplingThreads(threads: number | null): ResamplingThreads {
  const count = threads ?? availableParallelism();
  let pool: Piscina<ResampleTask, readonly Float64Array[]> | undefined;
  const divided = async (of: ResampledRankings, key: PhiloxKey, resamples: number) => {
    const rows = of.rankings.reduce((sum, { entries }) => sum + entries.length, 0);
    if (count < 2 || rows * resamples < 2 * ROWS_A_PART) return null;
    pool ??= new Piscina<ResampleTask, readonly Float64Array[]>({
      filename: fileURLToPath(new URL('../../workers/bootstrap-worker.js', import.meta.url)),
      minThreads: count,
      maxThreads: count,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
    const shared = allInSharedMemory(of);
    const width = Math.ceil(ROWS_A_PART / rows);
    const columns = (of.of === 'curves' ? metricNames : selectiveFigures).length;
    const tables = of.rankings.map(() => new Float64Array(resamples * columns));
    const parts: Promise<void>[] = [];
    for (let from = 0; from < resamples; from += width) {
      const task = { ...shared, key, from, to: Math.min(from + width, resamples) };
      parts.push(
        pool.run(task).then((part) => {
          for (const [index, table] of tables.entries()) table.set(part[index] ?? [], from * columns);
        }),
      );
    }
    // All of them, even when one fails: a pool that is closed under its tasks throws where nobody catches.
    for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') throw part.reason;
    return tables;
  };
  return {
    resample: async (rankings, key, resamples) =>
      (await divided({ of: 'curves', rankings }, key, resamples)) ??
      resampleHere.resample(rankings, key, resamples),
    resampleSelective: async (rankings, key, resamples) =>
      (await divided({ of: 'selective', rankings }, key, resamples)) ??
      resampleHere.resampleSelective(rankings, key, resamples),
    close: async () => pool?.destroy(),
  };
}

function allInSharedMemory(all: ResampledRankings): ResampledRankings {
  return all.of === 'curves'
    ? { ...all, rankings: all.rankings.map(inSharedMemory) }
    : { ...all, rankings: all.rankings.map(inSharedMemory) };
}

function inSharedMemory<Of extends { readonly entries: Uint32Array }>(ranking: Of): Of {
  const entries = new Uint32Array(new SharedArrayBuffer(ranking.entries.byteLength));
  entries.set(ranking.entries);
  return { ...ranking, entries };
}

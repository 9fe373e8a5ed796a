import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Draws } from '../../stages/metrics/bootstrap.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { selectiveFigures } from '../../stages/selective/kinds/index.js';
import type { ResampledRankings, ResampleTask } from '../../workers/bootstrap-worker.js';
import { machineCores } from '../../workers/machine-cores.js';
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
  const count = threads ?? machineCores();
  let pool: Piscina<ResampleTask, readonly Float64Array[]> | undefined;
  const divided = async (of: ResampledRankings, draws: Draws, resamples: number) => {
    const rows = of.rankings.reduce((sum, { entries }) => sum + entries.length, 0);
    if (count < 2 || rows * resamples < 2 * ROWS_A_PART) return null;
    pool ??= new Piscina<ResampleTask, readonly Float64Array[]>({
      filename: fileURLToPath(new URL('../../workers/bootstrap-worker.js', import.meta.url)),
      minThreads: count,
      maxThreads: count,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
    const shared = { ...allInSharedMemory(of), draws: drawsInSharedMemory(draws) };
    const width = Math.ceil(ROWS_A_PART / rows);
    const columns = (of.of === 'curves' ? metricNames : selectiveFigures).length;
    const tables = of.rankings.map(() => new Float64Array(resamples * columns));
    const parts: Promise<void>[] = [];
    for (let from = 0; from < resamples; from += width) {
      const task = { ...shared, from, to: Math.min(from + width, resamples) };
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
    resample: async (rankings, draws, resamples) =>
      (await divided({ of: 'curves', rankings }, draws, resamples)) ??
      resampleHere.resample(rankings, draws, resamples),
    resampleSelective: async (rankings, draws, resamples) =>
      (await divided({ of: 'selective', rankings }, draws, resamples)) ??
      resampleHere.resampleSelective(rankings, draws, resamples),
    close: async () => pool?.destroy(),
  };
}

function allInSharedMemory(all: ResampledRankings): ResampledRankings {
  return all.of === 'curves'
    ? { ...all, rankings: all.rankings.map(rankingInSharedMemory) }
    : { ...all, rankings: all.rankings.map(rankingInSharedMemory) };
}

function rankingInSharedMemory<Of extends { readonly entries: Uint32Array }>(ranking: Of): Of {
  return { ...ranking, entries: inSharedMemory(ranking.entries) };
}

function drawsInSharedMemory(draws: Draws): Draws {
  return 'photographs' in draws ? { photographs: inSharedMemory(draws.photographs) } : draws;
}

function inSharedMemory(words: Uint32Array): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(words.byteLength));
  shared.set(words);
  return shared;
}

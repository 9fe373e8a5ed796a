#!/usr/bin/env node
/**
 * Times the reducer and the selection beside a scikit-learn loop that computes the same of every resample:
 *
 *     node dist/scripts/bench/reducer.js [--workers N] [--quick] [--json]
 *
 * The peer needs a Python with scikit-learn; it is left out where there is none.
 */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resamplingThreads } from '../../pipeline/reduction/resampling-threads.js';
import { prepareSearch } from '../../pipeline/selection/select.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import { detectorNamed, usualDetectors } from '../../stages/detectors/index.js';
import { resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { rank } from '../../stages/metrics/ranking.js';
import { peakMemory } from '../../workers/peak-memory.js';
import { noiseColumn, syntheticSplit } from './synthetic-scores.js';

/** How much is computed. */
export interface ReducerBenchOptions {
  /** Worker threads that resample; null for one a core. */
  readonly workers: number | null;
  /** Test rows of a mixture, half of each class. */
  readonly rows: number;
  readonly outlierSets: number;
  readonly resamplings: number;
  /** Validation rows of each set. */
  readonly validationRows: number;
  readonly searchedOutlierSets: number;
  /** Resamples on one thread, beside the peer. */
  readonly singleResamples: number;
  /** Resamples of the peer; 0 leaves it out. */
  readonly peerResamples: number;
}

const detectors = usualDetectors.map(detectorNamed);

/** The required job: five detectors, the paper's grid of 21 × 10 cells. */
export const requiredJob: ReducerBenchOptions = {
  workers: null,
  rows: 100_000,
  outlierSets: 4,
  resamplings: 2000,
  validationRows: 3600,
  searchedOutlierSets: 80,
  singleResamples: 100,
  peerResamples: 5,
};

/** A tenth of the required job: for a first look. */
const quickJob = { resamplings: 200, searchedOutlierSets: 8, peerResamples: 2 } as const;

/** Seconds of wall clock, and the peer's where there is one. */
export interface ReducerBench {
  readonly processor: string;
  readonly workers: number;
  readonly bootstrapSeconds: number;
  readonly selectionSeconds: number;
  /** The most memory this process has held so far, in bytes: all threads, the benchmark's own data included. */
  readonly peakMemory: number;
  /** On all workers, ranking and summaries included. */
  readonly secondsPerResample: number;
  /** On one thread. */
  readonly secondsPerResampleSingle: number;
  readonly peer: {
    readonly scikitLearn: string;
    readonly secondsPerResample: number;
    readonly ratio: number;
    readonly ratioSingle: number;
  } | null;
}

const temperature = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const epsilon = Array.from({ length: 21 }, (_, step) => (0.004 * step) / 20);

/** Runs the whole benchmark; the peak tells about it alone only in a process that did nothing before. */
export async function benchReducer(options: ReducerBenchOptions = requiredJob): Promise<ReducerBench> {
  const selectionSeconds = timeSelection(options);
  const bootstrapSeconds = await timeBootstrap(options);
  const peak = peakMemory();
  const secondsPerResample = bootstrapSeconds / (options.outlierSets * options.resamplings);
  const secondsPerResampleSingle = timeSingle(options);
  const peer =
    options.peerResamples > 0 ? await timePeer(options.rows, detectors.length, options.peerResamples) : null;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    workers: options.workers ?? availableParallelism(),
    bootstrapSeconds,
    selectionSeconds,
    peakMemory: peak,
    secondsPerResample,
    secondsPerResampleSingle,
    peer: peer && {
      ...peer,
      ratio: peer.secondsPerResample / secondsPerResample,
      ratioSingle: peer.secondsPerResample / secondsPerResampleSingle,
    },
  };
}

/** A bootstrap of made-up scores. */
export interface TimedBootstrap
  extends Pick<ReducerBenchOptions, 'workers' | 'rows' | 'outlierSets' | 'resamplings'> {
  /** Cells of each detector; each is a ranking of its own, as a further detector would be. Default: 1. */
  readonly cells?: number;
}

/** @returns seconds of wall clock */
export async function timeBootstrap({
  workers,
  rows,
  outlierSets,
  resamplings,
  cells = 1,
}: TimedBootstrap): Promise<number> {
  const inDomainRows = Math.floor(rows / 2);
  const outlierRows = rows - inDomainRows;
  const inDomain = syntheticSplit('in-domain', inDomainRows, noiseColumn(4 * rows, 1, 0), 0);
  const noise = noiseColumn(4 * rows, 2, 1);
  const threads = resamplingThreads(workers);
  const start = performance.now();
  try {
    for (let nth = 0; nth < outlierSets; nth++) {
      const outlier = syntheticSplit(`outlier-${nth}`, outlierRows, noise, 31 * nth);
      const selection = temperature.slice(0, cells).flatMap((T) =>
        detectors.map(
          ({ name, ablations }): SelectionRow => ({
            model: 'model',
            outlier: outlier.set,
            detector: name,
            ablation: ablations.at(-1) ?? 'full',
            epsilon: 0,
            temperature: T,
            validationAuroc: 0.5,
          }),
        ),
      );
      await reducePair({
        model: 'model',
        inDomain,
        outlier,
        selection,
        seed: 1,
        resamplings: { deviation: Math.min(100, resamplings), interval: resamplings },
        resampler: threads,
      });
    }
    return (performance.now() - start) / 1000;
  } finally {
    await threads.close();
  }
}

function timeSelection({ validationRows, searchedOutlierSets }: ReducerBenchOptions): number {
  const length = validationRows + 1_000_000;
  const inDomain = syntheticSplit('in-domain', validationRows, noiseColumn(length, 3, 0), 0);
  const noise = noiseColumn(length, 4, 1);
  const start = performance.now();
  const search = prepareSearch({ model: 'model', inDomain, detectors, grid: { epsilon, temperature } });
  for (let nth = 0; nth < searchedOutlierSets; nth++) {
    search.choose(syntheticSplit(`outlier-${nth}`, validationRows, noise, 31 * nth));
  }
  return (performance.now() - start) / 1000;
}

/** The median of ten equal parts, so that other work on the machine hardly counts. */
function timeSingle({ rows, singleResamples }: ReducerBenchOptions): number {
  const half = Math.floor(rows / 2);
  const rankings = detectors.map(({ name }, nth) =>
    rank(noiseColumn(half, 10 + nth, 0), noiseColumn(rows - half, 20 + nth, 1), name),
  );
  const width = Math.ceil(singleResamples / 10);
  const seconds = Array.from({ length: 10 }, (_, part) => {
    const start = performance.now();
    resampleMetrics(rankings, [1, 2], part * width, (part + 1) * width);
    return (performance.now() - start) / 1000 / width;
  });
  return seconds.sort((a, b) => a - b)[5] ?? NaN;
}

/** The peer's time; null where there is no Python with scikit-learn. */
export async function timePeer(rows: number, detectorCount: number, peerResamples: number) {
  const script = fileURLToPath(new URL('../../../scripts/bench/reducer_peer.py', import.meta.url));
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      const numbers = [rows, detectorCount, peerResamples].map(String);
      const { stdout } = await promisify(execFile)(python, [script, ...numbers]);
      return JSON.parse(stdout) as { secondsPerResample: number; scikitLearn: string };
    } catch {
      // Not there, or without scikit-learn: the next may have it.
    }
  }
  return null;
}

/** The result as lines of text. */
export function reducerBenchText(bench: ReducerBench, job: ReducerBenchOptions): string {
  const milliseconds = (seconds: number) => `${(seconds * 1000).toPrecision(3)} ms`;
  const { peer } = bench;
  const total = bench.bootstrapSeconds + bench.selectionSeconds;
  return [
    `${bench.processor}, ${bench.workers} worker threads`,
    `bootstrap  ${bench.bootstrapSeconds.toFixed(1)} s  ` +
      `(${job.rows} rows, ${detectors.length} detectors, ${job.outlierSets} outlier sets, ${job.resamplings} resamplings)`,
    `selection  ${bench.selectionSeconds.toFixed(1)} s  ` +
      `(${job.validationRows} rows a set, ${epsilon.length * temperature.length} cells, ${job.searchedOutlierSets} outlier sets)`,
    `together   ${total.toFixed(1)} s, at most ${Math.round(bench.peakMemory / 2 ** 20)} MiB of memory`,
    `a resample ${milliseconds(bench.secondsPerResample)}; on one thread ${milliseconds(bench.secondsPerResampleSingle)}`,
    peer === null
      ? 'peer       left out: no python3 with scikit-learn'
      : `peer       ${milliseconds(peer.secondsPerResample)} a resample in a scikit-learn ${peer.scikitLearn} loop: ` +
        `${peer.ratio.toFixed(0)} × as long, ${peer.ratioSingle.toFixed(0)} × that on one thread`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { workers: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const workers = values.workers === undefined ? null : Number(values.workers);
  if (workers !== null && !(Number.isInteger(workers) && workers >= 1)) {
    console.error(`--workers ${values.workers}: give a whole number from 1 on`);
    process.exitCode = 2;
    return;
  }
  const job = { ...requiredJob, ...(values.quick ? quickJob : {}), workers };
  const bench = await benchReducer(job);
  process.stdout.write(values.json ? `${JSON.stringify(bench)}\n` : reducerBenchText(bench, job));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();

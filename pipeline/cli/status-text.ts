import { quoted } from '../cluster/slurm/bash-text.js';
import { imageCount } from '../inputs/image-count.js';
import type { RunStatus, ShardInFlight } from '../status/run-status.js';
import type { PartStatus, WaveStatus } from '../status/wave-status.js';
import { submissionText } from '../submissions/submission.js';
import { alignColumns } from './columns.js';
import { duration } from './progress.js';

/** More sets than this are told model by model. */
const MOST_PARTS = 24;
/** More processes and workers than this are counted. */
const MOST_WORKERS = 16;

/** How far a run is, for people. */
export function statusText(status: RunStatus, now: number = Date.now()): string {
  const { waves, inFlight, workers } = status;
  const isFinished = status.state === 'finished';
  return [
    `${status.out}: experiment ${status.experiment}, ${stateText(status)}`,
    ...waves.flatMap(waveLines),
    ...(waves.some(({ wave }) => wave === 2) ? [] : ['wave 2 (test images): planned when wave 1 is done']),
    ...(inFlight.length === 0
      ? []
      : [`in flight:`, ...some(alignedLines(inFlight.map((work) => flightCells(work, now))), 'more')]),
    ...(workers.length === 0 || isFinished
      ? []
      : ['workers:', ...some(alignedLines(workers.map((worker) => workerCells(worker))), 'more workers')]),
    `selection: ${status.selectionMade ? 'made' : status.resultsOutdated ? 'to be made anew' : 'not made yet'}`,
    `results: ${resultsText(status)}`,
    `images that could not be used: ${status.failedImages ?? 'unknown without --check'}`,
    '',
  ].join('\n');
}

/** The same in one line, for logs. */
export function statusLine(status: RunStatus): string {
  const { waves, inFlight } = status;
  const parts = waves.map(({ wave, done, total }) => `wave ${wave} ${done}/${total} shards`);
  const ended = inFlight.filter(({ process }) => process !== 'alive').length;
  return [
    `${status.experiment}: ${stateText(status)}`,
    ...parts,
    `${inFlight.length - ended} in flight`,
    ...(ended === 0 ? [] : [`${ended} left by processes that died`]),
    ...(status.failedImages ? [`${imageCount(status.failedImages)} could not be used`] : []),
  ].join('; ');
}

function resultsText({ resultsWritten, resultsOutdated }: RunStatus): string {
  if (resultsWritten) return 'written';
  return resultsOutdated
    ? 'out of date: what lies there was made before shards were set aside or the experiment changed, or lacks files'
    : 'not written yet';
}

function stateText({
  state,
  imagesPerSecond,
  remainingSeconds: left,
  waves,
  awaited,
  out,
}: RunStatus): string {
  if (state === 'finished') return 'finished';
  // Nobody may be at work yet, or any more.
  if (state === 'idle' && awaited?.before)
    return (
      `not finished: the results are from before what was submitted to ${submissionText(awaited)}, and nobody works on it; ` +
      `where that was cancelled: grodin reduce ${quoted(out)}`
    );
  if (state === 'idle') return 'not finished, and nobody works on it';
  const wave = waves.at(-1)?.wave ?? 1;
  const pace = imagesPerSecond > 0 ? ` at ${rate(imagesPerSecond)} images/s` : '';
  return `working${pace}${left === null || left === 0 ? '' : `, about ${duration(left)} left of wave ${wave}`}`;
}

function waveLines({ wave, done, total, parts }: WaveStatus): readonly string[] {
  const of = wave === 1 ? 'validation' : 'test';
  return [
    `wave ${wave} (${of} images): ${done}/${total} shards`,
    ...alignedLines((parts.length > MOST_PARTS ? byModel(parts) : parts).map(partCells)),
  ];
}

function byModel(parts: readonly PartStatus[]): readonly PartStatus[] {
  return [...new Set(parts.map(({ model }) => model))].map((model) => {
    const own = parts.filter((part) => part.model === model);
    const sum = (of: (part: PartStatus) => number) => own.reduce((total, part) => total + of(part), 0);
    const isKnown = own.every(({ failedImages }) => failedImages !== null);
    return {
      model,
      set: `${own.length} sets`,
      done: sum(({ done }) => done),
      total: sum(({ total }) => total),
      failedImages: isKnown ? sum(({ failedImages }) => failedImages ?? 0) : null,
    };
  });
}

function partCells({ model, set, done, total, failedImages }: PartStatus): readonly string[] {
  return [
    model,
    set,
    `${done}/${total}`,
    failedImages ? `${imageCount(failedImages)} could not be used` : '',
  ];
}

function flightCells({ host, pid, shard, name, since, process }: ShardInFlight, now: number): string[] {
  const what = shard === null ? name : `${shard.model}, ${shard.set}, ${imageCount(shard.images)}`;
  const state = {
    alive: since === null ? '' : `for ${duration(Math.max(0, now - since) / 1000)}`,
    silent: 'gives no sign of life; another takes it over',
    ended: 'its process has ended; another takes it over',
  }[process];
  return [`process ${pid} on ${host}`, what, state];
}

function workerCells({ host, pid, worker, device, shards, ...pace }: RunStatus['workers'][number]): string[] {
  return [
    `process ${pid} on ${host}, worker ${worker + 1} (${device})`,
    `${shards} ${shards === 1 ? 'shard' : 'shards'}`,
    `${rate(pace.imagesPerSecond)} images/s`,
    `${rate(pace.passesPerSecond)} passes/s`,
  ];
}

/** Three digits, or all before the point. */
function rate(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : perSecond.toPrecision(3);
}

/** Lines whose cells stand below each other. */
function alignedLines(rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return alignColumns(rows)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}

function some(lines: readonly string[], what: string): readonly string[] {
  if (lines.length <= MOST_WORKERS) return lines;
  return [...lines.slice(0, MOST_WORKERS), `  and ${lines.length - MOST_WORKERS} ${what}`];
}

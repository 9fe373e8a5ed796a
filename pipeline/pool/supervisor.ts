import { type ChildProcess, fork } from 'node:child_process';
import { formatDuration } from '../../manifests/input/duration.js';
import { type GrodinError, InterruptedError, RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import { deviceText } from '../../workers/devices/device.js';
import { machineCores } from '../../workers/machine-cores.js';
import { kindOf } from '../plan/workers.js';
import { forwardNotes } from '../processes/forward-notes.js';
import { nodeOptions } from '../processes/node-options.js';
import { ownProgram } from '../processes/own-program.js';
import { thrownAgain } from '../processes/thrown.js';
import { AttemptRecord } from './attempts.js';
import { remedyFor } from './failure-report.js';
import { Flight } from './flight.js';
import type { FromPool, PoolMemory, PoolOrder, Progress, ToPool } from './pool-messages.js';
import { Silence } from './silence.js';

/** Seconds that one pass, or opening a graph, may take before it counts as hung. */
export const usualDeadline = 600;

/** Deaths in a row, of a pool process that scored nothing, after which it is not started again. */
const IDLE_DEATHS = 3;
/**
 * Deaths in a row, each by a different shard and with none finished in between, after which it is not started again.
 */
const SCORING_DEATHS = 10;
/** How long the pool has to end the passes in flight before it is killed, which loses nothing that is finished. */
const GRACE_MILLISECONDS = 10_000;
/** The shortest time after which a silent pool process is replaced: compiling and reducing can block it for minutes. */
const SILENCE_SECONDS = 600;

/** How to follow a run, and how to stop it. */
export interface RunWatch {
  /** Ends the run when the shards in flight are finished: no more are claimed, and what is left is for another call. */
  readonly drain?: AbortSignal | undefined;
  /** Stops cleanly: the passes in flight end, unfinished shards are dropped. */
  readonly stop?: AbortSignal | undefined;
  /** Kills the pool process at once. */
  readonly kill?: AbortSignal | undefined;
  /** Told how far the run has come. What it throws stops the run as `stop` does, and is what the call throws. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told in one line each what to know of the run. What it throws is treated likewise. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** How a run is watched over. */
export interface Supervision extends RunWatch {
  /**
   * Aborted where a listener has thrown: stops as `stop` does. Apart from it, since whoever gave that tells by its listeners
   * whether there is anything to stop.
   */
  readonly failed?: AbortSignal | undefined;
  /** The pool process's program. */
  readonly entry?: string;
  /** Seconds after which a pool process that does not answer is replaced. Default: 600, or the deadline if longer. */
  readonly silence?: number;
}

/** What a run that was watched over ends with. */
export interface Supervised {
  /** Of the pool process that ended the run. */
  readonly memory: PoolMemory;
  /** Devices that kept failing on what others could do. */
  readonly leftOut: readonly string[];
}

/**
 * Runs the pool process, and starts it again when it dies: a native crash ends a whole process, as does a pass that
 * hangs, and costs only the shards in flight. A shard that it keeps dying of is given up, and told at the wave's end.
 * @throws InterruptedError when it was stopped
 * @throws RunFailedError when the pool keeps dying, or the run failed
 * @throws InputError when what the user gave is at fault
 */
export async function supervise(order: PoolOrder, supervision: Supervision = {}): Promise<Supervised> {
  const { drain, stop, kill, failed, onNote } = supervision;
  const isToEnd = (): boolean => [drain, stop, kill, failed].some((signal) => signal?.aborted);
  const record = new AttemptRecord(order.devices.map(deviceText));
  const deaths = { idle: 0, scoring: 0 };
  const givenUp: string[] = [];
  for (let processes = 0; ; processes += 1) {
    if (isToEnd()) throw interrupted(supervision);
    record.devices.beginProcess();
    const flight = new Flight(record);
    const start = { kind: 'start', order, attempts: record.all(), isRestart: processes > 0 } as const;
    const end = await runPool(start, supervision, flight, () => {
      deaths.idle = 0;
      deaths.scoring = 0;
    });
    if (end.kind === 'finished') return { memory: end.memory, leftOut: record.devices.broken() };
    if (end.kind === 'failed') throw end.error;
    // Told by nobody, it has waited for as long as it was to.
    if (end.kind === 'stopped' && !isToEnd() && order.wait !== null) throw waited(order.wait);
    if (end.kind === 'stopped' || isToEnd()) throw interrupted(supervision);
    if (end.kind === 'stale') {
      // Ends by itself: a device that fails in the new process too is not given another.
      onNote?.(`the pool process is replaced, since ${end.how}`);
      continue;
    }
    const death = flight.died(end.how);
    deaths.idle = death.of === 'nothing' ? deaths.idle + 1 : 0;
    // A suspect is done alone, and given up after a few more: that ends by itself.
    deaths.scoring += death.of === 'new shards' ? 1 : 0;
    if (deaths.idle >= IDLE_DEATHS || deaths.scoring >= SCORING_DEATHS) {
      throw new RunFailedError(
        `the pool process died ${Math.max(deaths.idle, deaths.scoring)} times without finishing a shard in between ` +
          `${death.how}; ${givenUp.map((name) => `${name} was given up before; `).join('')}finished shards are kept: ` +
          `${remedyFor(death.manner, death.how)}; then ${call('again')}`,
      );
    }
    onNote?.(`the pool process died ${death.how}; starting it again`);
    for (const name of death.givenUp) onNote?.(`${name} is given up, the others go on`);
    givenUp.push(...death.givenUp);
  }
}

/**
 * Where memory is bounded, the C library is to give large blocks back when they are freed: it would otherwise keep what
 * the largest images took, once for each thread that decoded one. What the user sets wins.
 */
function heapEnvironment({ memory }: PoolOrder): NodeJS.ProcessEnv {
  return memory === null ? {} : { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };
}

/** With a GPU every core decodes images, on Node's own threads: so many are needed instead of the usual four. */
function decodingEnvironment({ devices }: PoolOrder): NodeJS.ProcessEnv {
  return kindOf(devices).eachHas === 'gpu' ? { UV_THREADPOOL_SIZE: String(Math.max(4, machineCores())) } : {};
}

type PoolEnd =
  | { readonly kind: 'finished'; readonly memory: PoolMemory }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'stale'; readonly how: string }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'died'; readonly how: string };

function runPool(
  start: ToPool & { readonly kind: 'start' },
  supervision: Supervision,
  flight: Flight,
  onFinishedShard: () => void,
): Promise<PoolEnd> {
  const { order } = start;
  const entry = supervision.entry ?? ownProgram('./main.js', import.meta.url, 'pipeline/pool/main.js');
  // Standard output is for results: whatever the pool prints is a note.
  const child = fork(entry, [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    execArgv: nodeOptions(),
    env: {
      ...heapEnvironment(order),
      ...decodingEnvironment(order),
      ...process.env,
      ...kindOf(order.devices).environment?.(order.precision, order.devices),
    },
  });
  void forwardNotes(child.stdout, process.stderr);
  void forwardNotes(child.stderr, process.stderr);
  const release = forwardStop(child, supervision);
  return new Promise((resolve) => {
    let end: PoolEnd | null = null;
    const heard = watchSilence(supervision.silence ?? Math.max(order.deadline, SILENCE_SECONDS), (how) => {
      // Its event loop hangs, whatever its workers do: no shard is to blame.
      flight.land();
      end ??= { kind: 'died', how };
      child.kill('SIGKILL');
    });
    child.on('message', (message: FromPool) => {
      heard.now();
      switch (message.kind) {
        case 'progress':
          supervision.onProgress?.(message.progress);
          break;
        case 'note':
          supervision.onNote?.(message.text);
          break;
        case 'started':
          flight.note(message);
          break;
        case 'ended':
          flight.note(message);
          if (message.finished) onFinishedShard();
          break;
        case 'stale':
          end = message;
          break;
        case 'hung':
          flight.hung(message.id, message.how);
          break;
        case 'alive':
          break;
        case 'finished':
        case 'stopped':
          end = message;
          break;
        case 'failed':
          end = { kind: 'failed', error: thrownAgain(message.thrown) };
          break;
      }
    });
    child.on('error', (error) => {
      end ??= { kind: 'died', how: error.message };
    });
    child.on('close', (code, signal) => {
      release();
      heard.end();
      resolve(end ?? { kind: 'died', how: signal === null ? `exit code ${code}` : `signal ${signal}` });
    });
    child.send(start satisfies ToPool, () => {});
  });
}

/** Calls `onSilence` once if nothing is heard for so many seconds. */
function watchSilence(seconds: number, onSilence: (how: string) => void) {
  const silence = new Silence(seconds * 1_000);
  const timer = setInterval(() => {
    if (!silence.isTooLong()) return;
    clearInterval(timer);
    onSilence(`killed, since it did not answer for ${formatDuration(seconds)}`);
  }, silence.interval);
  return { now: () => silence.broken(), end: () => clearInterval(timer) };
}

/** Passes drain, stop and kill on. @returns undoes it */
function forwardStop(child: ChildProcess, { drain, stop, kill, failed }: Supervision): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onDrain = (): void => {
    if (child.connected) child.send({ kind: 'drain' } satisfies ToPool, () => {});
  };
  const onStop = (): void => {
    if (child.connected) child.send({ kind: 'stop' } satisfies ToPool, () => {});
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MILLISECONDS);
  };
  const onKill = (): void => {
    child.kill('SIGKILL');
  };
  drain?.addEventListener('abort', onDrain);
  for (const signal of [stop, failed]) signal?.addEventListener('abort', onStop);
  kill?.addEventListener('abort', onKill);
  return () => {
    clearTimeout(timer);
    drain?.removeEventListener('abort', onDrain);
    for (const signal of [stop, failed]) signal?.removeEventListener('abort', onStop);
    kill?.removeEventListener('abort', onKill);
  };
}

function waited(seconds: number): GrodinError {
  return new InterruptedError(
    `waited ${formatDuration(seconds)} for shards that other processes are at; finished work is kept: ${call('again')} to continue`,
  );
}

/** Ends a run that nobody wants any more, before its pool process is started. @throws InterruptedError */
export function stopIfUnwanted(watch: RunWatch): void {
  if ([watch.drain, watch.stop, watch.kill].some((signal) => signal?.aborted)) throw interrupted(watch);
}

function interrupted({ drain, stop, kill }: RunWatch): GrodinError {
  const cause = [kill, stop, drain].find((signal) => signal?.aborted)?.reason;
  return new InterruptedError(`stopped; finished work is kept: ${call('again')} to continue`, { cause });
}

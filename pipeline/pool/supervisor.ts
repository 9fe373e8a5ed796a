import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GrodinError } from '../../stages/errors.js';
import { InputError, InterruptedError, RunFailedError } from '../errors.js';
import { kindOf } from '../plan/workers.js';
import type { FromPool, PoolMemory, PoolOrder, Progress, ToPool } from './messages.js';

/** Deaths of the pool process without a finished shard in between, after which it is not started again. */
const DEATHS = 3;
/** How long the pool has to end the passes in flight before it is killed, which loses nothing that is finished. */
const GRACE_MILLISECONDS = 10_000;

/** How a run is watched over. */
export interface Supervision {
  /** Stops cleanly: the passes in flight end, unfinished shards are dropped. */
  readonly stop?: AbortSignal;
  /** Kills the pool process at once. */
  readonly kill?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNote?: (text: string) => void;
  /** The pool process's program. */
  readonly entry?: string;
}

/**
 * Runs the pool process, and starts it again when it dies: a native crash ends a whole process, and costs only
 * the shards in flight.
 * @returns the memory of the pool process that ended the run
 * @throws InterruptedError when it was stopped
 * @throws RunFailedError when the pool keeps dying, or the run failed
 * @throws InputError when what the user gave is at fault
 */
export async function supervise(order: PoolOrder, supervision: Supervision = {}): Promise<PoolMemory> {
  let deaths = 0;
  for (;;) {
    const { stop, kill } = supervision;
    if (stop?.aborted || kill?.aborted) throw interrupted();
    const end = await runPool(order, supervision, () => {
      deaths = 0;
    });
    if (end.kind === 'finished') return end.memory;
    if (end.kind === 'failed') throw end.error;
    if (end.kind === 'stopped' || stop?.aborted || kill?.aborted) throw interrupted();
    deaths += 1;
    if (deaths >= DEATHS) {
      throw new RunFailedError(
        `the pool process died ${deaths} times without finishing a shard in between (${end.how}); finished ` +
          'shards are kept: run the same command again, with a lower --memory or fewer --workers if memory ran out',
      );
    }
    supervision.onNote?.(`the pool process died (${end.how}); starting it again`);
  }
}

type PoolEnd =
  | { readonly kind: 'finished'; readonly memory: PoolMemory }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'died'; readonly how: string };

function runPool(order: PoolOrder, supervision: Supervision, onShard: () => void): Promise<PoolEnd> {
  const entry = supervision.entry ?? fileURLToPath(new URL('./process.js', import.meta.url));
  // Standard output is for results: whatever the pool prints is a note.
  const child = fork(entry, [], {
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, ...kindOf(order.devices).environment?.(order.precision) },
  });
  const release = forwardStop(child, supervision);
  return new Promise((resolve) => {
    let end: PoolEnd | null = null;
    child.on('message', (message: FromPool) => {
      switch (message.kind) {
        case 'progress':
          supervision.onProgress?.(message.progress);
          break;
        case 'note':
          supervision.onNote?.(message.text);
          break;
        case 'shard':
          onShard();
          break;
        case 'finished':
        case 'stopped':
          end = message;
          break;
        case 'failed':
          end = { kind: 'failed', error: errorFrom(message) };
          break;
      }
    });
    child.on('error', (error) => {
      end ??= { kind: 'died', how: error.message };
    });
    child.on('close', (code, signal) => {
      release();
      resolve(end ?? { kind: 'died', how: signal === null ? `exit code ${code}` : `signal ${signal}` });
    });
    child.send({ kind: 'start', order } satisfies ToPool, () => {});
  });
}

/** Passes stop and kill on. @returns undoes it */
function forwardStop(child: ChildProcess, { stop, kill }: Supervision): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    if (child.connected) child.send({ kind: 'stop' } satisfies ToPool, () => {});
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MILLISECONDS);
  };
  const onKill = (): void => {
    child.kill('SIGKILL');
  };
  stop?.addEventListener('abort', onStop);
  kill?.addEventListener('abort', onKill);
  return () => {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
    kill?.removeEventListener('abort', onKill);
  };
}

function errorFrom({ error, message, stack }: FromPool & { kind: 'failed' }): Error {
  switch (error) {
    case 'input':
      return new InputError(message);
    case 'failed':
      return new RunFailedError(message);
    case 'interrupted':
      return new InterruptedError(message);
    case null: {
      const defect = new Error(message);
      if (stack !== null) defect.stack = stack;
      return defect;
    }
  }
}

function interrupted(): GrodinError {
  return new InterruptedError('stopped; what is finished is kept, and the same command goes on from there');
}

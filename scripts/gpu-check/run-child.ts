import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { InterruptedError, RunFailedError } from '../../stages/errors.js';
import { grodinCommand } from '../launch/grodin.js';

/** How long a run that was asked to stop may take to do so. */
const GRACE_SECONDS = 20;

/**
 * Runs `grodin` in a process of its own, which is asked to stop when its time is up.
 * @param log where what it prints is appended
 * @param seconds that it may take; infinite for no limit
 * @throws InterruptedError when it was stopped so
 * @throws RunFailedError when it fails, with its last line
 */
export async function runGrodin(args: readonly string[], log: string, seconds: number): Promise<void> {
  const file = await open(log, 'a+');
  const before = (await file.stat()).size;
  const [program = '', ...rest] = grodinCommand(...args);
  try {
    const child = spawn(program, rest, { stdio: ['ignore', file.fd, file.fd, 'ipc'] });
    let isUp = false;
    const timers = Number.isFinite(seconds)
      ? [
          setTimeout(() => {
            isUp = true;
            child.kill('SIGTERM');
          }, seconds * 1000),
          setTimeout(() => child.kill('SIGKILL'), (seconds + GRACE_SECONDS) * 1000),
        ]
      : [];
    const [code, signal] = await once(child, 'exit').finally(() => timers.forEach(clearTimeout));
    if (code === 0) return;
    if (isUp)
      throw new InterruptedError(`stopped after ${seconds.toFixed(0)} s; give the same command again`);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(4096),
      position: Math.max(before, size - 4096),
    });
    const last = buffer.toString('utf8', 0, bytesRead).trim().split('\n').at(-1) ?? '';
    throw new RunFailedError(`ended with ${signal ?? `exit code ${code}`}: ${last} (see ${log})`);
  } finally {
    await file.close();
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StopSignals } from '../../pipeline/cli/stop-signals.js';
import { quoted } from '../../pipeline/cluster/slurm/bash-text.js';
import { InterruptedError, RunFailedError } from '../../stages/errors.js';
import { grodinCommand } from './grodin.js';

/**
 * Runs `grodin reduce`, which prints the results.
 * @returns its exit code
 * @throws InterruptedError when it was stopped
 * @throws RunFailedError when it was killed
 */
export async function reduceLaunched(
  out: string,
  options: readonly string[],
  { stop }: Pick<StopSignals, 'stop'>,
): Promise<number> {
  const [file = '', ...args] = grodinCommand('reduce', out, ...options);
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const terminate = (): void => void child.kill('SIGTERM');
  stop.addEventListener('abort', terminate);
  if (stop.aborted) terminate();
  const [code, signal] = await once(child, 'exit');
  if (stop.aborted) {
    throw new InterruptedError(
      'stopped while reducing; all scores are there: run the same command again to continue',
    );
  }
  if (code !== null) return code;
  throw new RunFailedError(
    `grodin reduce ended with signal ${signal}; all scores are there: run it again, or grodin reduce ${quoted(out)}`,
  );
}

import { deviceText } from '../../workers/devices/device.js';
import { DeviceProcess } from './device-process.js';
import { type Task, weightOf } from './plan.js';
import { leftOut } from './problems.js';
import type { Row } from './rows.js';

/** What a whole check found of its devices. */
export interface Conduct {
  /** Devices that are not there, each with the error that said so. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Beyond what a task was told to take: opening graphs, choosing programs, and the run under way. */
const grace = 60_000;

/**
 * Runs tasks one after another, each in the process of its device and precision, and divides the time that is left among
 * those that are left.
 * @param until when everything ends, in milliseconds of `performance.now()`
 */
export async function conduct(
  tasks: readonly Task[],
  until: number,
  say: (row: Row) => void,
  note: (line: string) => void,
): Promise<Conduct> {
  const processes = new Map<string, DeviceProcess>();
  const missing = new Map<string, string>();
  const failed = new Set<string>();
  try {
    for (const [index, task] of tasks.entries()) {
      const name = deviceText(task.device);
      const of = `${task.part}${task.network === null ? '' : ` of ${task.network}`} on ${name} in ${task.precision}`;
      const setting = `${name} ${task.precision}`;
      if (missing.has(name) || failed.has(setting)) continue;
      const left = until - performance.now();
      if (left <= 0) {
        say(leftOut(of));
        continue;
      }
      const environment = environmentOf(task);
      const key = `${setting} ${JSON.stringify(environment)}`;
      const known = processes.get(key);
      const found = known && !known.isGone ? known : await DeviceProcess.start(task, environment, left, say);
      if (!(found instanceof DeviceProcess)) {
        if (found.kind === 'failed' && found.missing) missing.set(name, found.message);
        else failed.add(setting);
        say({ part: 'problem', of: setting, message: found.message, fails: true });
        continue;
      }
      processes.set(key, found);
      const rest = tasks.slice(index).reduce((sum, one) => sum + weightOf(one), 0);
      const now = until - performance.now();
      const seconds = ((now / 1000) * weightOf(task)) / rest;
      note(`${of}: ${seconds.toFixed(0)} s`);
      const ending = await found.run(task, seconds, Math.max(1, Math.min(now, 2000 * seconds + grace)));
      if (ending.kind === 'done') continue;
      const isLate = ending.kind === 'gone' && ending.isLate;
      say({ part: 'problem', of, message: ending.message, fails: !isLate, ...(isLate && { isLate }) });
    }
  } finally {
    for (const one of processes.values()) one.end();
  }
  return { missing };
}

/** Every kernel is waited for where the time of each is asked for. */
function environmentOf({ part, device }: Task): Readonly<Record<string, string>> {
  return part === 'profile' && device.name === 'cuda' ? { CUDA_LAUNCH_BLOCKING: '1' } : {};
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { deviceKind } from '../../workers/devices/index.js';
import type { Measured, Measuring } from './plan.js';

/** What a device and precision gave. */
export interface Measurements {
  readonly measured: readonly Measured[];
  /** What could not be measured, and why. */
  readonly notes: readonly string[];
}

/** Measures in a process of its own, started with the variables that its precision needs. */
export async function measureDevice(task: Measuring): Promise<Measurements> {
  const environment = deviceKind(task.device.name).environment?.(task.precision, [task.device]) ?? {};
  const child = fork(fileURLToPath(new URL('./measure-child.js', import.meta.url)), [], {
    env: { ...process.env, ...environment },
  });
  const measured: Measured[] = [];
  const notes: string[] = [];
  return new Promise((resolve) => {
    let done = false;
    child.on('message', (said: { measured?: Measured; note?: string; failed?: string; done?: true }) => {
      if (said.measured) measured.push(said.measured);
      if (said.note) notes.push(said.note);
      if (said.failed) notes.push(said.failed);
      if (said.done || said.failed) {
        done = true;
        child.kill('SIGKILL');
      }
    });
    child.on('exit', (code, signal) => {
      if (!done)
        notes.push(`its process was ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`);
      resolve({ measured, notes });
    });
    child.send(task);
  });
}

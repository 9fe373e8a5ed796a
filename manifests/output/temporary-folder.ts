import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { describeSystemError } from './system-error.js';

/** Compiled graphs are as large as their models: what is stopped half-way must not leave them behind either. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A folder for a while. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes it, with all that it holds. */
  remove(): Promise<void>;
}

/**
 * Makes a folder in the system's place for temporary files; whoever asks for it removes it.
 * @throws InputError or RunFailedError naming that place, where it can't be made
 */
export function makeTemporaryPath(): string {
  const place = tmpdir();
  try {
    return mkdtempSync(join(place, 'grodin-'));
  } catch (error) {
    const known = isError(error) ? describeSystemError(Object.assign(error, { path: place })) : null;
    const why = known?.message ?? `${place}: ${String(error)}`;
    const message = `there is no place for temporary files: ${why}; TMPDIR says where it is`;
    throw known instanceof RunFailedError
      ? new RunFailedError(message, { cause: error })
      : new InputError(message, { cause: error });
  }
}

/** Makes a folder for work that gives its results one by one. It is removed too where a signal ends the process before. */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = makeTemporaryPath();
  const release = (): void => {
    for (const name of signals) process.off(name, stop);
  };
  const stop = (signal: NodeJS.Signals): void => {
    rmSync(path, { recursive: true, force: true });
    release();
    process.kill(process.pid, signal);
  };
  for (const name of signals) process.on(name, stop);
  const remove = async (): Promise<void> => {
    release();
    await rm(path, { recursive: true, force: true });
  };
  return { path, remove };
}

/** Gives `work` a folder that is removed afterwards, also where a signal ends the process meanwhile. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder();
  try {
    return await work(folder.path);
  } finally {
    await folder.remove();
  }
}

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Compiled graphs are as large as their models: what is stopped half-way must not leave them behind either. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives `work` a folder that is removed afterwards, also where a signal ends the process meanwhile. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-'));
  const stop = (signal: NodeJS.Signals): void => {
    rmSync(folder, { recursive: true, force: true });
    for (const name of signals) process.off(name, stop);
    process.kill(process.pid, signal);
  };
  for (const name of signals) process.on(name, stop);
  try {
    return await work(folder);
  } finally {
    for (const name of signals) process.off(name, stop);
    await rm(folder, { recursive: true, force: true });
  }
}

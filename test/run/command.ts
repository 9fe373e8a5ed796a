import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readRevisions, type WrittenRevision } from '../../pipeline/store/revisions.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { type Finished, main } from '../cli/built.js';

/** A `grodin` that is running. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export function start(args: readonly string[], cwd: string): RunningCommand {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  // Not 'close': a killed supervisor's pipes are shared with its pool.
  const finished = once(child, 'exit').then(async ([code]) => {
    await pause(50);
    return { code, out, err };
  });
  return { child, finished };
}

/** Runs `experiment.json` to its end, or to an error. */
export function runExperiment(folder: string, out: string, ...more: string[]): Promise<Finished> {
  return runFile(folder, 'experiment.json', out, ...more);
}

/** Runs another experiment file of the folder. */
export function runFile(folder: string, file: string, out: string, ...more: string[]): Promise<Finished> {
  return start(['run', file, '--out', out, ...more], folder).finished;
}

/** A copy of a finished run, of this test's own. */
export async function copyRun(folder: string, from: string, to: string): Promise<string> {
  await cp(join(folder, from), join(folder, to), { recursive: true, preserveTimestamps: true });
  return join(folder, to);
}

/** Waits until a run has finished at least so many shards. */
export async function shardsFinished(out: string, count: number): Promise<void> {
  while ((await shardNames(out)).length < count) await pause(2);
}

/** All revisions of a run, the latest last. */
export function revisionsOf(out: string): Promise<readonly WrittenRevision[]> {
  return readRevisions(runDirectory(out));
}

/** Names of finished shards. */
export async function shardNames(out: string): Promise<string[]> {
  const names = await readdir(join(out, 'shards')).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).sort();
}

/** Hashes of everything that must have equal bytes, by path: shards, selection, metrics, accuracies, errors, tables, analyses, plan. */
export async function comparable(out: string): Promise<Map<string, string>> {
  const files = ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'errors.arrow'];
  for (const folder of ['shards', 'tables', 'analyses', 'plan']) {
    for (const name of await readdir(join(out, folder))) files.push(join(folder, name));
  }
  const contents = new Map<string, string>();
  for (const file of files.sort()) {
    contents.set(
      file,
      createHash('sha256')
        .update(await readFile(join(out, file)))
        .digest('hex'),
    );
  }
  return contents;
}

export { childrenOf, differences } from '../../scripts/drills/runs.js';

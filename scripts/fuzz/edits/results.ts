import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exportRun } from '../../../pipeline/export/export-run.js';
import { runDirectory } from '../../../workers/store/run-directory.js';

/** What a finished run must have in common with one that was begun with its last experiment. */
export interface Outcome {
  /** Of selection, metrics, accuracies, errors, tables and analyses. */
  readonly files: ReadonlyMap<string, string>;
  readonly shards: ReadonlyMap<string, string>;
  /** Lines of the exported scores, by image and cell. */
  readonly scores: ReadonlyMap<string, readonly string[]>;
}

export async function outcomeOf(out: string): Promise<Outcome> {
  const files = new Map<string, string>();
  const shards = new Map<string, string>();
  for (const name of (await readdir(out, { recursive: true })).sort()) {
    const isShard = /^shards\/[^.].*\.arrow$/.test(name);
    if (!isShard && !/^(tables|analyses)\/.*\.\w+$|^\w+\.arrow$|^metrics\.json$/.test(name)) continue;
    (isShard ? shards : files).set(name, await readFile(join(out, name), 'latin1'));
  }
  const table = `${out}-scores.csv`;
  await exportRun(runDirectory(out), table, {});
  const lines = (await readFile(table, 'utf8')).split('\n').map((line) => line.split(','));
  await rm(table);
  const end = 1 + (lines[0]?.indexOf('temperature') ?? -1);
  const scores = new Map(lines.map((cells) => [cells.slice(0, end).join(), cells.slice(end)]));
  return { files, shards, scores };
}

/** What is otherwise in a run than in one that was begun with its last experiment; a run may have scores besides. */
export function otherThan(run: Outcome, fresh: Outcome): string[] {
  const names = [...new Set([...run.files.keys(), ...fresh.files.keys()])];
  return [
    ...names.filter((name) => run.files.get(name) !== fresh.files.get(name)),
    ...[...run.shards]
      .filter(([name, bytes]) => (fresh.shards.get(name) ?? bytes) !== bytes)
      .map(([name]) => name),
    ...[...fresh.scores]
      .filter(([key, values]) => values.some((text, at) => text !== '' && text !== run.scores.get(key)?.[at]))
      .slice(0, 1)
      .map(([key, values]) => `scores of ${key} are ${run.scores.get(key)}, not ${values}`),
  ];
}

/** Every file of a run directory, with when it was written. */
export async function stateOf(out: string): Promise<string> {
  const names = (await readdir(out, { recursive: true }).catch((): string[] => [])).sort();
  const lines = names.map(async (name) => {
    const { mtimeMs, size, ino } = await stat(join(out, name));
    return `${name} ${mtimeMs} ${size} ${ino}`;
  });
  return (await Promise.all(lines)).join('\n');
}

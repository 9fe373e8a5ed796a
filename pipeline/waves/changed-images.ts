import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { PlannedShard } from '../plan/planned-shard.js';
import type { ChangedImage } from '../store/image-digests.js';
import {
  type FileState,
  fileStates,
  type ImageHints,
  pathOf,
  readHints,
  writeHints,
} from '../store/image-hints.js';
import { readShard, setAside } from '../store/shard-store.js';
import type { OpenExperiment, OpenRun } from './open-run.js';

/** What was seen of the image files of an experiment: for each set the state of each row's file. */
export type SeenImages = ReadonlyMap<string, readonly FileState[]>;

/** Looks at all image files of an experiment; opens none. */
export async function lookAtImages({ sets }: Pick<OpenExperiment, 'sets'>): Promise<SeenImages> {
  const seen = new Map<string, readonly FileState[]>();
  for (const { name, rows } of sets) seen.set(name, await fileStates(rows));
  return seen;
}

/**
 * Sets aside the finished shards that read images which have other content by now, so that they are scored again. Files
 * whose size and time are as they were are taken to be unchanged; others are read, and their content decides.
 * @param planned all shards of the run
 * @param note told how many images have changed, if any
 */
export async function setChangedImagesAside(
  run: OpenRun,
  planned: readonly PlannedShard[],
  seen: SeenImages,
  note: (text: string) => void,
): Promise<void> {
  for (const { name, rows: manifest } of run.sets) {
    const states = seen.get(name) ?? [];
    const hints = await readHints(run.directory, name);
    const isSuspect = (row: number): boolean =>
      !isKnownState(hints, pathOf(manifest, row), states[row] ?? null);
    const suspects = new Set([...manifest.rows.keys()].filter(isSuspect));
    if (suspects.size === 0) continue;
    const shards = planned.filter(({ set, rows }) => set === name && rows.some((row) => suspects.has(row)));
    const now = new Map<number, string | null>();
    const digestNow = async (row: number): Promise<string | null> => {
      const known = now.get(row);
      if (known !== undefined) return known;
      const digest = states[row] === null ? null : await digestOf(manifest.rows[row]?.path ?? '');
      now.set(row, digest);
      return digest;
    };
    const changed = new Set<number>();
    let redone = 0;
    for (const shard of shards) {
      const found = await readShard(run, shard);
      if (found === null) continue;
      const others: number[] = [];
      for (const [index, row] of shard.rows.entries()) {
        if (!suspects.has(row)) continue;
        const digest = await digestNow(row);
        // Of an image that is gone its scores are what is left.
        if (digest === null || digest === found.scores.digests[index]) continue;
        others.push(row);
        changed.add(row);
      }
      if (others.length === 0) continue;
      redone += 1;
      const first = manifest.rows[others[0] ?? 0]?.path;
      await setAside(
        run.directory,
        shard.id,
        `${others.length} of its images have other content than was scored, the first: ${first}`,
      );
    }
    if (changed.size > 0) {
      const [row = 0] = changed;
      note(
        `set "${name}": ${changed.size} ${changed.size === 1 ? 'image has' : 'images have'} other content than was scored ` +
          `(the first: ${manifest.rows[row]?.path}); ${redone} ${redone === 1 ? 'shard is' : 'shards are'} done again`,
      );
    }
    await writeHints(run.directory, name, manifest, states);
  }
}

/**
 * Sets aside those of the shards whose images differ from what they are now, where other shards read them with other
 * content.
 * @param changed images that had different content in different shards
 * @returns how many shards were set aside
 * @throws RunFailedError when an image is neither what one shard read nor what the others did
 */
export async function setDifferingAside(
  run: OpenRun,
  shards: readonly PlannedShard[],
  changed: readonly ChangedImage[],
  note: (text: string) => void,
): Promise<number> {
  let count = 0;
  for (const { set, row } of changed) {
    const path = run.manifestOf(set)?.rows[row]?.path ?? '';
    const digest = await digestOf(path);
    for (const shard of shards) {
      if (shard.set !== set || !shard.rows.includes(row)) continue;
      const found = await readShard(run, shard);
      const read = found?.scores.digests[shard.rows.indexOf(row)] ?? null;
      if (read === null || read === digest) continue;
      await setAside(run.directory, shard.id, `${path} had other content when it was scored than it has now`);
      count += 1;
    }
  }
  const [first] = changed;
  if (first !== undefined && count > 0)
    note(
      `${run.manifestOf(first.set)?.rows[first.row]?.path} changed while it was scored; ${count} ${count === 1 ? 'shard is' : 'shards are'} done again`,
    );
  return count;
}

function isKnownState(hints: ImageHints | null, path: string, state: FileState): boolean {
  return hints?.states.get(path)?.includes(state) ?? false;
}

/** @returns null where the file can't be read: who scores it will say so */
async function digestOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path)) hash.update(part);
  } catch {
    return null;
  }
  return hash.digest('hex');
}

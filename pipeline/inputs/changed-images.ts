import { InputError, RunFailedError } from '../../stages/errors.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readShard, setAside, shardImagesOf } from '../../workers/store/shard-store.js';
import type { CarriedShard } from '../opening/carried-shards.js';
import type { OpenExperiment, OpenRun } from '../opening/opened.js';
import type { ChangedImage } from '../store/image-digests.js';
import { type ImageView, viewIds } from '../store/image-views.js';
import { leaseHolders } from '../store/lease.js';
import { contentDigest } from './content-digest.js';
import { type SeenImages, type Suspects, suspectsOf } from './seen-images.js';

/**
 * Sets aside the finished shards whose images have changed since, so that they are scored again. Files
 * that looked the same to every process are taken to be unchanged; others are read, and their content decides.
 * @param planned all shards of the run
 * @param fresh sets that no process had seen in this way
 * @param note told how many images have changed, if any
 * @throws InputError when a living process works on the run with those images
 */
export async function setChangedImagesAside(
  run: OpenRun,
  planned: readonly PlannedShard[],
  seen: SeenImages,
  fresh: ReadonlySet<string>,
  note: (text: string) => void,
): Promise<void> {
  for (const set of run.sets) {
    const { name, rows: manifest } = set;
    const view = seen.get(name);
    if (view === undefined) continue;
    const suspects = await suspectsOf(run, set, view, fresh.has(name));
    const digestsOf = async (shard: PlannedShard) => (await readShard(run, shard))?.scores.digests ?? null;
    const own = planned.filter((shard) => shard.set === name);
    const { changed, stale } = await staleShards(own, suspects, view, digestsOf);
    const [row] = changed;
    if (row !== undefined) {
      const first = manifest.rows.pathAt(row);
      const [holder] = await leaseHolders(run.directory.leases);
      if (holder !== undefined)
        throw new InputError(
          `${first}: it has changed since it was scored, and process ${holder.pid} on ${holder.host} works on this run; stop it ` +
            `first (if it has ended, remove ${run.directory.leases}), or give both the same images`,
        );
      for (const { shard, images } of stale)
        await setAside(
          run.directory,
          shard.id,
          `${images.length} of its images have changed since they were scored, the first: ${manifest.rows.pathAt(images[0] ?? 0)}`,
        );
      note(changedText(name, changed.size, first, stale.length));
    }
    await suspects.keep();
  }
}

/** Shards of a set that were scored from other images than there are now, and all rows whose image is another. */
async function staleShards(
  shards: readonly PlannedShard[],
  suspects: Suspects,
  view: ImageView,
  digestsOf: (shard: PlannedShard) => Promise<readonly (string | null)[] | null>,
) {
  const changed = new Set<number>();
  const stale: { readonly shard: PlannedShard; readonly images: readonly number[] }[] = [];
  for (const shard of shards) {
    if (!shard.rows.some((row) => suspects.rows.has(row))) continue;
    const digests = await digestsOf(shard);
    if (digests === null) continue;
    const images: number[] = [];
    for (const [index, row] of shard.rows.entries()) {
      // An image that is gone can't be scored again: its scores are kept.
      if (!suspects.rows.has(row) || view.stateAt(row) === null) continue;
      if ((await suspects.digestOf(row)) !== (digests[index] ?? null)) images.push(row);
    }
    if (images.length > 0) stale.push({ shard, images });
    for (const row of images) changed.add(row);
  }
  return { changed, stale };
}

function changedText(set: string, images: number, first: string, shards: number): string {
  return (
    `set "${set}": ${images} ${images === 1 ? 'image has' : 'images have'} changed since scoring ` +
    `(the first: ${first}); ${shards} ${shards === 1 ? 'shard is' : 'shards are'} scored again`
  );
}

/**
 * Finds the finished shards that a run would set aside, since their images have changed. Writes nothing.
 * @param done those that are there for an experiment
 * @param carried those of them whose scores are in the file of a former one
 * @param note told how many images have changed, if any
 */
export async function shardsOfChangedImages(
  { sets }: Pick<OpenExperiment, 'sets'>,
  directory: RunDirectory,
  {
    shards,
    carried,
  }: { readonly shards: readonly PlannedShard[]; readonly carried: readonly CarriedShard[] },
  seen: SeenImages,
  note: (text: string) => void,
): Promise<ReadonlySet<PlannedShard>> {
  const formerOf = new Map(carried.map(({ shard, former }) => [shard, former]));
  const found = new Set<PlannedShard>();
  for (const set of sets) {
    const { name, rows: manifest } = set;
    const own = shards.filter((shard) => shard.set === name);
    const view = seen.get(name);
    if (view === undefined || own.length === 0) continue;
    const isNew = !(await viewIds(directory, name)).includes(view.id);
    const suspects = await suspectsOf({ directory }, set, view, isNew);
    const digestsOf = async (shard: PlannedShard) =>
      (await shardImagesOf(directory, (formerOf.get(shard) ?? shard).id))?.digests ?? null;
    const { changed, stale } = await staleShards(own, suspects, view, digestsOf);
    const [row] = changed;
    if (row !== undefined) note(changedText(name, changed.size, manifest.rows.pathAt(row), stale.length));
    for (const { shard } of stale) found.add(shard);
  }
  return found;
}

/**
 * Sets aside those of the shards whose images differ from what they are now, where other shards read them with other
 * content.
 * @param changed images that had different content in different shards
 * @returns how many shards were set aside
 * @throws RunFailedError when an image can't be read
 */
export async function setDifferingAside(
  run: OpenRun,
  shards: readonly PlannedShard[],
  changed: readonly ChangedImage[],
  note: (text: string) => void,
): Promise<number> {
  const done = new Set<string>();
  for (const { set, row } of changed) {
    const path = run.manifestOf(set)?.rows.pathAt(row) ?? '';
    const digest = await contentDigest(path);
    for (const shard of shards) {
      if (shard.set !== set || done.has(shard.id) || !shard.rows.includes(row)) continue;
      const found = await readShard(run, shard);
      const read = found?.scores.digests[shard.rows.indexOf(row)] ?? null;
      if (read === null || read === digest) continue;
      await setAside(run.directory, shard.id, `${path} had other content when it was scored than it has now`);
      done.add(shard.id);
    }
  }
  const [first] = changed;
  if (first !== undefined && done.size > 0)
    note(
      `${run.manifestOf(first.set)?.rows.pathAt(first.row)} changed while it was scored; ${done.size} ${done.size === 1 ? 'shard is' : 'shards are'} scored again`,
    );
  return done.size;
}

/** What is said where an image was read with different contents. */
export function differingImages(run: OpenRun, changed: readonly ChangedImage[]): RunFailedError | null {
  const [first] = changed;
  if (first === undefined) return null;
  const path = run.manifestOf(first.set)?.rows.pathAt(first.row);
  const others =
    changed.length === 1 ? 'this image was' : `${changed.length} images were, this one among them,`;
  return new RunFailedError(
    `${path}: ${others} scored with different contents by different shards of ${run.directory.path}; give all processes the same ` +
      'images and run the experiment again, which scores again what has changed',
  );
}

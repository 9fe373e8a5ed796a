import type { ManifestRows } from '../../manifests/manifest-rows.js';
import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { OpenExperiment, OpenRun } from '../opening/opened.js';
import type { ImageDigests } from '../store/image-digests.js';
import {
  differingRows,
  fileState,
  type ImageView,
  keepView,
  lookAtFiles,
  readDigests,
  readViews,
  viewIds,
  viewOfRows,
  writeDigests,
} from '../store/image-views.js';
import { contentDigest } from './content-digest.js';

/** How the image files of an experiment look to this process, by set. */
export type SeenImages = ReadonlyMap<string, ImageView>;

/** Looks at all image files of an experiment; opens none. */
export async function lookAtImages({ sets }: Pick<OpenExperiment, 'sets'>): Promise<SeenImages> {
  const seen = new Map<string, ImageView>();
  // Corrupted sets share the rows of one manifest, whose files are looked at once.
  const known = new Map<ManifestRows, ImageView>();
  for (const { name, rows } of sets) {
    const view = known.get(rows.rows) ?? (await lookAtFiles(rows));
    known.set(rows.rows, view);
    seen.set(name, view);
  }
  return seen;
}

/** A set's images whose content must be looked at, since other processes may have read something else. */
export interface Suspects {
  readonly rows: ReadonlySet<number>;
  /** sha256 (hex) of a row's file now; null where it is gone or no image. Read once. */
  readonly digestOf: (row: number) => Promise<string | null>;
  /** Keeps what was read for later starts. */
  readonly keep: () => Promise<void>;
}

/**
 * Finds the images of a set that did not look the same to all processes of the run.
 * @param isNew whether no process has looked in this way, so that images which none has seen may be any: shards of them have their
 *   scores from a set of another name
 */
export async function suspectsOf(
  run: Pick<OpenRun, 'directory'>,
  set: OpenRun['sets'][number],
  view: ImageView,
  isNew = false,
): Promise<Suspects> {
  const { name, rows: manifest } = set;
  const views = await readViews(run.directory, name);
  const digests = await readDigests(run.directory, name, view);
  const before = digests.size;
  return {
    rows: differingRows(manifest, view, views, isNew),
    digestOf: async (row) => {
      const path = manifest.rows.placeAt(row);
      const known = digests.get(path);
      if (known !== undefined) return known;
      const file = manifest.rows.pathAt(row);
      const digest =
        view.wasThere(row) || (await fileState(file)) !== null ? await contentDigest(file) : null;
      // Not kept if the file has changed since it was looked at: the digest is then of another state than the view's.
      if (digest !== null && (await fileState(file)) === view.stateAt(row)) digests.set(path, digest);
      return digest;
    },
    keep: async () => {
      if (digests.size > before) await writeDigests(run.directory, name, view, digests);
    },
  };
}

/** What was seen of a run's images when it was opened. */
export interface SeenOwnImages {
  /** Null with `trustImages`: the files were not looked at. */
  readonly seen: SeenImages | null;
  /**
   * Whether an image was there then: one that is gone now is a fault of the system, such as a file system that was
   * unmounted, and not of the image.
   */
  readonly isKnown: (set: string, row: number) => boolean;
}

/**
 * What is known of the images to a process that has not looked itself.
 * @param views what the process that opened the run saw, by set; null where it did not look
 */
export async function imagesSeen(
  run: OpenRun,
  views: Readonly<Record<string, string>> | null,
): Promise<SeenOwnImages> {
  const seen = new Map<string, ImageView>();
  const there = new Map<string, Uint8Array>();
  for (const { name, rows } of run.sets) {
    const kept = await readViews(run.directory, name);
    // With --trust-images this process has not looked: what any other saw will do.
    const found = views === null ? kept[0] : kept.find(({ id }) => id === views[name]);
    const view = found && viewOfRows(rows, found);
    if (view !== undefined) seen.set(name, view);
    const flags = new Uint8Array(rows.rows.length);
    there.set(name, view === undefined ? flags : flags.map((_, row) => (view.wasThere(row) ? 1 : 0)));
  }
  return { seen: views === null ? null : seen, isKnown: (set, row) => there.get(set)?.[row] === 1 };
}

/**
 * Keeps what this process sees for all others, before it scores anything.
 * @returns the sets that no process had looked at in this way
 */
export async function keepViews(run: OpenRun, seen: SeenImages): Promise<ReadonlySet<string>> {
  const fresh = new Set<string>();
  for (const { name, rows } of run.sets) {
    const view = seen.get(name);
    if (view !== undefined && (await keepView(run.directory, name, rows, view))) fresh.add(name);
  }
  return fresh;
}

/** Whether images of a run looked otherwise to other processes than to this one, so that theirs may be others. */
export async function haveOthersSeenOthers(run: OpenRun, seen: SeenImages | null): Promise<boolean> {
  if (seen === null) return false;
  for (const { name } of run.sets) {
    const own = seen.get(name)?.id;
    if ((await viewIds(run.directory, name)).some((id) => id !== own)) return true;
  }
  return false;
}

/**
 * Checks that finished shards were made from the images that this process has: where files did not look the same to
 * all processes, contents are compared.
 * @param images what the shards read
 * @param seen how the files looked to this process, by set; null where they are not to be checked
 * @throws RunFailedError naming an image that is another here than where it was scored
 */
export async function requireOwnImages(
  run: OpenRun,
  images: ImageDigests,
  seen: SeenImages | null,
): Promise<void> {
  if (seen === null) return;
  for (const set of run.sets) {
    const view = seen.get(set.name);
    if (view === undefined) continue;
    const suspects = await suspectsOf(run, set, view);
    for (const row of suspects.rows) {
      const scored = images.of(set.name, row);
      const own = scored === null ? null : await suspects.digestOf(row);
      if (scored === null || own === null || scored === own) continue;
      const file = set.rows.rows.pathAt(row);
      const hasChanged = (await fileState(file)) !== view.stateAt(row);
      throw new RunFailedError(
        hasChanged
          ? `${file}: it changed while the run was in progress; ${call('again')}, which scores again what has changed`
          : `${file}: another process of this run has scored a file of this name with other content; give all processes the ` +
              'same images, then run one of them again, which scores again what differs',
      );
    }
    await suspects.keep();
  }
}

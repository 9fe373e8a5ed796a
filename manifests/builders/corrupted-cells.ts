import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { addTo } from '../../stages/grouped.js';
import { isImageName } from '../image-formats.js';
import { archivedPath } from '../location.js';
import { type ArchivedFile, listArchive } from './archive-listing.js';
import { byBytes, folderOf, inOrderOfFolders } from './image-order.js';
import type { SourceImage } from './image-source.js';
import { findImages } from './image-tree.js';
import { leftOutOfAll, noteUnread, unreadImages } from './left-out.js';
import type { LeftOut } from './manifest-builder.js';

/** The images of one corruption at one severity. */
interface CorruptedCell {
  /** `glass_blur-5` */
  readonly name: string;
  readonly corruption: string;
  readonly severity: number;
  /** Its folder, as messages name it. */
  readonly root: string;
  /** By paths below its folder: CLASS/image. */
  readonly images: readonly SourceImage[];
}

/** What a folder or a tar holds of a set of CORRUPTION/SEVERITY/CLASS/image. */
export interface SourceCells {
  /** How many images each cell has, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /**
   * How many images lie in folders that are no cell, by the folder that would be one: of a severity that is none of 1 to
   * 5, or elsewhere. They count among the other files, too.
   */
  readonly unplaced: ReadonlyMap<string, number>;
  /** The same of those that lie as they should, in a corruption whose name no set can have. */
  readonly misnamed: ReadonlyMap<string, number>;
  readonly leftOut: LeftOut;
  /** Lists one cell after the other, sorted by name: all together have millions of images. */
  cells(): AsyncIterable<CorruptedCell>;
}

/** Names of corruptions, which are parts of names of files. */
const isName = /^[A-Za-z0-9][\w.+-]*$/;

const isSeverity = /^[1-5]$/;

/** Where a corruption lies, maybe below other folders. */
const inCell = /^(?:.*?\/)?(?<corruption>[A-Za-z0-9][\w.+-]*)\/(?<severity>[1-5])\/(?<path>.+)$/s;

/** The same of any name: where an image lies that has no cell because of it. */
const inMisnamedCell = /^(?<cell>(?:.*?\/)?[^/]+\/[1-5])\/.+$/s;

/**
 * Looks for the cells of a folder, or of a plain tar.
 * @throws InputError naming it, where it can't be listed
 */
export async function corruptedCells(source: string): Promise<SourceCells> {
  const isFolder = (await stat(source).catch(() => null))?.isDirectory() ?? false;
  return isFolder ? ofFolder(source) : ofArchive(source);
}

/** The folder that would be a cell if there were such a cell: two above the image, or as far up as there are folders. */
function wouldBeCell(path: string): string {
  const above = folderOf(path);
  return folderOf(above) || above;
}

/** Counts of images that no cell has, by the folder that would be one. */
type Stray = Pick<SourceCells, 'unplaced' | 'misnamed'>;

/** Counts images that no cell has. */
function strayCounts(): Stray & { add(path: string): void } {
  const [unplaced, misnamed] = [new Map<string, number>(), new Map<string, number>()];
  return {
    ...{ unplaced, misnamed },
    add: (path) => {
      const cell = inMisnamedCell.exec(path)?.groups?.cell;
      const [counts, folder] = cell === undefined ? [unplaced, wouldBeCell(path)] : [misnamed, cell];
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    },
  };
}

async function ofFolder(root: string): Promise<SourceCells> {
  const { roots, elsewhere, stray } = await cellFolders(root);
  const counts = new Map<string, number>();
  const parts = [elsewhere];
  for (const name of [...roots.keys()].sort(byBytes)) {
    const folder = roots.get(name) ?? root;
    const { images, leftOut } = await findImages(folder);
    if (images.length > 0) counts.set(name, images.length);
    parts.push(withPaths(leftOut, folder));
  }
  return {
    counts,
    ...stray,
    leftOut: leftOutOfAll(parts),
    async *cells() {
      for (const name of counts.keys()) {
        const folder = roots.get(name) ?? root;
        const { images } = await findImages(folder);
        yield {
          ...partsOf(name),
          root: folder,
          images: images.map((path) => ({ path, location: join(folder, path) })),
        };
      }
    },
  };
}

/** The same with whole paths. */
const withPaths = (leftOut: LeftOut, folder: string): LeftOut => ({
  ...leftOut,
  deadLinks: leftOut.deadLinks.map((path) => join(folder, path)),
  notUtf8: leftOut.notUtf8.map((path) => join(folder, path)),
});

/** The folders of the cells below a root, and what lies in none of them. */
async function cellFolders(root: string): Promise<{
  readonly roots: ReadonlyMap<string, string>;
  readonly elsewhere: LeftOut;
  readonly stray: Stray;
}> {
  const roots = new Map<string, string>();
  const { add, ...stray } = strayCounts();
  const { images, leftOut } = await findImages(root, (folder) => {
    const [severity = '', corruption = ''] = folder.split('/').reverse();
    if (!isSeverity.test(severity) || !isName.test(corruption)) return false;
    const cell = `${corruption}-${severity}`;
    const earlier = roots.get(cell);
    const path = join(root, folder);
    if (earlier !== undefined) throw new InputError(`${path}: is ${cell}, as ${earlier} is; remove one`);
    roots.set(cell, path);
    return true;
  });
  for (const path of images) add(path);
  const elsewhere = withPaths({ ...leftOut, others: leftOut.others + images.length }, root);
  return { roots, elsewhere, stray };
}

async function ofArchive(archive: string): Promise<SourceCells> {
  const { cells: found, stray, leftOut } = await cellFiles(archive);
  return {
    counts: new Map([...found].map(([name, files]) => [name, files.length])),
    ...stray,
    leftOut,
    async *cells() {
      // Listed again, and not kept: several archives together have millions of images.
      const { cells } = await cellFiles(archive);
      for (const name of [...cells.keys()].sort(byBytes)) {
        const images = (cells.get(name) ?? []).map(
          ({ path, offset, length }): SourceImage => ({
            path: inCell.exec(path)?.groups?.path ?? path,
            location: archivedPath(archive, offset, length),
            id: path,
          }),
        );
        cells.delete(name);
        yield { ...partsOf(name), root: archive, images: inOrderOfFolders(images) };
      }
    },
  };
}

/** @param name of a cell, which ends with its severity */
function partsOf(name: string): Pick<CorruptedCell, 'name' | 'corruption' | 'severity'> {
  const at = name.lastIndexOf('-');
  return { name, corruption: name.slice(0, at), severity: Number(name.slice(at + 1)) };
}

/** The images of a tar by cell. */
async function cellFiles(archive: string): Promise<{
  readonly cells: Map<string, ArchivedFile[]>;
  readonly stray: Stray;
  readonly leftOut: LeftOut;
}> {
  const { files, hidden, notUtf8, folders: _, ...archived } = await listArchive(archive);
  const cells = new Map<string, ArchivedFile[]>();
  const { add, ...stray } = strayCounts();
  const unread = new Map<string, number>();
  let others = 0;
  for (const file of files) {
    const { corruption, severity } = inCell.exec(file.path)?.groups ?? {};
    const isImage = isImageName(file.path);
    if (corruption !== undefined && isImage) addTo(cells, `${corruption}-${severity}`, file);
    else {
      others++;
      if (isImage) add(file.path);
      else noteUnread(unread, file.path);
    }
  }
  const leftOut = {
    ...{ others, hidden, deadLinks: [], ...unreadImages(unread) },
    notUtf8: notUtf8.map((name) => join(archive, name)),
    archived: { ...archived, imageless: 0 },
  };
  return { cells, stray, leftOut };
}

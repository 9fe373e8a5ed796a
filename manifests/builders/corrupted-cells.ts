import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { archivedPath } from '../location.js';
import { type ArchivedFile, listArchive } from './archive-listing.js';
import { byBytes, inOrderOfFolders } from './image-order.js';
import type { SourceImage } from './image-source.js';
import { findImages, isImageName } from './image-tree.js';
import { listFolder } from './listing.js';
import type { LeftOut } from './manifest-builder.js';

/** The images of one corruption at one severity. */
export interface CorruptedCell {
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
  readonly leftOut: LeftOut;
  /** Lists one cell after the other, sorted by name: all together have millions of images. */
  cells(): AsyncIterable<CorruptedCell>;
}

const isName = /^[A-Za-z0-9][\w.+-]*$/;

/** Where a corruption lies, maybe below other folders. */
const inCell = /^(?:.*\/)?(?<corruption>[A-Za-z0-9][\w.+-]*)\/(?<severity>[1-5])\/[^/]+\/[^/]+$/s;

/**
 * Looks for the cells of a folder, or of a plain tar.
 * @throws InputError naming it, where it can't be listed
 */
export async function corruptedCells(source: string): Promise<SourceCells> {
  const isFolder = (await stat(source).catch(() => null))?.isDirectory() ?? false;
  return isFolder ? ofFolder(source) : ofArchive(source);
}

async function ofFolder(root: string): Promise<SourceCells> {
  const roots = new Map<string, string>();
  const look = async (folder: string, depth: number): Promise<void> => {
    for (const name of (await listFolder(folder)).folders) {
      const inside = join(folder, name);
      const { folders } = await listFolder(inside);
      const severities = folders.filter((one) => /^[1-5]$/.test(one));
      for (const severity of severities) {
        const cell = `${name}-${severity}`;
        const earlier = roots.get(cell);
        if (earlier !== undefined)
          throw new InputError(`${join(inside, severity)}: is ${cell}, as ${earlier} is; remove one`);
        if (isName.test(name)) roots.set(cell, join(inside, severity));
      }
      // The tars may have been unpacked into a folder each.
      if (severities.length === 0 && depth > 0) await look(inside, depth - 1);
    }
  };
  await look(root, 1);
  const counts = new Map<string, number>();
  const total = { others: 0, hidden: 0 };
  const deadLinks: string[] = [];
  const notUtf8: string[] = [];
  for (const name of [...roots.keys()].sort(byBytes)) {
    const folder = roots.get(name) ?? root;
    const { images, leftOut } = await findImages(folder);
    if (images.length > 0) counts.set(name, images.length);
    total.others += leftOut.others;
    total.hidden += leftOut.hidden;
    for (const path of leftOut.deadLinks) deadLinks.push(join(folder, path));
    for (const path of leftOut.notUtf8) notUtf8.push(join(folder, path));
  }
  return {
    counts,
    leftOut: { ...total, deadLinks, notUtf8 },
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

async function ofArchive(archive: string): Promise<SourceCells> {
  const { cells: found, leftOut } = await cellFiles(archive);
  return {
    counts: new Map([...found].map(([name, files]) => [name, files.length])),
    leftOut,
    async *cells() {
      // Listed again, and not kept: several archives together have millions of images.
      const { cells } = await cellFiles(archive);
      for (const name of [...cells.keys()].sort(byBytes)) {
        const images = (cells.get(name) ?? []).map(
          ({ path, offset, length }): SourceImage => ({
            path: path.split('/').slice(-2).join('/'),
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
async function cellFiles(
  archive: string,
): Promise<{ readonly cells: Map<string, ArchivedFile[]>; readonly leftOut: LeftOut }> {
  const { files, hidden, notUtf8, folders: _, ...archived } = await listArchive(archive);
  const cells = new Map<string, ArchivedFile[]>();
  let [others, empty] = [0, 0];
  for (const file of files) {
    const { corruption, severity } = inCell.exec(file.path)?.groups ?? {};
    if (corruption === undefined || !isImageName(file.path)) others++;
    else if (file.length === 0) empty++;
    else {
      const name = `${corruption}-${severity}`;
      const there = cells.get(name);
      if (there) there.push(file);
      else cells.set(name, [file]);
    }
  }
  const leftOut = {
    others,
    hidden,
    deadLinks: [],
    notUtf8: notUtf8.map((name) => join(archive, name)),
    archived: { ...archived, empty, imageless: 0 },
  };
  return { cells, leftOut };
}

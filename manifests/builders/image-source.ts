import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { shown } from '../../stages/shown.js';
import { imageExtensions, isImageName } from '../image-formats.js';
import { archivedPath } from '../location.js';
import { listArchive } from './archive-listing.js';
import type { ClassFolders } from './class-order.js';
import { requireDistinct } from './distinct-sources.js';
import { byBytes, folderOf, inOrderOfFolders } from './image-order.js';
import { findImages } from './image-tree.js';
import { noteUnread, unreadImages } from './left-out.js';
import { listFolder } from './listing.js';
import type { LeftOut } from './manifest-builder.js';

/** An image of a set, in a file of its own or in an archive. */
export interface SourceImage {
  /** Below the root of the set, with forward slashes. */
  readonly path: string;
  /** Where it lies, as `locationOf` has it. */
  readonly location: string;
  /** What a manifest calls it; undefined where that is its location. */
  readonly id?: string;
}

/** The images of a set, from a folder or from archives. */
export interface ImageSource {
  /** The root of the set, as messages name it. */
  readonly root: string;
  /** Never none. In the order of folders, whatever the order in archives. */
  readonly images: readonly SourceImage[];
  /** What folders lie in the root. */
  readonly listFolders: () => Promise<ClassFolders>;
  readonly leftOut: LeftOut;
}

/**
 * The images of a folder, or of a plain tar.
 * @throws InputError naming it, where it is neither, can't be read or holds no images
 */
export async function imagesOf(source: string): Promise<ImageSource> {
  if (!(await isFolder(source))) return imagesOfArchives([source]);
  const { images, leftOut } = await findImages(source);
  if (images.length === 0) throw imageless(source);
  return {
    root: source,
    images: images.map((path) => ({ path, location: join(source, path) })),
    listFolders: () => listFolder(source),
    leftOut,
  };
}

/**
 * The images of plain tars, as of the folder that they all unpack to. A folder that holds everything is the root.
 * @param root the folder in the archives that is the root; undefined for the deepest one that holds class folders
 * @throws InputError naming the archive at fault
 */
export async function imagesOfArchives(archives: readonly string[], root?: string): Promise<ImageSource> {
  await requireTellable(archives);
  const found: SourceImage[] = [];
  const total = { others: 0, hidden: 0, links: 0, replaced: 0, outside: 0 };
  const unread = new Map<string, number>();
  const notUtf8: string[] = [];
  const folders = new Set<string>();
  for (const archive of archives) {
    const { files, ...rest } = await listArchive(archive);
    for (const kind of ['hidden', 'links', 'replaced', 'outside'] as const) total[kind] += rest[kind];
    for (const folder of rest.folders) folders.add(folder);
    for (const name of rest.notUtf8) notUtf8.push(archives.length === 1 ? name : join(archive, name));
    for (const { path, offset, length } of files) {
      if (isImageName(path))
        found.push({
          path,
          location: archivedPath(archive, offset, length),
          id: memberId(archives, archive, path),
        });
      else {
        total.others++;
        noteUnread(unread, path);
      }
    }
  }
  const named = archives.length === 1 ? (archives[0] ?? '') : `${archives[0]} and the others`;
  if (found.length === 0) throw imageless(named);
  const inside = root === undefined ? commonRoot(found.map(({ path }) => folderOf(path))) : trimmed(root);
  const images = inOrderOfFolders(
    found.map((image) => ({ ...image, path: below(named, inside, image.path) })),
  );
  const { others, hidden, ...archived } = total;
  return {
    root: join(named, inside),
    images,
    listFolders: async () => ({ folders: foldersIn(inside, folders), deadLinks: [], notUtf8: [] }),
    leftOut: {
      ...{ others, hidden, deadLinks: [], notUtf8, ...unreadImages(unread) },
      archived: { ...archived, imageless: 0 },
    },
  };
}

/** What a manifest calls a file of an archive: its path, behind the archive's name where there are several. */
function memberId(archives: readonly string[], archive: string, path: string): string {
  return archives.length === 1 ? path : `${basename(archive)}/${path}`;
}

/** Ids hold the names of archives, not their folders: a set that moves keeps its ids. */
export async function requireTellable(archives: readonly string[]): Promise<void> {
  await requireDistinct(archives);
  const first = new Map<string, string>();
  for (const archive of archives) {
    const earlier = first.get(basename(archive));
    if (earlier !== undefined)
      throw new InputError(
        `${archive}: has the name of ${earlier}, and images are told apart by it; rename one`,
      );
    first.set(basename(archive), archive);
  }
}

/** Passes over folders that hold nothing but one folder, which in turn holds no images of its own: `imagenet-a/CLASS/image`. */
function commonRoot(folders: readonly string[]): string {
  const unique = [...new Set(folders)].map((folder) => (folder === '' ? [] : folder.split('/')));
  const [first = []] = unique;
  let depth = 0;
  const isRoot = (at: number) => unique.every((parts) => parts.length > at + 1 && parts[at] === first[at]);
  while (isRoot(depth)) depth++;
  return first.slice(0, depth).join('/');
}

/** Names of the folders right below a root, sorted. */
function foldersIn(root: string, folders: ReadonlySet<string>): readonly string[] {
  const start = root === '' ? '' : `${root}/`;
  const inside = [...folders].filter((folder) => folder.startsWith(start));
  const names = new Set(inside.map((folder) => folder.slice(start.length).split('/')[0] ?? ''));
  names.delete('');
  return [...names].sort(byBytes);
}

const trimmed = (root: string): string => root.replace(/^(?:\.?\/+)+|\/+$/g, '');

function below(archive: string, root: string, path: string): string {
  if (root === '') return path;
  if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  throw new InputError(
    `${archive}: ${shown(path)} does not lie in ${shown(root)}, the folder of ${setting('root')}; name a folder that holds all images, or leave it out`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

function imageless(source: string): InputError {
  return new InputError(`${source}: holds no images; expected files ending in ${imageExtensions.join(', ')}`);
}

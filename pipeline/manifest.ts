import { folderBuilder } from '../manifests/builders/folder.js';
import { imglistBuilder } from '../manifests/builders/imglist.js';
import type { BuiltManifest } from '../manifests/builders/manifest-builder.js';
import type { Manifest as CompactManifest } from '../manifests/manifest.js';
import type { AboutManifest, ManifestHeader } from '../manifests/manifest-header.js';
import type { ManifestRow } from '../manifests/manifest-row.js';
import { readManifest as read } from '../manifests/read-manifest.js';
import { type ManifestEntry, writeManifest as write } from '../manifests/write-manifest.js';
import { requirePath } from './arguments.js';
import { checkedOptions } from './options.js';

/** A dataset: the rows of one manifest file in the file's order. */
export interface Manifest {
  /** Absolute path of the manifest file. */
  readonly file: string;
  readonly rows: readonly ManifestRow[];
  /** sha256 (hex) over the rows as written: id, path relative to the manifest, label, base. */
  readonly sha256: string;
  /** What its first line says, which fits the rows; absent where there is none. */
  readonly header?: ManifestHeader;
}

const listed = (manifest: CompactManifest): Manifest => ({ ...manifest, rows: [...manifest.rows] });

/** How the photograph that an image was made from is named: by its path below the root, or its name alone. */
export type BaseKind = 'path' | 'name';

/** How a tree of class folders is read. */
export interface FolderOptions {
  /** A file of class folder names in the order of the model's outputs, one a line, or `imagenet-1k` for ImageNet's 1 000. Default: the folders sorted by name. */
  readonly classes?: string | undefined;
  /** For class folders that are numbers: whether these are the classes, or the folders sorted as text are. */
  readonly classOrder?: 'number' | 'text' | undefined;
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean | undefined;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind | undefined;
}

/**
 * Lists the images of a tree with one folder a class, as ImageNet, ImageNet-C's corruptions and torchvision's ImageFolder
 * have it: ROOT/CLASS/…/image. To be written with `writeManifest`.
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file or folder at fault
 */
export async function folderManifest(root: string, options: FolderOptions = {}): Promise<BuiltManifest> {
  requirePath('folderManifest', 'root', root, 'the path of the folder that holds the class folders');
  return folderBuilder.build(root, { ...checkedOptions('folderManifest', options) });
}

/** How an image list is read. */
export interface ImglistOptions {
  /** The folder that the list's paths start from. */
  readonly root: string;
  /** Whether images get labels; where not, lines may be paths alone. Default: true. */
  readonly labels?: boolean | undefined;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind | undefined;
}

/**
 * Lists the images of an OpenOOD list, one `path label` a line, label −1 where it is unknown. To be written with
 * `writeManifest`.
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file and the line at fault
 */
export async function imglistManifest(list: string, options: ImglistOptions): Promise<BuiltManifest> {
  requirePath('imglistManifest', 'list', list, 'the path of an image list');
  return imglistBuilder.build(list, { ...checkedOptions('imglistManifest', options) });
}

/**
 * Reads a manifest: a CSV file whose header has `path` (relative to the manifest's folder, or absolute) and, if wanted, `label`
 * (class index, empty where unknown), `id` (default: the path as written) and `base` (the photograph that the image was made
 * from; default: the id). The images themselves are not looked at.
 * @throws InputError naming the file, the line and the value at fault
 */
export async function readManifest(file: string): Promise<Manifest> {
  requirePath('readManifest', 'file', file, 'the path of a manifest');
  return listed(await read(file));
}

/**
 * Writes a manifest with the paths relative to its folder, creating that folder. Columns that would say nothing (no label known,
 * all ids and bases the default) are left out. Readers see the whole file or none of it, and a file that was there before is
 * replaced only by a manifest that can be read.
 * @param about for a first line that says what it is a list of, the preset of preprocessing that its images are stored for and the
 * sha256 of the rows, to which readers hold them. Default: no such line
 * @returns the manifest as it is read back: what a run will see
 * @throws InputError naming the row, the key and the value at fault
 * @throws InputError or RunFailedError when the file can't be written, or would be no manifest
 */
export async function writeManifest(
  file: string,
  rows: readonly ManifestEntry[],
  about?: AboutManifest,
): Promise<Manifest> {
  requirePath('writeManifest', 'file', file, 'the path of a manifest');
  if (about === undefined) return listed(await write(file, rows));
  const { dataset, preprocess } = checkedOptions('writeManifest', about);
  return listed(await write(file, rows, { dataset, preprocess }));
}

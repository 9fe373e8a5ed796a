import type { ManifestCell } from '../manifests/builders/cells-builder.js';
import { cifarBuilder } from '../manifests/builders/cifar.js';
import { cifarCBuilder } from '../manifests/builders/cifar-c.js';
import type { BuiltManifest } from '../manifests/builders/manifest-builder.js';
import { npyBuilder } from '../manifests/builders/npy.js';
import { parquetBuilder } from '../manifests/builders/parquet.js';
import { requirePath, requirePaths } from './arguments.js';
import type { BaseKind } from './manifest.js';
import { checkedOptions } from './options.js';

/** How tables of images are read. */
export interface ParquetOptions {
  /** Column of images, {bytes, path} or bytes. Default: `image`, or else the only one that is {bytes, path}. */
  readonly imageColumn?: string | undefined;
  /** Column of class indices, or of texts. Default: `label`. */
  readonly labelColumn?: string | undefined;
  /** A file of class names in the order of the model's outputs, one a line. Default: the indices of the table. */
  readonly classes?: string | undefined;
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean | undefined;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind | undefined;
}

/**
 * Lists the images of Parquet files, as Hugging Face's datasets have them. To be written with `writeManifest`.
 * @param files in their order
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file and what is wrong in it
 */
export async function parquetManifest(
  files: readonly string[],
  options: ParquetOptions = {},
): Promise<BuiltManifest> {
  requirePaths('parquetManifest', 'files', files, 'paths of Parquet files');
  return parquetBuilder.buildFrom(files, { ...checkedOptions('parquetManifest', options) });
}

/** How the binary version of CIFAR is read. */
export interface CifarOptions {
  /** Which images of a folder. Default: `test`. */
  readonly set?: 'test' | 'train' | undefined;
  /** The 100 fine classes of CIFAR-100, its 20 coarse ones, or no labels. Default: `fine`. */
  readonly labels?: 'fine' | 'coarse' | 'none' | undefined;
}

/**
 * Lists the images of the binary version of CIFAR-10 or CIFAR-100. To be written with `writeManifest`.
 * @param source the unpacked folder, or one of its files
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file or folder at fault
 */
export async function cifarManifest(source: string, options: CifarOptions = {}): Promise<BuiltManifest> {
  requirePath('cifarManifest', 'source', source, "the path of a folder or file of CIFAR's binary version");
  return cifarBuilder.build(source, { ...checkedOptions('cifarManifest', options) });
}

/**
 * Lists the images of CIFAR-10-C or CIFAR-100-C, corruption by corruption and severity by severity (`fog-3`). Their
 * photographs (`base`) are those of `cifarManifest`. Each to be written with `writeManifest`.
 * @param folder that the archive unpacks to
 * @throws InputError naming the file or folder at fault
 */
export async function cifarCManifests(folder: string): Promise<Iterable<ManifestCell>> {
  requirePath('cifarCManifests', 'folder', folder, 'the path of the folder of CIFAR-10-C or CIFAR-100-C');
  return (await cifarCBuilder.build(folder, {})).cells;
}

/** How a stack of images is read. */
export interface NpyOptions {
  /** An array file of class indices, one an image. Default: no labels. */
  readonly labels?: string | undefined;
}

/**
 * Lists the images of a stack that NumPy wrote, bytes [N, height, width, 3] or [N, height, width]. To be written with
 * `writeManifest`.
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file at fault
 */
export async function npyManifest(stack: string, options: NpyOptions = {}): Promise<BuiltManifest> {
  requirePath('npyManifest', 'stack', stack, 'the path of an array file');
  return npyBuilder.build(stack, { ...checkedOptions('npyManifest', options) });
}

import type { ManifestCell } from '../manifests/builders/cells-builder.js';
import { imagenetCBuilder } from '../manifests/builders/imagenet-c.js';
import { imagenetValBuilder } from '../manifests/builders/imagenet-val.js';
import {
  imagenetABuilder,
  imagenetOBuilder,
  imagenetRBuilder,
} from '../manifests/builders/imagenet-variants.js';
import type { BuiltManifest } from '../manifests/builders/manifest-builder.js';
import { tarBuilder } from '../manifests/builders/tar.js';
import { tinyImagenetBuilder } from '../manifests/builders/tiny-imagenet.js';
import { webdatasetBuilder } from '../manifests/builders/webdataset.js';
import { requirePath, requirePaths } from './arguments.js';
import type { BaseKind, FolderOptions } from './manifest.js';
import { checkedOptions } from './options.js';

/** How archives are read: as the folder that they unpack to. */
export interface TarOptions extends FolderOptions {
  /** The folder inside the archives that holds the class folders. Default: past folders that hold nothing but one folder. */
  readonly root?: string | undefined;
}

/**
 * Lists the images of plain tar archives where they lie, as `folderManifest` does those of the folder that they unpack to. To
 * be written with `writeManifest`.
 * @param archives that make one set
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the archive at fault; of a compressed one with the command that unpacks it
 */
export async function tarManifest(
  archives: readonly string[],
  options: TarOptions = {},
): Promise<BuiltManifest> {
  requirePaths('tarManifest', 'archives', archives, 'paths of plain tar archives');
  return tarBuilder.buildFrom(archives, { ...checkedOptions('tarManifest', options) });
}

/** How WebDataset shards are read. */
export interface WebdatasetOptions {
  /** The key of the `.json` members that holds the label. Default: the `.cls` members, else `label` or `cls`. */
  readonly labelKey?: string | undefined;
  /** What images are called behind the key of their sample, where samples have several. Default: any image. */
  readonly imageKey?: string | undefined;
  /** A file of the names that labels may have, one a line, or `imagenet-1k`. Default: labels are class indices. */
  readonly classes?: string | undefined;
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean | undefined;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind | undefined;
}

/**
 * Lists the images of WebDataset shards where they lie. To be written with `writeManifest`.
 * @param shards paths; `{000..012}` and `{a,b}` in them stand for several
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the shard at fault, and the sample
 */
export async function webdatasetManifest(
  shards: readonly string[],
  options: WebdatasetOptions = {},
): Promise<BuiltManifest> {
  requirePaths('webdatasetManifest', 'shards', shards, 'paths of shards');
  return webdatasetBuilder.buildFrom(shards, { ...checkedOptions('webdatasetManifest', options) });
}

/** Where the labels of ImageNet-1K's validation images come from. */
export interface ImagenetValOptions {
  /** The unpacked development kit, `ILSVRC2012_devkit_t12`. */
  readonly devkit?: string | undefined;
  /** In its place a list of `path label`, the label a class index or a WordNet name; or false for no labels. */
  readonly labels?: string | false | undefined;
  /** A file of the WordNet names in the order of the model's outputs. Default: the 1 000, sorted. */
  readonly classes?: string | undefined;
}

/**
 * Lists ImageNet-1K's validation images, flat in a folder or in the official tar. To be written with `writeManifest`.
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file at fault, or the numbers of images and labels that differ
 */
export async function imagenetValManifest(
  source: string,
  options: ImagenetValOptions,
): Promise<BuiltManifest> {
  requirePath('imagenetValManifest', 'source', source, 'the path of a folder or a tar archive');
  return imagenetValBuilder.build(source, { ...checkedOptions('imagenetValManifest', options) });
}

/** How a set of class folders with WordNet names is read. */
export interface ImagenetClassesOptions {
  /** A file of the WordNet names in the order of the model's outputs. Default: the 1 000, sorted. */
  readonly classes?: string | undefined;
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean | undefined;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind | undefined;
}

/**
 * Lists the images of ImageNet-A, from its tar or the folder that it unpacks to. To be written with `writeManifest`.
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file or folder at fault
 */
export async function imagenetAManifest(
  source: string,
  options: ImagenetClassesOptions = {},
): Promise<BuiltManifest> {
  requirePath('imagenetAManifest', 'source', source, 'the path of a folder or a tar archive');
  return imagenetABuilder.build(source, { ...checkedOptions('imagenetAManifest', options) });
}

/** As `imagenetAManifest`, of ImageNet-R. */
export async function imagenetRManifest(
  source: string,
  options: ImagenetClassesOptions = {},
): Promise<BuiltManifest> {
  requirePath('imagenetRManifest', 'source', source, 'the path of a folder or a tar archive');
  return imagenetRBuilder.build(source, { ...checkedOptions('imagenetRManifest', options) });
}

/** As `imagenetAManifest`, of ImageNet-O, whose folders are not the classes of their images: there are no labels. */
export async function imagenetOManifest(
  source: string,
  options: { readonly base?: BaseKind | undefined } = {},
): Promise<BuiltManifest> {
  requirePath('imagenetOManifest', 'source', source, 'the path of a folder or a tar archive');
  return imagenetOBuilder.build(source, { ...checkedOptions('imagenetOManifest', options) });
}

/**
 * Lists the images of ImageNet-C, corruption by corruption and severity by severity (`glass_blur-5`). Their photographs (`base`)
 * are those of `imagenetValManifest`. Each to be written with `writeManifest`.
 * @param sources the tars, or the folder that they unpack to
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file or folder at fault, also while the cells are listed
 */
export async function imagenetCManifests(
  sources: readonly string[],
  options: { readonly classes?: string | undefined } = {},
): Promise<AsyncIterable<ManifestCell>> {
  requirePaths('imagenetCManifests', 'sources', sources, 'paths of tars or folders');
  return (await imagenetCBuilder.buildFrom(sources, { ...checkedOptions('imagenetCManifests', options) }))
    .cells;
}

/** How tiny-ImageNet's validation images are labelled. */
export interface TinyImagenetOptions {
  /** A file of the WordNet names in the order of the model's outputs. Default: those of `wnids.txt`, sorted. */
  readonly classes?: string | undefined;
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean | undefined;
}

/**
 * Lists tiny-ImageNet's validation images. To be written with `writeManifest`.
 * @param root the folder `tiny-imagenet-200`
 * @throws InputError naming an argument or option that is none
 * @throws InputError naming the file or folder at fault
 */
export async function tinyImagenetManifest(
  root: string,
  options: TinyImagenetOptions = {},
): Promise<BuiltManifest> {
  requirePath('tinyImagenetManifest', 'root', root, 'the path of the folder tiny-imagenet-200');
  return tinyImagenetBuilder.build(root, { ...checkedOptions('tinyImagenetManifest', options) });
}

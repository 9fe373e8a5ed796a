import { folderBuilder } from '../manifests/builders/folder.js';
import { imglistBuilder } from '../manifests/builders/imglist.js';
import type { BuiltManifest } from '../manifests/builders/manifest-builder.js';

export { readManifest } from '../manifests/read-manifest.js';
export { writeManifest } from '../manifests/write-manifest.js';

/** How the photograph that an image was made from is named: by its path below the root, or its name alone. */
export type BaseKind = 'path' | 'name';

/** How a tree of class folders is read. */
export interface FolderOptions {
  /** A file of class folder names in the order of the model's outputs, one a line. Default: the folders sorted by name. */
  readonly classes?: string;
  /** For class folders that are numbers: whether these are the classes, or the folders sorted as text are. */
  readonly classOrder?: 'number' | 'text';
  /** Whether images get labels. Default: true. */
  readonly labels?: boolean;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind;
}

/**
 * Lists the images of a tree with one folder a class, as ImageNet, ImageNet-C's corruptions and torchvision's ImageFolder
 * have it: ROOT/CLASS/…/image. To be written with `writeManifest`.
 * @throws InputError naming the file or folder at fault
 */
export function folderManifest(root: string, options: FolderOptions = {}): Promise<BuiltManifest> {
  return folderBuilder.build(root, { ...options });
}

/** How an image list is read. */
export interface ImglistOptions {
  /** The folder that the list's paths start from. */
  readonly root: string;
  /** Default: every image is a photograph of its own. */
  readonly base?: BaseKind;
}

/**
 * Lists the images of an OpenOOD list, one `path label` a line, label −1 where it is unknown. To be written with
 * `writeManifest`.
 * @throws InputError naming the file and the line at fault
 */
export function imglistManifest(list: string, options: ImglistOptions): Promise<BuiltManifest> {
  return imglistBuilder.build(list, { ...options });
}

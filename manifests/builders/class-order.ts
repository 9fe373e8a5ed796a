import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { imageExtensions } from '../image-formats.js';
import { show } from '../input/show.js';
import { largestLabel } from '../manifest-columns.js';
import type { FolderListing } from './listing.js';
import type { BuilderOption } from './manifest-builder.js';

/** The option that says which class a folder is whose name is a number. */
export const classOrderOption: BuilderOption = {
  flags: '--class-order <order>',
  doc:
    'for class folders that are numbers: "number" = the name is the class index, "text" = the folders sorted as text ' +
    "are classes 0, 1, …, which makes 10 come before 2, as torchvision's ImageFolder has it",
  choices: ['number', 'text'],
};

/** The folders below a root, sorted by the bytes of their names, and what could be one. */
export type ClassFolders = Pick<FolderListing, 'folders' | 'deadLinks' | 'notUtf8'>;

/**
 * The class of each class folder, by the order of the folders.
 * @param root as messages name it
 * @param used the folders that hold images
 * @param order a choice of `classOrderOption`; undefined where nobody said
 * @throws InputError where a folder is missing from the order, or the order is not clear
 */
export function classesByFolder(
  root: string,
  { folders, deadLinks, notUtf8 }: ClassFolders,
  used: ReadonlySet<string>,
  order: string | undefined,
): ReadonlyMap<string, number> {
  // A folder that is left out would silently move the labels of all that follow it.
  if (order === 'number') return new Map(folders.map((name) => [name, numberOf(root, name, folders)]));
  const remedy = `remove it, or list the class folders with ${setting('classes')}`;
  const [dead] = deadLinks;
  if (dead !== undefined) {
    throw new InputError(`${join(root, dead)}: a link that leads nowhere among the class folders; ${remedy}`);
  }
  const [unreadable] = notUtf8;
  if (unreadable !== undefined) {
    throw new InputError(
      `${join(root, unreadable)}: a name that is not UTF-8 among the class folders; ${remedy}`,
    );
  }
  const empty = folders.find((name) => !used.has(name));
  if (empty !== undefined) {
    throw new InputError(
      `${join(root, empty)}: this class folder holds no images (files ending in ${imageExtensions.join(', ')}); ` +
        `convert those that it has, list the class folders with ${setting('classes')}, or remove it if it is no class of the network`,
    );
  }
  if (order === undefined) requireOneOrder(root, folders);
  return new Map(folders.map((name, label) => [name, label]));
}

/** Names that are numbers of unequal length have two orders, and either may be meant. */
function requireOneOrder(root: string, folders: readonly string[]): void {
  if (!folders.every((name) => /^\d+$/.test(name))) return;
  const byNumber = [...folders].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const at = folders.findIndex((name, i) => name !== byNumber[i]);
  if (at < 0) return;
  const start = (names: readonly string[]): string => names.slice(0, at + 2).join(', ');
  throw new InputError(
    `${root}: the class folders are numbers, which are ${start(folders)}, … as text and ${start(byNumber)}, … as ` +
      `numbers; say which is meant with ${setting('classOrder', 'number')} or ${setting('classOrder', 'text')}, or list them with ${setting('classes', 'FILE')}`,
  );
}

function numberOf(root: string, name: string, folders: readonly string[]): number {
  const label = /^\d+$/.test(name) ? Number(name) : Number.NaN;
  if (!(label <= largestLabel)) {
    throw new InputError(
      `${join(root, name)}: ${show(name)} is not a class index, as ${setting('classOrder', 'number')} expects; remove the folder, or list ` +
        `the class folders with ${setting('classes')}`,
    );
  }
  const other = folders.find((one) => one !== name && Number(one) === label);
  if (other === undefined) return label;
  throw new InputError(`${join(root, name)}: is class ${label}, as ${show(other)} is; rename one`);
}

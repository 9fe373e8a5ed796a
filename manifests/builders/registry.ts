import { cifarBuilder } from './cifar.js';
import { folderBuilder } from './folder.js';
import { imglistBuilder } from './imglist.js';
import type { ManifestBuilder } from './manifest-builder.js';
import { npyBuilder } from './npy.js';

/** Every dataset layout that a manifest can be made from; each becomes a subcommand of `grodin manifest`. */
export const manifestBuilders: readonly ManifestBuilder[] = [
  folderBuilder,
  imglistBuilder,
  cifarBuilder,
  npyBuilder,
];

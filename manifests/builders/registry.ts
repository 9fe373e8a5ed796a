import { folderBuilder } from './folder.js';
import { imglistBuilder } from './imglist.js';
import type { ManifestBuilder } from './manifest-builder.js';

/** Every dataset layout that a manifest can be made from; each becomes a subcommand of `grodin manifest`. */
export const manifestBuilders: readonly ManifestBuilder[] = [folderBuilder, imglistBuilder];

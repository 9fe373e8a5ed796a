import type { ManifestBuilder } from './builder.js';
import { folderBuilder } from './folder.js';
import { imglistBuilder } from './imglist.js';

/** Every dataset layout that a manifest can be made from; each becomes a subcommand of `grodin manifest`. */
export const manifestBuilders: readonly ManifestBuilder[] = [folderBuilder, imglistBuilder];

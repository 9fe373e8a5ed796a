import type { CellsBuilder, SeveralSourcesCellsBuilder } from './cells-builder.js';
import { cifarBuilder } from './cifar.js';
import { cifarCBuilder } from './cifar-c.js';
import { folderBuilder } from './folder.js';
import { imagenetCBuilder } from './imagenet-c.js';
import { imagenetValBuilder } from './imagenet-val.js';
import { imagenetABuilder, imagenetOBuilder, imagenetRBuilder } from './imagenet-variants.js';
import { imglistBuilder } from './imglist.js';
import type { ManifestBuilder, SeveralSourcesBuilder } from './manifest-builder.js';
import { npyBuilder } from './npy.js';
import { parquetBuilder } from './parquet.js';
import { tarBuilder } from './tar.js';
import { tinyImagenetBuilder } from './tiny-imagenet.js';
import { webdatasetBuilder } from './webdataset.js';

/** Every dataset layout that a manifest can be made from; each becomes a subcommand of `grodin manifest`. */
export const manifestBuilders: readonly (ManifestBuilder | SeveralSourcesBuilder)[] = [
  folderBuilder,
  imglistBuilder,
  cifarBuilder,
  npyBuilder,
  parquetBuilder,
  tarBuilder,
  webdatasetBuilder,
  imagenetValBuilder,
  imagenetABuilder,
  imagenetOBuilder,
  imagenetRBuilder,
  tinyImagenetBuilder,
];

/** Every layout that gets a manifest for each cell of a grid; each becomes a subcommand, too. */
export const cellsBuilders: readonly (CellsBuilder | SeveralSourcesCellsBuilder)[] = [
  cifarCBuilder,
  imagenetCBuilder,
];

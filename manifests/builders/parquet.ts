import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { show } from '../input/show.js';
import { readColumn, requireReadable } from '../item-files/parquet/column-reader.js';
import {
  embedImages,
  type ImageColumn,
  imageColumn,
  usualImageColumn,
} from '../item-files/parquet/columns.js';
import { type ParquetTable, readParquetTable } from '../item-files/parquet/table.js';
import { ItemFault, type RangedFile, withRangedFile } from '../item-files/ranged-file.js';
import { itemPath, requireItemName } from '../location.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { noLabelsOption, readClasses } from './class-labels.js';
import { requireDistinct } from './distinct-sources.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type SeveralSourcesBuilder,
  textOption,
} from './manifest-builder.js';
import { type LabelSource, readLabels, type TableLabels } from './parquet-labels.js';

/** Tables of images as Hugging Face's libraries write them: a column {bytes, path}, and one of class indices. */
export const parquetBuilder: SeveralSourcesBuilder = {
  name: 'parquet',
  summary: "a manifest of Parquet files of images, as Hugging Face's datasets have them",
  source: { name: 'FILE', doc: 'the Parquet files, in their order' },
  options: [
    {
      flags: '--image-column <name>',
      doc: `the column of images, {bytes, path} or bytes (default: ${usualImageColumn}, or else the only one that is {bytes, path})`,
    },
    { flags: '--label-column <name>', doc: 'the column of class indices, or of texts (default: label)' },
    {
      flags: '--classes <file>',
      doc: "names of classes in the order of the model's outputs, one a line: for texts, or where the file's own order is another",
    },
    noLabelsOption,
    baseOption,
  ],
  notes: `Images stay where they are: rows name them as FILE.parquet#ROW. Their ids are what the table calls them (path), where no
two of them are called alike. A label of -1 or null means that the class is unknown.

Examples:
  $ grodin manifest parquet data/validation-*.parquet -o val.csv
  $ grodin manifest parquet test.parquet --image-column img --label-column fine_label -o test.csv
  $ grodin manifest parquet train.parquet --no-labels --base name -o unseen.csv`,
  buildFrom: buildParquet,
};

/** What one file says of its images. */
interface TableImages extends TableLabels {
  readonly file: string;
  readonly count: number;
  /** Column that rows must name; null where the table says itself which. */
  readonly column: string | null;
  /** What the images are called; null where the table has no names. */
  readonly paths: readonly (string | null)[] | null;
}

async function buildParquet(files: readonly string[], options: BuilderValues): Promise<BuiltManifest> {
  await requireDistinct(files);
  const base = textOption(options, 'base');
  const source = options.labels === false ? null : await labelSource(options);
  const tables: TableImages[] = [];
  for (const file of files) {
    requireItemName(file, '.parquet');
    const found = await withRangedFile(file, 'a Parquet file', (ranged) =>
      readTable(ranged, textOption(options, 'imageColumn') ?? null, source),
    );
    const [first = found] = tables;
    if (show(first.names) !== show(found.names) && source?.classes === null)
      throw new InputError(
        `${file}: names its classes otherwise than ${first.file}, so that their indices differ; list the names with ${setting('classes', 'FILE')}`,
      );
    tables.push(found);
  }
  const names = new Set<string>();
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  for (const { paths } of tables) for (const path of paths ?? []) if (path) names.add(path);
  if (count === 0) throw new InputError(`${files.join(', ')}: no rows; give files that hold images`);
  const areNamed = names.size === count;
  const entries = tables.flatMap(({ file, column, labels, paths, count: rows }) =>
    Array.from({ length: rows }, (_, row): ManifestEntry => {
      const path = paths?.[row];
      if (base !== undefined && !path)
        throw new InputError(
          `${file}: row ${row} has no path, which ${setting('base')} takes the photograph from; leave it out`,
        );
      return {
        path: itemPath(file, row, column),
        label: labels[row] ?? null,
        ...(areNamed && path ? { id: path } : {}),
        ...(path ? baseOf(path, base) : {}),
      };
    }),
  );
  return { entries, leftOut: { others: 0, hidden: 0, deadLinks: [], notUtf8: [] } };
}

async function labelSource(options: BuilderValues): Promise<LabelSource> {
  const file = textOption(options, 'classes');
  return {
    column: textOption(options, 'labelColumn') ?? 'label',
    classes: file === undefined ? null : await readClasses(file),
    classesFile: file ?? '',
  };
}

async function readTable(
  file: RangedFile,
  name: string | null,
  source: LabelSource | null,
): Promise<TableImages> {
  const table = await readParquetTable(file);
  const images = namedColumn(table, name);
  requireBytes(table, images);
  requireReadable(table, images.bytes);
  const { labels, names } =
    source === null ? { labels: [], names: null } : await readLabels(file, table, source);
  return {
    file: file.path,
    count: table.rows,
    column: isUsual(table, images) ? null : images.name,
    labels,
    names,
    paths: images.path === null ? null : await textsOf(file, table, images),
  };
}

function namedColumn(table: ParquetTable, name: string | null): ImageColumn {
  try {
    return imageColumn(table, name);
  } catch (error) {
    if (name !== null || !(error instanceof ItemFault)) throw error;
    throw new ItemFault(`${error.message}; name it with ${setting('imageColumn')}`, { cause: error });
  }
}

/** Whether whoever reads the table finds the column without its name. */
function isUsual(table: ParquetTable, { name }: ImageColumn): boolean {
  try {
    return imageColumn(table, null).name === name;
  } catch (error) {
    if (error instanceof ItemFault) return false;
    throw error;
  }
}

/** A table that has paths alone is refused at once, not image by image. */
function requireBytes({ rows, groups }: ParquetTable, { bytes }: ImageColumn): void {
  const chunks = groups.flatMap(({ chunks: found }) => found.get(bytes.key) ?? []);
  const isEmpty =
    rows > 0 && chunks.length === groups.length && chunks.every(({ nulls, values }) => nulls === values);
  if (isEmpty) throw new ItemFault(`all its images are null, or given by their paths alone; ${embedImages}`);
}

async function textsOf(
  file: RangedFile,
  table: ParquetTable,
  { path }: ImageColumn,
): Promise<readonly (string | null)[]> {
  const texts: (string | null)[] = [];
  if (path === null) return texts;
  for await (const value of readColumn(file, table, path))
    texts.push(value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : null);
  return texts;
}

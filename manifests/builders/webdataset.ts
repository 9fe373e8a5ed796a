import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { shown } from '../../stages/shown.js';
import { imageExtensions } from '../image-formats.js';
import { expandBraces } from '../input/braces.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';
import { archivedPath } from '../location.js';
import { largestLabel } from '../manifest-columns.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { classesOption, noLabelsOption, readClasses } from './class-labels.js';
import { requireTellable } from './image-source.js';
import { unreadImages } from './left-out.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type SeveralSourcesBuilder,
  textOption,
} from './manifest-builder.js';
import { readShard, type ShardSample } from './shard-samples.js';

/** Shards as WebDataset writes them: plain tars whose members belong together by the name up to the first dot. */
export const webdatasetBuilder: SeveralSourcesBuilder = {
  name: 'webdataset',
  summary: 'a manifest of WebDataset shards (plain tars), read in place',
  source: { name: 'SHARD', doc: 'a shard, or several; braces count: "train-{000..012}.tar"' },
  options: [
    {
      flags: '--label-key <key>',
      doc: 'the key of the .json members that holds the label (default: the .cls members, else "label" or "cls" of the .json)',
    },
    {
      ...classesOption,
      doc: 'the names that labels may have in place of class indices, one a line, in the order of the outputs',
    },
    noLabelsOption,
    {
      flags: '--image-key <ending>',
      doc: 'what the images are called behind the key, where samples have several: "jpg", "input.png"',
    },
    baseOption,
  ],
  notes: `Nothing is unpacked: rows name the bytes of their image. Ids are the shard's name and the sample's key. Images are the members
that end in ${imageExtensions.join(', ')} (in any case).

Examples:
  $ grodin manifest webdataset 'imagenet1k-validation-{00..63}.tar' -o val.csv
  $ grodin manifest webdataset shard-000.tar shard-001.tar --label-key class_id -o c.csv`,
  buildFrom: buildWebdataset,
};

async function buildWebdataset(patterns: readonly string[], options: BuilderValues): Promise<BuiltManifest> {
  const shards = await shardsOf(patterns);
  await requireTellable(shards);
  const base = textOption(options, 'base');
  const isLabelled = options.labels !== false;
  const label = await labelReader(options);
  const total = { others: 0, hidden: 0, links: 0, replaced: 0, outside: 0, imageless: 0 };
  const unread = new Map<string, number>();
  const notUtf8: string[] = [];
  const entries: ManifestEntry[] = [];
  let firstWithout: string | null = null;
  for (const shard of shards) {
    const read = await readShard(shard, { imageKey: textOption(options, 'imageKey'), labels: isLabelled });
    for (const sample of read.samples) {
      const id = `${basename(shard)}/${sample.key}`;
      const found = isLabelled ? label(shard, sample) : null;
      if (found === undefined) firstWithout ??= `${shard}: sample ${shown(sample.key)}`;
      const { offset, length, path } = sample.image;
      entries.push({
        path: archivedPath(shard, offset, length),
        label: found ?? null,
        id,
        ...baseOf(base === 'name' ? path : `${basename(shard)}/${path}`, base),
      });
    }
    for (const kind of ['others', 'imageless'] as const) total[kind] += read[kind];
    for (const kind of ['hidden', 'links', 'replaced', 'outside'] as const) total[kind] += read.listing[kind];
    for (const [extension, count] of read.unread) unread.set(extension, (unread.get(extension) ?? 0) + count);
    for (const name of read.listing.notUtf8) notUtf8.push(shards.length === 1 ? name : `${shard}/${name}`);
  }
  if (entries.length === 0)
    throw new InputError(
      `${patterns.join(' ')}: no sample has an image; expected members ending in ${imageExtensions.join(', ')}`,
    );
  if (firstWithout !== null && entries.some((entry) => entry.label !== null))
    throw new InputError(
      `${firstWithout} has no label, and others have; say where it is with ${setting('labelKey')}, or use ${setting('noLabels')}`,
    );
  const { others, hidden, ...archived } = total;
  return { entries, leftOut: { others, hidden, deadLinks: [], notUtf8, ...unreadImages(unread), archived } };
}

/** Patterns in quotes reach us as they were written; a file that is called so is meant before what a pattern stands for. */
async function shardsOf(patterns: readonly string[]): Promise<readonly string[]> {
  const shards: string[] = [];
  for (const pattern of patterns) {
    const isFile = pattern.includes('{') && (await stat(pattern).catch(() => null)) !== null;
    for (const shard of isFile ? [pattern] : expandBraces(pattern)) shards.push(shard);
  }
  return shards;
}

type LabelReader = (shard: string, sample: ShardSample) => number | null | undefined;

/** @returns what finds the label of a sample: null where it says that it is unknown, undefined where it says nothing */
async function labelReader(options: BuilderValues): Promise<LabelReader> {
  const key = textOption(options, 'labelKey');
  const file = textOption(options, 'classes');
  const classes = file === undefined ? null : await readClasses(file);
  return (shard, sample) => {
    const said =
      key === undefined ? (sample.cls?.trim() ?? inJson(sample, ['label', 'cls'])) : inJson(sample, [key]);
    if (said === undefined || said === null) {
      if (key === undefined) return undefined;
      throw new InputError(
        `${shard}: sample ${shown(sample.key)} has no ${show(key)} in a .json; check ${setting('labelKey')}`,
      );
    }
    const named = typeof said === 'string' ? classes?.get(said) : undefined;
    if (named !== undefined) return named;
    const label = typeof said === 'string' && /^-?\d+$/.test(said) ? Number(said) : said;
    if (label === -1) return null;
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label <= largestLabel)
      return label;
    const expected =
      classes === null
        ? `expected an integer from 0; name the classes with ${setting('classes', 'FILE')}, or use ${setting('noLabels')}`
        : `it is not in ${file}${typeof said === 'string' ? didYouMean(said, classes.keys()) : ''}`;
    throw new InputError(
      `${shard}: label ${show(said)} of sample ${shown(sample.key)} is not a class index; ${expected}`,
    );
  };
}

function inJson({ json }: ShardSample, keys: readonly string[]): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(json));
  return keys.map((key) => values.get(key)).find((value) => value !== undefined);
}

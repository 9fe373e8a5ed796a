#!/usr/bin/env node
/**
 * Measures how many images a second are read from Parquet files and from a folder that has the same images as files, in
 * order and in any order: their bytes alone, and with decoding and preprocessing for an ImageNet classifier. Prints a
 * Markdown table:
 *
 *     node dist/scripts/bench/table-access.js [--images N] FOLDER FILE.parquet…
 *
 * One image at a time. What is counted is the time of the processor, of all threads together, which says how many images one
 * core does a second even where other work shares the machine; waiting for a disk is not in it.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parquetBuilder } from '../../manifests/builders/parquet.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { systemFiles } from '../../workers/images/read-file.js';
import { imageFinder } from '../../workers/images/stored-image.js';

const shape = { channels: 3, height: 224, width: 224 };

type Work = (path: string) => Promise<unknown>;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { images: { type: 'string', default: '2000' } },
    allowPositionals: true,
  });
  const [folder, ...tables] = positionals;
  if (folder === undefined) throw new Error('usage: table-access [--images N] FOLDER FILE.parquet…');
  configureDecoder(1);
  const count = Number(values.images);
  const sources = new Map([['files of their own', await filesOf(folder)]]);
  for (const table of tables) {
    const { entries } = await parquetBuilder.buildFrom([table], { labels: false });
    sources.set(
      basename(table),
      entries.map(({ path }) => path),
    );
  }
  const rows: string[][] = [];
  for (const [name, paths] of sources) {
    const taken = paths.slice(0, count);
    const orders = [taken, shuffled(taken)];
    const rates: string[] = [];
    for (const work of [bytesAlone, preprocessed])
      for (const order of orders) rates.push((await rate(work(), order)).toFixed(0));
    rows.push([name, ...rates]);
  }
  const titles = ['bytes, in order', 'bytes, any order', 'preprocessed, in order', 'preprocessed, any order'];
  console.log(
    markdownGrid(
      [
        { title: 'images/s and core', align: 'left' },
        ...titles.map((title) => ({ title, align: 'right' as const })),
      ],
      rows,
    ),
  );
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

function bytesAlone(): Work {
  const find = imageFinder();
  const reading = { files: systemFiles, sleep: pause, isKnown: false };
  return async (path) => (await find(path, reading)).read();
}

function preprocessed(): Work {
  const preprocess = preprocessPresets.imagenet;
  if (preprocess === undefined) throw new Error('there is no preprocessing of ImageNet');
  const source = imageFiles();
  return (path) => source.read(path, preprocess, shape);
}

/** Images a second of the processor. */
async function rate(work: Work, paths: readonly string[]): Promise<number> {
  for (const path of paths.slice(0, 20)) await work(path);
  const before = process.cpuUsage();
  for (const path of paths) await work(path);
  const { user, system } = process.cpuUsage(before);
  return (1e6 * paths.length) / (user + system);
}

/** The same order in every run. */
function shuffled(paths: readonly string[]): readonly string[] {
  let state = 1;
  const keyed = paths.map((path) => {
    state = (state * 48_271) % 2_147_483_647;
    return { path, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ path }) => path);
}

await main();

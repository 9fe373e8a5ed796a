#!/usr/bin/env node
/**
 * Times manifests of a million rows: built and written from a tree of class folders, a tar, a list and a stack, and read. Prints
 * a Markdown table:
 *
 *     node dist/scripts/bench/manifests.js [--rows N] [--only folder,tar,imglist,npy,read] FOLDER
 *
 * What they are built from is made in FOLDER the first time, a million files among it, and kept for the next. Each is done by a
 * process of its own; the time of the processor says what it takes where other work shares the machine.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { folderBuilder } from '../../manifests/builders/folder.js';
import { imglistBuilder } from '../../manifests/builders/imglist.js';
import type { BuiltManifest } from '../../manifests/builders/manifest-builder.js';
import { npyBuilder } from '../../manifests/builders/npy.js';
import { tarBuilder } from '../../manifests/builders/tar.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { writeManifest } from '../../manifests/write-manifest.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';

/** Images of a class. */
const perClass = 1000;

/** A way to make a manifest, and what it is made from. */
interface Case {
  readonly name: string;
  /** What is made in the folder. */
  readonly source: string;
  make(path: string, rows: number): Promise<void>;
  build(path: string, folder: string): Promise<BuiltManifest>;
}

const cases: readonly Case[] = [
  {
    name: 'folder',
    source: 'tree',
    make: async (path, rows) => {
      for (const [name, files] of classes(rows)) {
        await mkdir(join(path, name), { recursive: true });
        await Promise.all(files.map((file) => writeFile(join(path, name, file), '')));
      }
    },
    build: (path) => folderBuilder.build(path, { base: 'name' }),
  },
  {
    name: 'tar',
    source: 'set.tar',
    make: (path, rows) =>
      writeParts(path, function* () {
        for (const [name, files] of classes(rows))
          yield Buffer.concat(files.map((file) => member(`set/${name}/${file}`)));
        yield Buffer.alloc(1024);
      }),
    build: (path) => tarBuilder.buildFrom([path], { base: 'name' }),
  },
  {
    name: 'imglist',
    source: 'list.txt',
    make: (path, rows) =>
      writeParts(path, function* () {
        let label = 0;
        for (const [name, files] of classes(rows)) {
          yield Buffer.from(files.map((file) => `${name}/${file} ${label}\n`).join(''));
          label += 1;
        }
      }),
    build: (path, folder) => imglistBuilder.build(path, { root: join(folder, 'tree'), base: 'name' }),
  },
  {
    name: 'npy',
    source: 'stack.npy',
    make: (path, rows) =>
      writeParts(path, function* () {
        const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, 2, 2, 3), }`;
        yield Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(117)}\n`, 'latin1');
        yield Buffer.alloc(12 * rows);
      }),
    build: (path) => npyBuilder.build(path, {}),
  },
];

/** Names of classes, and of the images of each. */
function* classes(rows: number): Iterable<readonly [name: string, files: readonly string[]]> {
  for (let first = 0; first < rows; first += perClass) {
    const count = Math.min(perClass, rows - first);
    // In no order, as file systems list them.
    const files = Array.from({ length: count }, (_, i) => `img${first + ((i * 7) % count)}.jpg`);
    yield [`n${String(1_440_764 + first / perClass).padStart(8, '0')}`, files];
  }
}

/** A member of a tar, of one byte. */
function member(name: string): Buffer {
  const block = Buffer.alloc(1024);
  // Mode, owner, group, size and time, each in octal digits with a NUL behind.
  const numbers = ['0000644', '0000000', '0000000', '00000000001', '00000000000'];
  block.write(
    [name.padEnd(100, '\0'), ...numbers.map((digits) => `${digits}\0`), ' '.repeat(8), '0'].join(''),
    'latin1',
  );
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  block.write('x', 512);
  return block;
}

async function writeParts(path: string, parts: () => Iterable<Buffer>): Promise<void> {
  const stream = createWriteStream(path);
  for (const part of parts()) if (!stream.write(part)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
}

/** Makes what is not there whole. */
async function makeSource({ source, make }: Case, folder: string, rows: number): Promise<void> {
  const place = join(folder, source);
  if ((await stat(place).catch(() => null)) !== null) return;
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  console.error(`making ${place}`);
  await make(unfinished, rows);
  await rename(unfinished, place);
}

/** What one process takes for one manifest. */
interface Taken {
  readonly rows: number;
  readonly seconds: number;
  readonly processor: number;
  readonly bytes: number;
}

/** In the process that does it. */
async function take(name: string, folder: string): Promise<Taken> {
  const list = (of: string) => join(folder, `${of}.csv`);
  const found = cases.find((one) => one.name === name);
  const { rows } = found
    ? await writeManifest(list(name), (await found.build(join(folder, found.source), folder)).entries, {})
    : await readManifest(list('folder'));
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    rows: rows.length,
    seconds: performance.now() / 1000,
    processor: (userCPUTime + systemCPUTime) / 1e6,
    bytes: 1024 * maxRSS,
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      only: { type: 'string', default: 'folder,tar,imglist,npy,read' },
      take: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('usage: manifests [--rows N] [--only NAME,…] FOLDER');
  if (values.take !== undefined) {
    console.log(JSON.stringify(await take(values.take, folder)));
    return;
  }
  const names = values.only.split(',');
  await mkdir(folder, { recursive: true });
  for (const one of cases) if (names.includes(one.name)) await makeSource(one, folder, Number(values.rows));
  const rows: string[][] = [];
  for (const name of names) {
    const program = [fileURLToPath(import.meta.url), '--take', name, folder];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    const taken: Taken = JSON.parse(stdout);
    const { seconds, processor, bytes } = taken;
    rows.push([name, String(taken.rows), seconds.toFixed(1), processor.toFixed(1), (bytes / 1e6).toFixed(0)]);
  }
  const titles = ['rows', 'seconds', "processor's", 'most MB'];
  const columns = titles.map((title) => ({ title, align: 'right' as const }));
  console.log(markdownGrid([{ title: 'manifest', align: 'left' }, ...columns], rows));
}

await main();

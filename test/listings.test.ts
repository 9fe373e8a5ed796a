import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { cellsBuilders, manifestBuilders } from '../manifests/builders/registry.js';
import { detectors } from '../stages/detectors/index.js';
import { rewrittenTypes } from '../stages/import/rewrites.js';
import { metrics } from '../stages/metrics/kinds/index.js';
import { operations } from '../stages/operations/registry.js';
import { selectiveMetricNames } from '../stages/selective/kinds/index.js';
import { deviceKinds } from '../workers/devices/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(root, file), 'utf8');
const ruled = [...operations.keys(), ...rewrittenTypes];

/** The names that a page has no word of, as `told` writes them. */
const untold = (page: string, names: readonly string[], told = (name: string) => `\`${name}\``) =>
  names.filter((name) => !page.includes(told(name)));

/** Which names no row of the page's tables has in one of its cells, alone or before what is in brackets. */
const withoutRow = (page: string, names: readonly string[]) => {
  const cells = page.split('\n').flatMap((line) => (line.startsWith('|') ? line.split('|') : []));
  const known = new Set(cells.map((cell) => cell.replace(/\(.*\)/, '').trim()));
  return names.filter((name) => !known.has(name));
};

test('the page on scoring names every operation that has a rule or is rewritten', async (t) => {
  const [, listed = ''] = (await read('docs/scoring.md')).split('Operations, opset');
  const [table = ''] = listed.split('\n\nWhere numbers are equal');
  const words = new Set(table.match(/\w+/g));
  t.deepEqual(
    ruled.filter((type) => !words.has(type)),
    [],
  );
});

test("the page of ONNX's cases takes no operation that has a rule for one that has none", async (t) => {
  const [, listed = ''] = (await read('docs/onnx-operator-cases.md')).split('\nWithout a rule: ');
  t.true(listed.length > 0);
  t.deepEqual(
    ruled.filter((type) => listed.match(/\w+/g)?.includes(type)),
    [],
  );
});

test('every case of an operation is followed by a test', async (t) => {
  const names = (await readdir(join(root, 'test/golden/operations'))).map((name) => basename(name, '.json'));
  const files = (await readdir(join(root, 'test'), { recursive: true })).filter((name) =>
    name.endsWith('.test.ts'),
  );
  const tests = await Promise.all(files.map((name) => read(join('test', name))));
  const following = tests.filter((text) => text.includes('followsTheReference('));
  t.true(names.length > 100 && following.length > 30);
  t.deepEqual(
    untold(following.join('\n'), names, (name) => `'${name}'`),
    [],
  );
});

test('the pages on figures and scoring name every detector, and the key of its score', async (t) => {
  t.deepEqual(
    withoutRow(
      await read('docs/figures.md'),
      detectors.map(({ name }) => name),
    ),
    [],
  );
  t.deepEqual(
    untold(
      await read('docs/scoring.md'),
      detectors.flatMap(({ shown }) => shown?.key ?? []),
    ),
    [],
  );
});

test('the pages on figures and columns name every metric', async (t) => {
  t.deepEqual(
    withoutRow(
      await read('docs/figures.md'),
      metrics.map(({ title }) => title),
    ),
    [],
  );
  const names = [...metrics.map(({ name }) => name), ...selectiveMetricNames];
  t.deepEqual(untold(await read('docs/columns.md'), names), []);
});

test('the page on devices has a row for every kind, and the page on data sets a command for every layout', async (t) => {
  const kinds = deviceKinds.map(({ name }) => name);
  t.deepEqual(
    untold(await read('docs/devices.md'), kinds, (name) => `| \`${name}`),
    [],
  );
  const layouts = [...manifestBuilders, ...cellsBuilders].map(({ name }) => name);
  t.deepEqual(
    untold(await read('docs/datasets.md'), layouts, (name) => `manifest ${name} `),
    [],
  );
});

test('the README says why each dependency is there', async (t) => {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(await read('package.json'));
  const [, table = ''] = (await read('README.md')).split('## What it is built on');
  const named = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
    (name) => !name.startsWith('@tensorflow/tfjs-'),
  );
  t.deepEqual(
    named.filter((name) => !table.match(/[\w@/-]+/g)?.includes(name)),
    [],
  );
});

test('the README of golden references names every program there', async (t) => {
  const programs = (await readdir(join(root, 'scripts/golden'))).filter((name) => name.endsWith('.py'));
  t.true(programs.length > 30);
  t.deepEqual(
    untold(await read('scripts/golden/README.md'), programs, (name) => name),
    [],
  );
});

test('every folder that holds sources is in the list of folders, or in the row of the one that it lies in', async (t) => {
  const [, behind = ''] = (await read('ARCHITECTURE.md')).split('\n## Folders\n');
  const [list = ''] = behind.split('\n## ');
  const rows = list.split('\n').filter((line) => line.startsWith('| `'));
  const foldersOf = (row: string) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const known = new Set(rows.flatMap(foldersOf));
  const isTold = (folder: string) =>
    known.has(folder) ||
    rows.some(
      (row) =>
        foldersOf(row).includes(dirname(folder)) &&
        [basename(folder), folder].some((name) => row.includes(`\`${name}\``)),
    );
  const floors = ['stages', 'manifests', 'workers', 'pipeline', 'scripts'];
  const files = await Promise.all(
    floors.map(async (floor) =>
      (await readdir(join(root, floor), { recursive: true })).map((name) => join(floor, name)),
    ),
  );
  const folders = new Set(
    files
      .flat()
      .filter((name) => /\.(?:ts|py|sh)$/.test(name))
      .map(dirname),
  );
  t.true(folders.size > 100);
  t.deepEqual(
    [...folders].filter((folder) => !isTold(folder)),
    [],
  );
});

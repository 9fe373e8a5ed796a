import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { imageExtensions, isImageName } from '../manifests/image-formats.js';
import { isThere } from '../manifests/output/file-system.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(root, file), 'utf8');

const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
const documents = ['README.md', 'ARCHITECTURE.md', ...pages.map((name) => `docs/${name}`)];

const floors = ['stages', 'manifests', 'workers', 'pipeline', 'scripts'];
const below = await Promise.all(floors.map((floor) => readdir(join(root, floor), { recursive: true })));
const readmes = floors.flatMap((floor, at) =>
  (below[at] ?? []).filter((name) => basename(name) === 'README.md').map((name) => join(floor, name)),
);

test('every link of the documents leads to a file', async (t) => {
  const broken: string[] = [];
  for (const document of [...documents, ...readmes])
    for (const [, link = ''] of (await read(document)).matchAll(/\]\(([^)#]+)[^)]*\)/g))
      if (!/^https?:/.test(link) && !(await isThere(join(root, dirname(document), link))))
        broken.push(`${document}: ${link}`);
  t.deepEqual(broken, []);
});

test('every file and folder that the documents name by its path is there', async (t) => {
  const missing: string[] = [];
  for (const document of [...documents, ...readmes])
    for (const [, path = ''] of (await read(document)).matchAll(
      /`((?:stages|manifests|workers|pipeline|scripts|test)\/[\w./-]+)`/g,
    ))
      if (!(await isThere(join(root, path)))) missing.push(`${document}: ${path}`);
  t.deepEqual(missing, []);
});

test('every source file that the README of a folder names is there, from the folder or from the root', async (t) => {
  t.true(readmes.length > 3, 'the READMEs were found');
  const missing: string[] = [];
  for (const document of readmes)
    for (const [, path = ''] of (await read(document)).matchAll(/`([\w./-]+\.(?:ts|py|sh))`/g))
      if (!(await isThere(join(root, dirname(document), path))) && !(await isThere(join(root, path))))
        missing.push(`${document}: ${path}`);
  t.deepEqual(missing, []);
});

test("the README's figures are those of the shipped results", async (t) => {
  const results = await read('manifests/micro-benchmark/RESULTS.md');
  const figures = (await read('README.md')).match(/\d\.\d{3} ± \d\.\d{3}/g) ?? [];
  t.true(figures.length >= 20);
  t.deepEqual(
    figures.filter((figure) => !results.includes(figure)),
    [],
  );
});

test('the page on pixels names what builders list as images, and these list all kinds that are held to Pillow', async (t) => {
  const rows = (await read('docs/pixels.md')).split('\n').filter((line) => line.startsWith('| '));
  const told = rows.flatMap((row) =>
    [...(row.split('|')[2] ?? '').matchAll(/\.[a-z]+/g)].map(([end]) => end),
  );
  t.deepEqual(
    told.filter((end) => isImageName(`x${end}`)),
    [...imageExtensions].sort((a, b) => told.indexOf(a) - told.indexOf(b)),
  );
  const golden = await readdir(join(root, 'test/images/golden'));
  t.deepEqual(
    golden.filter((name) => !isImageName(name)),
    ['index.json', 'pixels.rgb'],
  );
});

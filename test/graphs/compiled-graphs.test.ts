import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type BatchOptions, CompiledGraphs } from '../../pipeline/graphs/compiled-graphs.js';
import { compilerDigest } from '../../pipeline/graphs/compiler-digest.js';
import { type CacheSettings, cacheSettings } from '../../pipeline/graphs/graph-cache.js';
import { readHashedModel } from '../../pipeline/model/read-model.js';
import { InputError } from '../../stages/errors.js';
import { portableLowerings } from '../../stages/lowerings/lowerings.js';
import { temporaryFolder } from '../temporary-folder.js';

const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));
const { model, sha256 } = await readHashedModel(network);
const forBatch4: BatchOptions = { batch: 4 };

/** A run folder and a cache, and how often the model had to be decoded. */
async function setUp(t: ExecutionContext, limit = 1e9) {
  const root = await temporaryFolder(t);
  const cache: CacheSettings = { folder: join(root, 'cache'), limit };
  let compilations = 0;
  const source = {
    file: network,
    sha256,
    decode: async () => {
      compilations += 1;
      return model;
    },
  };
  const graphs = (run: string, from: CacheSettings | null = cache) =>
    new CompiledGraphs(join(root, run), from);
  return { root, cache, source, graphs, compilations: () => compilations };
}

async function graphFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.onnx')).map((name) => join(folder, name));
}

test('a graph is compiled once for all folders that share a cache', async (t) => {
  const { graphs, source, compilations } = await setUp(t);
  const first = await graphs('a').of(source, 'scoring', forBatch4);
  const second = await graphs('b').of(source, 'scoring', forBatch4);
  t.is(compilations(), 1);
  t.not(first.file, second.file);
  t.deepEqual(await readFile(second.file), await readFile(first.file));
  t.deepEqual({ ...second, file: '' }, { ...first, file: '' });
});

test('a folder keeps its graphs when the cache is removed', async (t) => {
  const { graphs, source, cache, compilations } = await setUp(t);
  await graphs('a').of(source, 'scoring', forBatch4);
  const { file } = await graphs('b').of(source, 'scoring', forBatch4);
  await rm(cache.folder, { recursive: true });
  t.true((await stat(file)).size > 0);
  t.is((await graphs('b', null).of(source, 'scoring', forBatch4)).file, file);
  t.is(compilations(), 1);
});

test('kind, batch, every other option and the model are part of what a graph goes by', async (t) => {
  const { graphs, source, compilations } = await setUp(t);
  const variants: [Parameters<CompiledGraphs['of']>[1], BatchOptions][] = [
    ['scoring', forBatch4],
    ['perturbation', forBatch4],
    ['scoring', { batch: 5 }],
    ['scoring', { batch: 4, parameters: ['fc.*'] }],
    ['scoring', { batch: 4, untie: ['fc.*'] }],
    ['scoring', { batch: 4, lowerings: portableLowerings }],
    ['scoring', { batch: 4, lowerings: { ...portableLowerings, precision: 'half' } }],
  ];
  const files = new Set<string>();
  for (const [kind, options] of variants) files.add((await graphs('a').of(source, kind, options)).file);
  files.add((await graphs('a').of({ ...source, sha256: 'another' }, 'scoring', forBatch4)).file);
  files.add((await graphs('a').of({ ...source, output: 'another' }, 'scoring', forBatch4)).file);
  t.is(files.size, variants.length + 2);
  t.is(compilations(), variants.length + 2);
});

test('the digest of the compiler changes with any program file, and with nothing else', async (t) => {
  const folder = await temporaryFolder(t, { 'a.js': '1', 'b/c.js': '2', 'a.js.map': '', 'note.md': '' });
  const before = await compilerDigest(folder);
  await writeFile(join(folder, 'note.md'), 'changed');
  t.is(await compilerDigest(folder), before);
  await writeFile(join(folder, 'b/c.js'), '3');
  t.not(await compilerDigest(folder), before);
  await writeFile(join(folder, 'b/c.js'), '2');
  t.is(await compilerDigest(folder), before);
  await writeFile(join(folder, 'd.js'), '');
  t.not(await compilerDigest(folder), before);
  t.not(await compilerDigest(), before);
});

const damages: Readonly<Record<string, (graph: string, note: string) => Promise<void>>> = {
  'a truncated graph': async (graph) => truncate(graph, 1000),
  'a graph with one flipped bit': async (graph) => {
    const bytes = await readFile(graph);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    await rm(graph);
    await writeFile(graph, bytes);
  },
  'a note with another digit': async (_, note) => {
    const text = await readFile(note, 'utf8');
    await rm(note);
    await writeFile(note, text.replace(/"imageBytes":\d/, '"imageBytes":9'));
  },
  'a note that is none': async (_, note) => {
    await rm(note);
    await writeFile(note, '{}');
  },
};

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} is compiled anew, and the cache is mended`, async (t) => {
    const { graphs, source, cache, compilations } = await setUp(t);
    const { file } = await graphs('a').of(source, 'forward', forBatch4);
    const good = await readFile(file);
    const [cached] = await graphFiles(join(cache.folder, 'graphs'));
    await damage(cached!, cached!.replace(/onnx$/, 'json'));
    const again = await graphs('b').of(source, 'forward', forBatch4);
    t.is(compilations(), 2);
    t.deepEqual(await readFile(again.file), good);
    await graphs('c').of(source, 'forward', forBatch4);
    t.is(compilations(), 2);
    await rm(join(cache.folder), { recursive: true });
    await damage(again.file, again.file.replace(/onnx$/, 'json'));
    t.deepEqual(await readFile((await graphs('b').of(source, 'forward', forBatch4)).file), good);
    t.is(compilations(), 3);
  });
}

test('above its size the cache loses the graphs that were not used for longest', async (t) => {
  const { graphs, source, cache, root, compilations } = await setUp(t);
  const folder = join(cache.folder, 'graphs');
  for (const batch of [1, 2, 3]) await graphs('a').of(source, 'forward', { batch });
  for (const [age, file] of (await byTime(folder)).reverse().entries()) {
    const then = new Date(Date.now() - 1e6 * (age + 1));
    await utimes(file, then, then);
    await utimes(file.replace(/onnx$/, 'json'), then, then);
  }
  // Used again, the first is the youngest.
  await graphs('b').of(source, 'forward', { batch: 1 });
  t.is(compilations(), 3);
  const { size } = await stat((await graphFiles(folder))[0]!);
  const small = { ...cache, limit: size * 2.5 };
  await graphs('c', small).of(source, 'forward', { batch: 4 });
  t.is((await graphFiles(folder)).length, 2);
  t.is((await readdir(folder)).length, 4);
  await graphs('d', small).of(source, 'forward', { batch: 1 });
  await graphs('e', small).of(source, 'forward', { batch: 4 });
  t.is(compilations(), 4);
  t.is((await graphFiles(join(root, 'a'))).length, 3);
});

async function byTime(folder: string): Promise<string[]> {
  const files = await graphFiles(folder);
  const times = new Map<string, number>();
  for (const file of files) times.set(file, (await stat(file)).mtimeMs);
  return files.sort((a, b) => times.get(a)! - times.get(b)!);
}

test('a cache that can not be written is as if there were none', async (t) => {
  const { graphs, source, cache, root, compilations } = await setUp(t);
  await writeFile(join(root, 'file'), '');
  for (const folder of [join(root, 'file'), join(root, 'file', 'below'), '/proc/none']) {
    await graphs(`for ${folder.length}`, { ...cache, folder }).of(source, 'forward', forBatch4);
  }
  t.is(compilations(), 3);
});

test('many at once end with whole graphs, in the folder and in the cache', async (t) => {
  const { graphs, source, cache, compilations } = await setUp(t);
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) => graphs(`run-${index % 3}`).of(source, 'forward', forBatch4)),
  );
  const contents = await Promise.all(all.map(({ file }) => readFile(file, 'latin1')));
  t.is(new Set(contents).size, 1);
  const before = compilations();
  await graphs('later').of(source, 'forward', forBatch4);
  t.is(compilations(), before);
  t.is((await readdir(join(cache.folder, 'graphs'))).length, 2);
});

test('the environment says where the cache is, how large, and whether', (t) => {
  const home = { HOME: '/home/me' };
  t.deepEqual(cacheSettings(home), { folder: '/home/me/.cache/grodin', limit: 4e9 });
  t.is(cacheSettings({ ...home, XDG_CACHE_HOME: '/var/cache' })!.folder, '/var/cache/grodin');
  t.is(cacheSettings({ ...home, XDG_CACHE_HOME: 'relative' })!.folder, '/home/me/.cache/grodin');
  t.is(cacheSettings({ ...home, XDG_CACHE_HOME: '/x', GRODIN_CACHE: '/scratch/g' })!.folder, '/scratch/g');
  t.is(cacheSettings({ ...home, GRODIN_CACHE: 'off' }), null);
  t.is(cacheSettings({ ...home, GRODIN_CACHE_SIZE: '500 MB' })!.limit, 5e8);
  t.throws(() => cacheSettings({ ...home, GRODIN_CACHE_SIZE: 'lots' }), {
    instanceOf: InputError,
    message: 'GRODIN_CACHE_SIZE: found "lots", expected a size, for example 4GB',
  });
});

test('what else lies in the folder of the cache is left alone', async (t) => {
  const { graphs, source, cache } = await setUp(t, 1);
  const folder = join(cache.folder, 'graphs');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'photograph.jpg'), 'precious');
  await graphs('a').of(source, 'forward', forBatch4);
  t.deepEqual(await readdir(folder), ['photograph.jpg']);
});

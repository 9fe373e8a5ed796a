import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import sharp from 'sharp';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

const model = fileURLToPath(
  new URL('../../../manifests/micro-benchmark/models/resnet-8-seed-0.onnx', import.meta.url),
);

async function writeImage(file: string, phase: number): Promise<void> {
  const pixels = Uint8Array.from(
    { length: 32 * 32 * 3 },
    (_, index) => 127 + 120 * Math.sin(index * 0.05 + phase),
  );
  await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toFile(file);
}

test('score prints one line of JSON for each image, in order', async (t) => {
  const folder = await temporaryFolder(t);
  const names = ['a.png', 'b.png', 'c.png'];
  for (const [index, name] of names.entries()) await writeImage(join(folder, name), index);
  const { code, out, err } = await grodin(
    ['score', model, ...names, '--temperature', '10', '--epsilon', '0.002', '--json'],
    folder,
  );
  t.is(err, '');
  t.is(code, 0);
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    rows.map((row) => row.path),
    names,
  );
  for (const row of rows) {
    t.deepEqual(Object.keys(row), ['path', 'predicted', 'msp', 'ml', 'odin', 'logG', 'logSG', 'logOdds']);
    const s = 1 / (1 + Math.exp(-row.logOdds));
    t.true(Math.abs(row.odin + s) < 1e-12);
    t.true(Math.abs(row.logG - (row.logSG - 2 * Math.log(s))) < 1e-9);
  }
});

test('score takes the parameters that are named, one pattern each time, and images behind them', async (t) => {
  const folder = await temporaryFolder(t);
  for (const [phase, name] of ['a.png', 'b.png'].entries()) await writeImage(join(folder, name), phase);
  const score = async (...patterns: string[]) => {
    const { code, out, err } = await grodinHere(
      ['score', model, '--json', ...patterns, 'a.png', 'b.png'],
      folder,
    );
    t.is(code, 0, err);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).logSG as number);
  };
  const weights = await score('--parameters', 'role:linear-weight');
  const others = await score('--literals', 'fc.weight');
  const all = await score();
  t.is(all.length, 2);
  // Norms of what is disjoint add up, in float32.
  for (const [at, whole] of all.entries()) {
    const sum = Math.log(Math.exp(weights[at] ?? 0) + Math.exp(others[at] ?? 0));
    t.true(Math.abs(sum - whole) < 1e-5, `${sum} ${whole}`);
    t.true((weights[at] ?? 0) < whole - 1e-3);
  }
  const both = await score('--parameters', 'role:linear-weight', '--parameters', '*bias');
  t.true(both.every((value, at) => value > (weights[at] ?? 0) && value < (all[at] ?? 0)));
  const { code, err } = await grodinHere(['score', model, 'a.png', '--trainable', 'no*'], folder);
  t.is(code, 2);
  t.regex(err, /: trainable pattern "no\*" matches no parameter; list them with: [^\n]+\n$/);
});

test('score gives the detectors that are named, and says what it can’t give', async (t) => {
  const folder = await temporaryFolder(t);
  await writeImage(join(folder, 'a.png'), 0);
  const score = (...more: string[]) =>
    grodinHere(['score', model, 'a.png', '--temperature', '10', ...more], folder);
  const { code, out, err } = await score('--detectors', 'Energy, S,SG,ML', '--json');
  t.is(code, 0, err);
  const found = JSON.parse(out);
  t.deepEqual(Object.keys(found), ['path', 'predicted', 'energy', 's', 'logSG', 'ml', 'logOdds']);
  t.true(Math.abs(found.s + 1 / (1 + Math.exp(-found.logOdds))) < 1e-12);
  // The logits’ log-sum-exp is above the largest, by no more than the logarithm of how many there are.
  t.true(found.energy < found.ml && found.energy > found.ml - Math.log(10));
  const usual = JSON.parse((await score('--json')).out);
  t.deepEqual([found.logSG, found.ml, found.s], [usual.logSG, usual.ml, usual.odin]);
  const table = (await score('--detectors', 'Energy,ML')).out.split('\n');
  t.deepEqual(table[0]!.trim().split(/\s+/), ['predicted', 'Energy', 'ML', 'path']);
  const fitted = await score('--detectors', 'MSP,TempScale');
  t.is(fitted.code, 2);
  t.is(fitted.out, '');
  t.regex(
    fitted.err,
    /^grodin: --detectors: "TempScale" has a temperature that a run fits on labelled validation images, which single images have not; judge them by that run: grodin score MODEL IMAGE --from DIR --detector NAME\n$/,
  );
  const unknown = await score('--detectors', 'Energie');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /there is no detector "Energie": did you mean "Energy"\?/);
});

test('score says once that BatchNormalization seems to have been folded, beside its output', async (t) => {
  const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const folder = await temporaryFolder(t, { 'plain.json': JSON.stringify(preprocess) });
  const folded = fileURLToPath(new URL('../../../test/golden/softmax-folded.onnx', import.meta.url));
  const pixels = new Uint8Array(18 * 18 * 3).map((_, at) => at % 251);
  const raw = { width: 18, height: 18, channels: 3 } as const;
  await sharp(pixels, { raw }).png().toFile(join(folder, 'a.png'));
  const { code, out, err } = await grodinHere(
    ['score', folded, 'a.png', '--preprocess', 'plain.json', '--json'],
    folder,
  );
  t.is(code, 0, err);
  t.is(JSON.parse(out).path, 'a.png');
  t.regex(
    err,
    /^\S+softmax-folded\.onnx: BatchNormalization seems to have been folded into 1 of 2 [^\n]+\n$/,
  );
});

test('without perturbation and temperature ODIN is MSP', async (t) => {
  const folder = await temporaryFolder(t);
  await writeImage(join(folder, 'a.png'), 1);
  const { out } = await grodinHere(['score', model, 'a.png', '--json'], folder);
  const { msp, odin } = JSON.parse(out);
  // Two graphs compute the logits, and float32 rounds differently in each.
  t.true(Math.abs(msp - odin) < 1e-6);
});

test('an image that cannot be read is named, the others are scored, and the exit code is 2', async (t) => {
  const folder = await temporaryFolder(t, { 'bad.png': 'no image' });
  await writeImage(join(folder, 'a.png'), 1);
  const { code, out, err } = await grodin(['score', model, 'a.png', 'bad.png', 'missing.png'], folder);
  t.is(code, 2);
  t.regex(out, /^ +predicted .* path\n +\d+ .* a\.png\n$/);
  t.regex(err, /bad\.png: not an image/);
  t.regex(err, /missing\.png: no such image file/);
  t.true(err.endsWith('grodin: 2 of 3 images could not be scored\n'));
});

test('a device, a folder and an image of too many pixels are refused in one line each', async (t) => {
  const folder = await temporaryFolder(t);
  await writeImage(join(folder, 'a.png'), 1);
  const { code, err } = await grodinHere(
    ['score', model, '/dev/zero', '.', 'a.png', '--max-pixels', '1023'],
    folder,
  );
  t.is(code, 2);
  t.deepEqual(err.trimEnd().split('\n'), [
    'grodin: /dev/zero: is no regular file but a device, pipe or socket; give the path of an image file',
    'grodin: .: is a folder, not an image; check the path',
    'grodin: a.png: 32×32 are 1024 pixels, but at most 1023 are decoded; allow more with --max-pixels, or make it smaller',
    'grodin: 3 of 3 images could not be scored',
  ]);
});

test('a thousand images on the command line are scored, and so are those of a list', async (t) => {
  const folder = await temporaryFolder(t);
  const name = `${'long'.repeat(10)}.png`;
  await writeImage(join(folder, name), 1);
  const many = await grodin(['score', model, ...new Array(1000).fill(name), '--json'], folder);
  t.is(many.code, 0);
  t.is(many.out.trimEnd().split('\n').length, 1000);
  await writeFile(join(folder, 'list.txt'), `${name}\n${name}\n`);
  const listed = await grodin(['score', model, '--images-from', 'list.txt', '--json'], folder);
  t.is(listed.code, 0);
  t.is(listed.out.trimEnd().split('\n').length, 2);
  const none = await grodin(['score', model], folder);
  t.is(none.code, 2);
  t.is(none.err, 'grodin: no image to score: name image files, or a list of them with --images-from FILE\n');
});

test('the graphs of a model are compiled by the first call, and taken from the cache by the second', async (t) => {
  const folder = await temporaryFolder(t);
  await writeImage(join(folder, 'a.png'), 1);
  const graphs = join(folder, 'cache', 'graphs');
  const score = () => grodinHere(['score', model, 'a.png', '--json'], folder, { GRODIN_CACHE: 'cache' });
  // A graph that is compiled again is a new file.
  const inodes = async () =>
    Promise.all((await readdir(graphs)).sort().map(async (name) => (await stat(join(graphs, name))).ino));
  const first = await score();
  t.is(first.code, 0, first.err);
  const before = await inodes();
  t.is(before.length, 2 * 2);
  const second = await score();
  t.is(second.out, first.out);
  t.deepEqual(await inodes(), before);
});

test('a cache that can not be is no reason to fail', async (t) => {
  const folder = await temporaryFolder(t, { file: '' });
  await writeImage(join(folder, 'a.png'), 1);
  for (const GRODIN_CACHE of ['file', 'file/below', '/proc/none']) {
    const { code, err } = await grodinHere(['score', model, 'a.png'], folder, { GRODIN_CACHE });
    t.is(code, 0, err);
    t.is(err, '');
  }
});

test('score takes the output of a model that is named, and says which there are', async (t) => {
  const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const folder = await temporaryFolder(t, { 'plain.json': JSON.stringify(preprocess) });
  const labelled = fileURLToPath(new URL('../../../test/models/label_probabilities.onnx', import.meta.url));
  const pixels = new Uint8Array(16 * 16 * 3).map((_, at) => at % 251);
  const raw = { width: 16, height: 16, channels: 3 } as const;
  await sharp(pixels, { raw }).png().toFile(join(folder, 'a.png'));
  const score = (...options: readonly string[]) =>
    grodinHere(['score', labelled, 'a.png', '--preprocess', 'plain.json', '--json', ...options], folder);
  const named = await score('--model-output', 'probabilities');
  t.is(named.code, 0, named.err);
  t.is(named.out, (await score()).out);
  const { code, err } = await score('--model-output', 'scores');
  t.is(code, 2);
  t.true(err.endsWith('the model has no output scores; its outputs are label, probabilities\n'), err);
});

test('score and compile fix the size that a model leaves free, and say what is missing without', async (t) => {
  const file = await readFile(new URL('../../../test/golden/residual.onnx', import.meta.url));
  const { opset, graph, metadata } = decodeModel(file);
  const [input] = graph.inputs;
  const [, , height = 0, width = 0] = input?.dims ?? [];
  const inputs = [{ name: input?.name ?? '', type: 'float32', dims: ['N', 3, 'h', 'w'] }] as const;
  const folder = await temporaryFolder(t, {
    'plain.json': JSON.stringify({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }),
    'crop.json': JSON.stringify({ crop: height, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }),
  });
  await writeFile(join(folder, 'fixed.onnx'), file);
  await writeFile(join(folder, 'free.onnx'), encodeModel({ opset, metadata, graph: { ...graph, inputs } }));
  const pixels = new Uint8Array(Number(width) * Number(height) * 3).map((_, at) => at % 251);
  await sharp(pixels, { raw: { width: Number(width), height: Number(height), channels: 3 } })
    .png()
    .toFile(join(folder, 'a.png'));
  const score = (name: string, preprocess: string, ...options: readonly string[]) =>
    grodinHere(['score', name, 'a.png', '--preprocess', preprocess, '--json', ...options], folder);
  const wanted = await score('fixed.onnx', 'plain.json');
  t.is(wanted.code, 0, wanted.err);
  t.is((await score('free.onnx', 'plain.json', '--size', `${height}x${width}`)).out, wanted.out);
  t.is((await score('free.onnx', 'crop.json')).out, wanted.out);
  const unsaid = await score('free.onnx', 'plain.json');
  t.is(unsaid.code, 2);
  t.true(unsaid.err.includes('say for which size to compile with --size HEIGHTxWIDTH'), unsaid.err);
  const wrong = await grodinHere(['compile', 'free.onnx', '-o', 'scorer.onnx', '--size', '48'], folder);
  t.is(wrong.code, 2);
  t.true(wrong.err.includes('for example 48x192'), wrong.err);
  t.is((await grodinHere(['compile', 'free.onnx', '-o', 'scorer.onnx', '--size', '20x24'], folder)).code, 0);
});

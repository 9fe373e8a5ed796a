import { copyFile, link, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { modelToCompile } from '../../pipeline/model/model-to-compile.js';
import { readModel } from '../../pipeline/model/read-model.js';
import { writeScorerFiles } from '../../pipeline/model/scorer-files.js';
import { InputError } from '../../stages/errors.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { readGraph } from '../../workers/onnx-files/graph-files.js';
import { temporaryFolder } from '../temporary-folder.js';

const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));
const scorer = compileOneShot(await readModel(network), { batch: 1 });
const [image, , epsilon] = ['image', 'temperature', 'epsilon'].map(
  (name) => scorer.graph.inputs.find((input) => input.name === name)?.dims?.map(Number) ?? [],
);
/** Smaller than the scorer with its weights. */
const largest = encodeModel(scorer).length - 1;
const write = (output: string, bound = largest) => writeScorerFiles(output, { of: network, scorer }, bound);

/** log SG of a made-up image, by a stock ONNX Runtime. */
async function scoreOf(file: string): Promise<number> {
  const session = await InferenceSession.create(file);
  try {
    const pixels = Float32Array.from({ length: image!.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
    const { log_sg: score } = await session.run({
      image: new Tensor('float32', pixels, image!),
      temperature: new Tensor('float32', [10], [1]),
      epsilon: new Tensor('float32', new Float32Array(epsilon![0]!).fill(0.01), epsilon!),
    });
    return Number(score?.data[0]);
  } finally {
    await session.release();
  }
}

test('a scorer that fits in one file is that file alone, byte for byte', async (t) => {
  const folder = await temporaryFolder(t);
  const output = join(folder, 'scorer.onnx');
  t.deepEqual(await write(output, 1e9), { file: output, data: null });
  t.deepEqual(await readdir(folder), ['scorer.onnx']);
  t.deepEqual(new Uint8Array(await readFile(output)), encodeModel(scorer));
});

test('a scorer of two files scores as one of one, wherever both are moved, and under another name with its weights under the old', async (t) => {
  const folder = await temporaryFolder(t);
  const [one, two] = [join(folder, 'one.onnx'), join(folder, 'new/folder/two.onnx')];
  await write(one, 1e9);
  t.deepEqual(await write(two), { file: two, data: `${two}.data` });
  t.deepEqual((await readdir(join(folder, 'new/folder'))).sort(), ['two.onnx', 'two.onnx.data']);
  t.true((await readFile(two)).length < largest);
  // No path of this machine is in it.
  t.false((await readFile(two)).includes(folder));
  const score = await scoreOf(one);
  t.is(await scoreOf(two), score);
  await rename(join(folder, 'new/folder'), join(folder, 'moved'));
  await rename(join(folder, 'moved/two.onnx'), join(folder, 'moved/renamed.onnx'));
  t.is(await scoreOf(join(folder, 'moved/renamed.onnx')), score);
  t.is(
    (await readGraph(join(folder, 'moved/renamed.onnx'))).graph.initializers.size,
    scorer.graph.initializers.size,
  );
  await rename(join(folder, 'moved/two.onnx.data'), join(folder, 'moved/gone.data'));
  await t.throwsAsync(scoreOf(join(folder, 'moved/renamed.onnx')));
});

test('a scorer of two files replaces one of two, and one of one; what is left of neither is unfinished', async (t) => {
  const folder = await temporaryFolder(t);
  const output = join(folder, 'scorer.onnx');
  await write(output, 1e9);
  const score = await scoreOf(output);
  await write(output);
  await writeFile(`${output}.data`, 'damaged');
  await write(output);
  t.is(await scoreOf(output), score);
  t.deepEqual((await readdir(folder)).sort(), ['scorer.onnx', 'scorer.onnx.data']);
});

test('weights of a scorer that was renamed are not replaced by those of another', async (t) => {
  const folder = await temporaryFolder(t);
  const output = join(folder, 'scorer.onnx');
  await write(output);
  const score = await scoreOf(output);
  await rename(output, join(folder, 'renamed.onnx'));
  await t.throwsAsync(write(output), {
    instanceOf: InputError,
    message:
      /scorer\.onnx\.data: is in the way of what scorer\.onnx is to be written with, and a file that was renamed may read it; remove it, or choose another name$/,
  });
  t.is(await scoreOf(join(folder, 'renamed.onnx')), score);
  t.deepEqual((await readdir(folder)).sort(), ['renamed.onnx', 'scorer.onnx.data']);
});

test('two files are not written to a pipe or over a folder, and a link is followed', async (t) => {
  const folder = await temporaryFolder(t);
  await t.throwsAsync(write('/dev/null'), {
    instanceOf: InputError,
    message: /^\/dev\/null: is no regular file, and what is written takes two; name a file, beside which/,
  });
  await mkdir(join(folder, 'scorer.onnx'));
  await t.throwsAsync(write(join(folder, 'scorer.onnx')), { message: /is no regular file/ });
  await mkdir(join(folder, 'other.onnx.data'));
  await t.throwsAsync(write(join(folder, 'other.onnx')), { message: /other\.onnx\.data: is in the way/ });
  await mkdir(join(folder, 'place'));
  await write(join(folder, 'place/scorer.onnx'));
  await symlink('place/scorer.onnx', join(folder, 'link.onnx'));
  await write(join(folder, 'link.onnx'));
  t.deepEqual((await readdir(join(folder, 'place'))).sort(), ['scorer.onnx', 'scorer.onnx.data']);
  t.true(Number.isFinite(await scoreOf(join(folder, 'place/scorer.onnx'))));
});

test('a scorer is not written over the model that it is made of, nor over its weights, by any path', async (t) => {
  const folder = await temporaryFolder(t);
  const model = join(folder, 'model.onnx');
  await copyFile(network, model);
  await symlink('model.onnx', join(folder, 'link.onnx'));
  await link(model, join(folder, 'hard.onnx.data'));
  const { write: writeTo } = await modelToCompile(model, {});
  for (const [output, named] of [
    ['model.onnx', 'model.onnx'],
    ['link.onnx', 'link.onnx'],
    ['hard.onnx', 'hard.onnx.data'],
  ] as const)
    await t.throwsAsync(writeTo(join(folder, output)), {
      instanceOf: InputError,
      message: `${join(folder, named)}: the model is read from this file, and would be lost; name another file for the scorer`,
    });
  t.deepEqual(new Uint8Array(await readFile(model)), new Uint8Array(await readFile(network)));
  await writeTo(join(folder, 'other.onnx'));
});

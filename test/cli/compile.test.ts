import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeModel } from '../../stages/onnx/decode.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

const pooled = fileURLToPath(new URL('../../../test/golden/bottleneck.onnx', import.meta.url));
const model = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));

test('compile writes a scorer that a stock ONNX Runtime loads and runs at any batch size', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, out } = await grodin(['compile', model, '-o', 'scorer.onnx'], folder);
  t.is(code, 0);
  t.regex(out, /^scorer\.onnx: (\d+) of \1 parameters scored\n$/);
  const session = await InferenceSession.create(join(folder, 'scorer.onnx'));
  t.deepEqual([...session.inputNames].sort(), ['epsilon', 'image', 'temperature']);
  t.deepEqual([...session.outputNames].sort(), [
    'log_g',
    'log_odds',
    'log_s',
    'log_sg',
    'logits',
    'predicted',
  ]);
  const [metadata] = session.inputMetadata;
  t.true(metadata?.isTensor);
  const [channels, height, width] = (metadata?.isTensor ? metadata.shape.slice(1) : []).map(Number) as [
    number,
    number,
    number,
  ];
  for (const batch of [1, 3]) {
    const pixels = Float32Array.from({ length: batch * channels * height * width }, (_, index) =>
      Math.sin(index * 0.37),
    );
    const outputs = await session.run({
      image: new Tensor('float32', pixels, [batch, channels, height, width]),
      temperature: new Tensor('float32', [10], [1]),
      epsilon: new Tensor('float32', new Float32Array(channels).fill(0.01), [channels]),
    });
    t.deepEqual(outputs.log_g?.dims, [batch]);
    t.is(outputs.predicted?.type, 'int64');
    t.true([...(outputs.log_sg!.data as Float32Array)].every(Number.isFinite));
  }
  await session.release();
});

test('compile --list-parameters says what was decided for each tensor, and why', async (t) => {
  const { code, out } = await grodinHere(
    ['compile', model, '--list-parameters', '--json', '--parameters', 'role:scale'],
    '.',
  );
  t.is(code, 0);
  const { parameters, others } = JSON.parse(out);
  t.true(parameters.length > 0 && others.length > 0);
  for (const { role, scored, reason } of parameters) {
    t.is(scored, role === 'scale');
    t.is(reason.endsWith('left out of θ by the parameter patterns'), role !== 'scale');
  }
  t.true(others.every(({ reason }: { reason: string }) => /^running (mean|variance)/.test(reason)));
});

test('compile without a goal, and patterns that match nothing, are refused in one line', async (t) => {
  const nothing = await grodinHere(['compile', model], '.');
  t.is(nothing.code, 2);
  t.is(
    nothing.err,
    'grodin: nothing to do: name the output file with -o FILE, or ask for --list-parameters or --describe\n',
  );
  const folder = await temporaryFolder(t);
  const { code, err } = await grodinHere(
    ['compile', model, '-o', 'scorer.onnx', '--parameters', 'bn9.*'],
    folder,
  );
  t.is(code, 2);
  t.regex(err, /^grodin: \S+residual\.onnx: no parameter matches \["bn9\.\*"\]; [^\n]+\n$/);
});

test('a file that is no ONNX model is refused in one line that names it', async (t) => {
  const bytes = new Uint8Array(await readFile(model));
  const folder = await temporaryFolder(t, {
    'text.onnx': 'not a model',
    'empty.onnx': '',
    'cut.onnx': bytes.slice(0, bytes.length / 2),
  });
  for (const [file, pattern] of [
    ['text.onnx', /not an ONNX model/],
    ['empty.onnx', /not an ONNX model/],
    ['cut.onnx', /not an ONNX model|damaged/],
    ['missing.onnx', /no such model file/],
  ] as const) {
    const { code, out, err } = await grodinHere(['compile', file, '-o', 'scorer.onnx'], folder);
    t.is(code, 2, file);
    t.is(out, '', file);
    t.regex(err, pattern);
    t.true(err.startsWith(`grodin: ${file}: `) && err.indexOf('\n') === err.length - 1, err);
  }
});

test('a scorer that cannot be written, and tie patterns that match nothing, are refused in one line', async (t) => {
  const folder = await temporaryFolder(t, { 'folder/file': '' });
  const unwritten = await grodinHere(['compile', model, '-o', 'folder'], folder);
  t.is(unwritten.code, 2);
  t.regex(
    unwritten.err,
    /^grodin: \S+: is a folder where a file is expected; choose another place \(EISDIR\)\n$/,
  );
  const untied = await grodinHere(['compile', model, '-o', 'scorer.onnx', '--tie', 'nothing*'], folder);
  t.is(untied.code, 2);
  t.regex(untied.err, /^grodin: \S+residual\.onnx: tie pattern "nothing\*" matches no parameter; [^\n]+\n$/);
});

test('compile --lowerings portable writes a scorer of operations that every provider has, with the same scores', async (t) => {
  const folder = await temporaryFolder(t);
  const scores = await Promise.all(
    ['cpu', 'portable'].map(async (lowerings) => {
      const file = `${lowerings}.onnx`;
      const written = await grodinHere(
        ['compile', pooled, '-o', file, '--batch', '1', '--lowerings', lowerings],
        folder,
      );
      t.is(written.code, 0, written.err);
      const bytes = await readFile(join(folder, file));
      const types = new Set(decodeModel(bytes).graph.nodes.map((node) => node.type));
      t.is(types.has('ScatterElements'), lowerings === 'cpu');
      const session = await InferenceSession.create(bytes);
      const pixels = Float32Array.from({ length: 3 * 40 * 40 }, (_, at) => Math.sin(at));
      const { log_sg } = await session.run({
        image: new Tensor('float32', pixels, [1, 3, 40, 40]),
        temperature: new Tensor('float32', [1], [1]),
        epsilon: new Tensor('float32', [0, 0, 0], [3]),
      });
      return Number(log_sg?.data[0]);
    }),
  );
  const [cpu = Number.NaN, portable = Number.NaN] = scores;
  t.true(Math.abs(cpu - portable) < 5e-4, `${cpu} and ${portable}`);
  const unknown = await grodinHere(['compile', pooled, '-o', 'x.onnx', '--lowerings', 'quick'], folder);
  t.is(unknown.code, 2);
  t.regex(unknown.err, /Allowed choices are cpu, portable, webgpu/);
});

test('compile says once, beside its output, that BatchNormalization seems to have been folded', async (t) => {
  const folded = fileURLToPath(new URL('../../../test/golden/residual-folded.onnx', import.meta.url));
  const { code, out, err } = await grodinHere(['compile', folded, '--list-parameters', '--json'], '.');
  t.is(code, 0);
  t.regex(
    err,
    /^\S+residual-folded\.onnx: BatchNormalization seems to have been folded into 6 of 6 [^\n]+\n$/,
  );
  const { notes } = JSON.parse(out);
  t.is(notes.length, 1);
  t.true(err.endsWith(`${notes[0]}\n`));
});

test('models that mean harm are refused in one line, and nothing is written', async (t) => {
  const models = new URL('../../../test/models/', import.meta.url);
  const folder = await temporaryFolder(t);
  for (const [name, message] of [
    ['ext-passwd', "its external data ../../../../../../etc/passwd lies outside the model's folder"],
    ['ext-environ2', "its external data /proc/self/environ lies outside the model's folder"],
    ['ext-neglen', 'tensor W has external data with length -5, expected a whole number'],
    ['concat-bomb-26', 'operation Concat, node c9: a shape of 2048 sizes is computed'],
    ['cos-500M', 'operation ConstantOfShape, node k: the constants that the graph computes take more'],
    ['cycle-identity', 'the graph goes in a circle at b'],
    ['op-__proto__', 'no rule for operation __proto__ (node z)'],
    ['conv-dil0', 'operation Conv, node z: dilations is [0, 0], expected positive sizes'],
    ['conv-stride0', 'operation Conv, node z: strides is [0, 0], expected positive sizes'],
    ['op-constructor', 'no rule for operation constructor (node z)'],
    ['reshape-2neg', 'operation Reshape, node z: reshape [N, 3, 32, 32] → [-1, -1, 32, 32] is not possible'],
    ['dims0', 'operation Gemm, node y: input 1 has shape [0, 3]: it holds nothing'],
  ] as const) {
    const file = fileURLToPath(new URL(`${name}.onnx`, models));
    const { code, out, err } = await grodinHere(['compile', file, '-o', 'scorer.onnx'], folder);
    t.is(code, 2, name);
    t.is(out, '');
    t.true(err.startsWith(`grodin: ${file}: ${message}`) && err.indexOf('\n') === err.length - 1, err);
    t.false(existsSync(join(folder, 'scorer.onnx')));
  }
});

test('names that would move the cursor or colour the terminal are shown with escapes', async (t) => {
  const file = fileURLToPath(new URL('../../../test/models/names-ansi.onnx', import.meta.url));
  const folder = await temporaryFolder(t);
  for (const more of [[], ['--json'], ['--parameters', 'none of them']]) {
    const { out, err } = await grodinHere(
      ['compile', file, '-o', 's.onnx', '--list-parameters', ...more],
      folder,
    );
    t.true(`${out}${err}`.length > 0);
    t.false(/[^\P{Cc}\n]/u.test(`${out}${err}`), `${out}${err}`);
  }
});

test('compile --describe says where the image, logits, features, W and b are', async (t) => {
  const softmax = fileURLToPath(new URL('../../../test/golden/softmax.onnx', import.meta.url));
  const { code, out, err } = await grodinHere(['compile', softmax, '--describe'], '.');
  t.is(code, 0, err);
  t.is(
    out.replaceAll(/ {2,}/g, '  '),
    [
      '  tensor  shape',
      'image  image  [N, 3, 18, 18]',
      'logits  /fc/Gemm_output_0  [N, 5]  before node /Softmax, which closes the network',
      'features  /Flatten_output_0  [N, 8]  read by node /fc/Gemm (Gemm)',
      'W  fc.weight  [5, 8]  as [K, D]',
      'b  fc.bias  [5]',
      '',
    ].join('\n'),
  );
  const json = await grodinHere(['compile', softmax, '--describe', '--json'], '.');
  const { description } = JSON.parse(json.out);
  t.is(description.reason, null);
  t.deepEqual(description.head.weight, {
    ...{ name: 'fc.weight', shape: [5, 8], scale: 1, order: 'KD', sharedWith: [] },
  });
});

test('compile --describe says why features are not found, and --features refuses, in one line', async (t) => {
  const file = fileURLToPath(new URL('../../../test/models/pooled-relu.onnx', import.meta.url));
  const { code, out } = await grodinHere(['compile', file, '--describe'], '.');
  t.is(code, 0);
  t.regex(out, /^features {2}– +not found: operation Relu, node cut: it lies between [^\n]+$/m);
  const folder = await temporaryFolder(t);
  const refused = await grodinHere(['compile', file, '-o', 's.onnx', '--features'], folder);
  t.is(refused.code, 2);
  t.regex(
    refused.err,
    /^grodin: \S+pooled-relu\.onnx: features can't be given: operation Relu, node cut: [^\n]+\n$/,
  );
  t.false(existsSync(join(folder, 's.onnx')));
});

test('compile --features --layer-norms adds two outputs to a scorer that is the same otherwise', async (t) => {
  const folder = await temporaryFolder(t);
  t.is((await grodinHere(['compile', model, '-o', 'plain.onnx'], folder)).code, 0);
  const { code, out } = await grodinHere(
    ['compile', model, '-o', 'more.onnx', '--features', '--layer-norms', '--list-parameters', '--json'],
    folder,
  );
  t.is(code, 0);
  const [plain, more] = await Promise.all(
    ['plain.onnx', 'more.onnx'].map(async (name) => decodeModel(await readFile(join(folder, name)))),
  );
  const { parameters } = JSON.parse(out);
  const layers = parameters.map(({ name }: { name: string }) => name);
  t.deepEqual(JSON.parse(more!.metadata.get('grodin.layers')!), layers);
  t.deepEqual(
    parameters.map(({ layer }: { layer: number }) => layer),
    [...layers.keys()],
  );
  t.false(plain!.metadata.has('grodin.layers'));
  const outputs = ({ graph }: typeof plain & object) => graph.outputs.map(({ name, dims }) => [name, dims]);
  t.deepEqual(outputs(more!), [
    outputs(plain!)[0],
    ['features', ['N', 16]],
    ['layer_log_norms', ['N', layers.length]],
    ...outputs(plain!).slice(1),
  ]);
  const listed = await grodinHere(['compile', model, '--list-parameters', '--layer-norms'], folder);
  t.regex(listed.out, /^name +role +shape +in θ {2}layer {2}why\n/);
});

import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ModelError } from '../../stages/errors.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementTypeCodes, type Model } from '../../stages/onnx/model.js';
import {
  compileForward,
  compileScoring,
  decideModelParameters,
} from '../../stages/scoring/compile-passes.js';
import { around, compile, floats, integers, node } from '../operations/graph.js';
import { followsTheReference } from '../operations/reference.js';

followsTheReference('constants');

const pixels = Float32Array.from({ length: 2 * 48 }, (_, i) => (((i * 7) % 11) - 5) / 8);

async function run(model: Model, names: readonly string[]): Promise<number[]> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const all = {
    image: new OrtTensor('float32', pixels, [2, 3, 4, 4]),
    direction: new OrtTensor('float32', new Float32Array(pixels.length), [2, 3, 4, 4]),
    epsilon: new OrtTensor('float32', [0, 0, 0], [3]),
    temperature: new OrtTensor('float32', [1], [1]),
  };
  const feeds = Object.fromEntries(Object.entries(all).filter(([name]) => session.inputNames.includes(name)));
  const outputs = await session.run(feeds, [...names]);
  return names.flatMap((name) => Array.from(outputs[name]!.data as Float32Array));
}

const logits = (model: Model): Promise<number[]> => run(compileForward(model), ['logits']);
const norm = (model: Model, parameters: readonly string[]): Promise<number[]> =>
  run(compileScoring(model, { parameters }), ['log_norm']);

/** What is scored of a model, by name. */
function parametersOf(model: Model) {
  const { parameters } = decideModelParameters(model);
  return Object.fromEntries(
    parameters.map(({ name, role, dims, uses }) => [name, { role, dims, uses: uses.length }]),
  );
}

/** Like `deepEqual` within float32's rounding. */
function closest(actual: readonly number[], expected: readonly number[]): boolean {
  return (
    actual.length === expected.length && actual.every((value, i) => Math.abs(value - expected[i]!) <= 1e-5)
  );
}

const kernels = floats([2, 4, 1, 1]);
const plain = around([node('Conv', ['x', 'w'])], { w: kernels });

test('a weight in a Constant node is a parameter by the name of its output', async (t) => {
  const model = around([
    node('Constant', [], { value: { tensor: kernels } }, ['w']),
    node('Conv', ['x', 'w']),
  ]);
  t.deepEqual(parametersOf(model), parametersOf(plain));
  t.true(closest(await norm(model, ['w']), await norm(plain, ['w'])));
});

test('the scalar of a Constant node is a literal, not a parameter', async (t) => {
  const model = around([
    node('Constant', [], { value_float: { float: 0.5 } }, ['c']),
    node('Mul', ['x', 'c']),
  ]);
  t.deepEqual(Object.keys(parametersOf(model)), ['stem.weight']);
  t.deepEqual(
    decideModelParameters(model).others.map(({ name, reason }) => `${name}: ${reason}`),
    ['c: a literal in the code (one number)'],
  );
});

test('value_ints of a Constant node are a shape', async (t) => {
  const model = around([
    node('Constant', [], { value_ints: { ints: [0, -1] } }, ['s']),
    node('Reshape', ['x', 's']),
  ]);
  t.deepEqual(await logits(model), await logits(around([node('Identity', ['x'])])));
});

const copied = (copy: string) =>
  around(
    [
      node('Transpose', ['w'], { perm: { ints: [1, 0, 2, 3] } }, ['turned']),
      node('Identity', ['turned'], {}, [copy]),
      node('Conv', ['x', 'w'], {}, ['u']),
      node('Conv', ['u', copy]),
    ],
    { w: floats([4, 4, 1, 1]) },
  );

test('a copy through Identity is a parameter of its own where it has the name of one', (t) => {
  const one = { role: 'convolution-weight', dims: [4, 4, 1, 1], uses: 1 };
  for (const name of ['layer2.conv.weight', '3.weight', '0.1.conv.weight']) {
    const found = parametersOf(copied(name));
    t.deepEqual([found.w, found[name]], [one, one], name);
  }
});

test('a copy through Identity of any other name is the same tensor once more', (t) => {
  for (const name of ['copy', 'onnx::MatMul_378', '/Identity_output_0', '12', '12.1', 'Lin_7/wi']) {
    const found = parametersOf(copied(name));
    t.is(found[name], undefined, name);
    t.is(found.w?.uses, 2, name);
  }
});

const chains: Readonly<Record<string, Model>> = {
  'Shape, Gather, Unsqueeze and Concat': around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Gather', ['shape', 'zero'], { axis: { int: 0 } }, ['batch']),
      node('Unsqueeze', ['batch', 'axes'], {}, ['first']),
      node('Concat', ['first', 'rest'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { zero: integers([0], []), axes: integers([0]), rest: integers([-1]) },
  ),
  'the same, Unsqueeze as before operator set 13': around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Gather', ['shape', 'zero'], {}, ['batch']),
      node('Unsqueeze', ['batch'], { axes: { ints: [0] } }, ['first']),
      node('Concat', ['first', 'rest'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { zero: integers([0], []), rest: integers([64]) },
    { opset: 11 },
  ),
  'Gather by indices that count from the end': around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Gather', ['shape', 'at'], {}, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { at: integers([0, -3, 2, -1]) },
  ),
  'Slice of a Shape': around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Slice', ['shape', 'from', 'to'], {}, ['first']),
      node('Concat', ['first', 'rest'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { from: integers([0]), to: integers([1]), rest: integers([-1]) },
  ),
  'Shape with start and end': around(
    [
      node('Shape', ['x'], { start: { int: 0 }, end: { int: -2 } }, ['kept']),
      node('Concat', ['kept', 'rest'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { rest: integers([-1]) },
  ),
  'Cast and Squeeze': around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Cast', ['shape'], { to: { int: elementTypeCodes.int64 } }, ['cast']),
      node('Gather', ['cast', 'at'], {}, ['one']),
      node('Squeeze', ['one', 'axes'], {}, ['scalar']),
      node('Unsqueeze', ['scalar', 'axes'], {}, ['first']),
      node('Concat', ['first', 'rest'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['x', 'target']),
    ],
    { at: integers([0]), axes: integers([0]), rest: integers([-1]) },
  ),
};
for (const [chain, model] of Object.entries(chains))
  test(`a Reshape target is followed through ${chain}`, async (t) => {
    t.deepEqual(await logits(model), await logits(around([node('Identity', ['x'])])));
    t.deepEqual(Object.keys(parametersOf(model)), ['stem.weight']);
  });

test('a transposed weight is the tensor of the file, by name, shape and norm', async (t) => {
  const model = around(
    [node('Transpose', ['w'], { perm: { ints: [1, 0, 2, 3] } }, ['v']), node('Conv', ['x', 'v'])],
    { w: floats([4, 2, 1, 1], [0, 4, 1, 5, 2, 6, 3, 7]) },
  );
  const straight = around([node('Conv', ['x', 'w'])], { w: floats([2, 4, 1, 1], [0, 1, 2, 3, 4, 5, 6, 7]) });
  t.deepEqual(parametersOf(model).w, { role: 'convolution-weight', dims: [4, 2, 1, 1], uses: 1 });
  t.deepEqual(await logits(model), await logits(straight));
  t.true(closest(await norm(model, ['w']), await norm(straight, ['w'])));
});

test('a reshaped weight is the tensor of the file, by name, shape and norm', async (t) => {
  const model = around([node('Reshape', ['w', 's'], {}, ['v']), node('Conv', ['x', 'v'])], {
    w: floats([8], [...(kernels.data as Float32Array)]),
    s: integers([2, -1, 1, 1]),
  });
  t.deepEqual(parametersOf(model).w, { role: 'convolution-weight', dims: [8], uses: 1 });
  t.deepEqual(await logits(model), await logits(plain));
  t.true(closest(await norm(model, ['w']), await norm(plain, ['w'])));
});

test('an unsqueezed bias is the tensor of the file', async (t) => {
  const biased = around([node('Conv', ['x', 'w', 'b'])], { w: kernels, b: floats([2]) });
  const model = around(
    [
      node('Conv', ['x', 'w'], {}, ['u']),
      node('Unsqueeze', ['b', 'axes'], {}, ['column']),
      node('Add', ['u', 'column']),
    ],
    { w: kernels, b: floats([2]), axes: integers([1, 2]) },
  );
  t.deepEqual(parametersOf(model).b, { role: 'convolution-bias', dims: [2], uses: 1 });
  t.true(closest(await norm(model, ['b']), await norm(biased, ['b'])));
});

test('a weight used as it stands and transposed is one parameter with two uses', (t) => {
  const model = around(
    [node('Transpose', ['w'], {}, ['v']), node('MatMul', ['x', 'w'], {}, ['u']), node('MatMul', ['u', 'v'])],
    { w: floats([4, 3]) },
  );
  t.deepEqual(parametersOf(model).w, { role: 'linear-weight', dims: [4, 3], uses: 2 });
});

test('a float64 constant that is cast to float32 is a parameter', async (t) => {
  const data = new Uint8Array(Float64Array.from(kernels.data as Float32Array).buffer);
  const model = around(
    [node('Cast', ['d'], { to: { int: elementTypeCodes.float32 } }, ['w']), node('Conv', ['x', 'w'])],
    { d: { type: 'float64', dims: [2, 4, 1, 1], data } },
  );
  t.true(closest(await norm(model, ['d']), await norm(plain, ['w'])));
});

const broken: Readonly<Record<string, readonly [Model, string]>> = {
  'reshaped to another number of elements': [
    around([node('Reshape', ['w', 's'], {}, ['v']), node('Conv', ['x', 'v'])], {
      w: floats([8]),
      s: integers([3, 4, 1, 1]),
    }),
    "operation Reshape, node node1: [8] can't be reshaped to [3, 4, 1, 1]",
  ],
  'reshaped to sizes that do not divide it': [
    around([node('Reshape', ['w', 's'], {}, ['v']), node('Conv', ['x', 'v'])], {
      w: floats([8]),
      s: integers([3, -1, 1, 1]),
    }),
    'operation Reshape, node node1: reshape [8] → [3, -1, 1, 1] does not divide',
  ],
  'unsqueezed at an axis that does not exist': [
    around([node('Unsqueeze', ['w', 's'], {}, ['v']), node('Add', ['x', 'v'])], {
      w: floats([4]),
      s: integers([5]),
    }),
    'operation Unsqueeze, node node1: axis 5 does not exist at rank 2, expected -2 to 1',
  ],
};
for (const [what, [model, message]] of Object.entries(broken))
  test(`a constant ${what} is refused, naming operation and node`, (t) => {
    t.is(t.throws(() => compile(model), { instanceOf: ModelError }).message, message);
  });

import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileForward, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { differenceToRuntime } from '../import/against-runtime.js';
import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('layer-normalization');

refuses(
  'layer-normalization: the batch axis',
  around([node('LayerNormalization', ['x', 'g'], { axis: { int: 0 } })], { g: floats([4]) }),
  "operation LayerNormalization, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'layer-normalization: a scale of another length',
  around([node('LayerNormalization', ['x', 'g'])], { g: floats([5]) }),
  "operation LayerNormalization, node node1: [4] and [5] don't broadcast",
);

refuses(
  'layer-normalization: a scale of more axes than are normalised',
  around([node('LayerNormalization', ['x', 'g'])], { g: floats([4, 4]) }),
  'operation LayerNormalization, node node1: input 1 has shape [4, 4], for [N, 4, 4, 4]',
);

test('layer-normalization: a scale and a shift that are computed have those of ONNX Runtime as logits, and parameters that they are made of', async (t) => {
  for (const axis of [-1, 2]) {
    const dims = axis === -1 ? [4] : [4, 4];
    const model = around(
      [
        node('Add', ['g', 'one'], {}, ['scale']),
        node('Mul', ['b', 'two'], {}, ['shift']),
        node('LayerNormalization', ['x', 'scale', 'shift'], { axis: { int: axis } }, ['n']),
        node('LayerNormalization', ['n', 'h', 'shift'], { axis: { int: axis } }),
      ],
      { g: floats(dims), b: floats(dims), h: floats(dims), one: floats([], [1]), two: floats([], [2]) },
    );
    t.true((await differenceToRuntime(model)) < 1e-5);
    t.deepEqual(
      decideModelParameters(model).parameters.map(({ name, role }) => [name, role]),
      [
        ['stem.weight', 'convolution-weight'],
        ['g', 'tensor'],
        ['b', 'tensor'],
        ['h', 'scale'],
      ],
    );
  }
});

refuses(
  'layer-normalization: a negative epsilon',
  around([node('LayerNormalization', ['x', 'g'], { epsilon: { float: -1 } })], { g: floats([4]) }),
  'operation LayerNormalization, node node1: epsilon is -1, expected a number that is not negative',
);

test('layer-normalization: where squares are beyond single precision, logits are NaN, not numbers made of zeros', async (t) => {
  const model = around([node('LayerNormalization', ['x', 'g'], { axis: { int: 1 } })], {
    g: floats([4, 4, 4]),
  });
  const session = await InferenceSession.create(encodeModel(compileForward(model, { batch: 2 })));
  const pixels = Float32Array.from(
    { length: 2 * 3 * 4 * 4 },
    (_, index) => Math.sin(index) * (index < 48 ? 1 : 1e30),
  );
  const { logits } = await session.run({ image: new Tensor('float32', pixels, [2, 3, 4, 4]) });
  await session.release();
  const numbers = [...(logits!.data as Float32Array)];
  t.true(numbers.slice(0, numbers.length / 2).every(Number.isFinite), String(numbers));
  t.true(numbers.slice(numbers.length / 2).every(Number.isNaN), String(numbers));
});

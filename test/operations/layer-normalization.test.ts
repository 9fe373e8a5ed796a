import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
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

refuses(
  'layer-normalization: a scale computed from the image',
  around([node('LayerNormalization', ['x', 'x'])]),
  'operation LayerNormalization, node node1: input 1 must be a constant, but it is computed from the image',
);

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

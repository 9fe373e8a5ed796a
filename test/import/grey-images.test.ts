import test from 'ava';
import { choose } from '../../pipeline/model/model-choices.js';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { hasAddedChannelAxis } from '../../stages/import/grey-images.js';
import { withImageSize, withUsualImageSize } from '../../stages/import/image-layout.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward, compileOneShot } from '../../stages/scoring/compile-passes.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { floats, modelOf, node } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

nameSettingsAsOptions();

const size = { height: 3, width: 4 };

/** A linear layer over the pixels of grey images of 3 × 4, which the file takes in any shape. */
const taking = (...dims: readonly (number | string)[]): Model => {
  const model = modelOf({
    nodes: [
      node('Flatten', ['image'], {}, ['pixels']),
      node('Gemm', ['pixels', 'W', 'b'], {}, ['hidden']),
      node('Relu', ['hidden'], {}, ['r']),
      node('Gemm', ['r', 'V'], {}, ['logits']),
    ],
    initializers: { W: floats([12, 5]), b: floats([5]), V: floats([5, 3]) },
    image: [1, 3, 4],
  });
  return { ...model, graph: { ...model.graph, inputs: [{ name: 'image', type: 'float32', dims }] } };
};

const layoutOf = (model: Model) => {
  const { channels, height, width, fixedBatch } = findClassifier(model);
  return { channels, height, width, fixedBatch };
};

test('images without an axis of channels are grey', async (t) => {
  t.deepEqual(layoutOf(taking('N', 3, 4)), { channels: 1, ...size, fixedBatch: null });
  t.deepEqual(layoutOf(taking(1, 3, 4)), { channels: 1, ...size, fixedBatch: 1 });
  const [pixels] = compileForward(taking('N', 3, 4)).graph.inputs;
  t.deepEqual(pixels?.dims, ['N', 1, 3, 4]);
  t.true(
    (await differenceToRuntime(taking('N', 1, 3, 4), { original: encodeModel(taking('N', 1, 3, 4)) })) < 1e-5,
  );
});

for (const dims of [
  ['N', 12],
  ['N', 12, 1],
  ['N', 1, 12],
  ['N', 'h', 4],
  ['N', 3, 'w'],
] as const)
  test(`a file that takes [${String(dims)}] compiles to the scorer of one that takes [N, 3, 4]`, (t) => {
    const chosen = withImageSize(taking(...dims), size);
    t.deepEqual(layoutOf(chosen), { channels: 1, ...size, fixedBatch: null });
    const forms = [chosen, taking('N', 1, 3, 4)].map((model) => compileOneShot(model).graph);
    t.deepEqual(
      forms[0]?.nodes.filter(({ type }) => type !== 'Reshape').map(({ type }) => type),
      forms[1]?.nodes.filter(({ type }) => type !== 'Reshape').map(({ type }) => type),
    );
  });

test('what was given an axis of channels is known', (t) => {
  t.true(hasAddedChannelAxis(withImageSize(taking('N', 12), size)));
  t.false(hasAddedChannelAxis(taking('N', 1, 3, 4)));
});

test('the crop of a preprocessing is the size of a file that holds so many pixels', (t) => {
  const square = withUsualImageSize(taking('N', 16), { height: 4, width: 4 });
  t.deepEqual(square.graph.inputs[0]?.dims, ['N', 1, 4, 4]);
  t.deepEqual(choose(taking('N', 12), { preprocess: { resize: null, crop: 32 } }).graph.inputs[0]?.dims, [
    'N',
    12,
  ]);
});

for (const [what, model, message] of [
  [
    'rows of pixels of no size',
    () => findClassifier(taking('N', 12)),
    'input image has shape [N, 12], expected an image batch [N, C, H, W]; if these are the pixels of grey images, row by row, say of which size with --size HEIGHTxWIDTH (in an experiment, "size" of the model)',
  ],
  [
    'rows of pixels of another size',
    () => withImageSize(taking('N', 12), { height: 3, width: 5 }),
    'input image has shape [N, 12], which does not hold grey images of 3 × 5 pixels, 15 numbers each; give their size with --size HEIGHTxWIDTH (in an experiment, "size" of the model)',
  ],
  [
    'rows of colours',
    () => withImageSize(taking('N', 12), { height: 2, width: 2 }),
    'input image has shape [N, 12], 3 numbers for each pixel of 2 × 2, whose order no file says; export the model with images [N, C, H, W] as input',
  ],
  [
    'rows of any number of pixels',
    () => withImageSize(taking('N', 'pixels'), { height: 2, width: 2 }),
    'input image has shape [N, pixels], which does not hold grey images of 2 × 2 pixels, 4 numbers each; give their size with --size HEIGHTxWIDTH (in an experiment, "size" of the model)',
  ],
  [
    'grey images of free height',
    () => findClassifier(taking('N', 'h', 4)),
    'input image has shape [N, h, 4], in which height or width is free; say for which size to compile with --size HEIGHTxWIDTH (in an experiment, "size" of the model, or a "crop" of its preprocessing)',
  ],
  [
    'grey images of another size',
    () => withImageSize(taking('N', 3, 4), { height: 4, width: 4 }),
    'input image has shape [N, 1, 3, 4], whose height is 3 and can\'t be 4; leave --size HEIGHTxWIDTH (in an experiment, "size" of the model) out, or give that of the file',
  ],
] as const)
  test(`${what} are refused in one line`, (t) => {
    t.throws(() => void model(), { instanceOf: ModelError, message });
  });

import test from 'ava';
import { choose, type ModelChoices } from '../../pipeline/model/model-choices.js';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { withImageSize, withUsualImageSize } from '../../stages/import/image-layout.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { floats, integers, modelOf, node } from '../operations/graph.js';

nameSettingsAsOptions();

/** Its weights know nothing of the image's size, but its shapes do: they are read from the image. */
const pooled = modelOf({
  nodes: [
    node('Conv', ['image', 'W'], {}, ['x']),
    node('Shape', ['x'], {}, ['shape']),
    node('Slice', ['shape', 'front', 'back'], {}, ['kept']),
    node('Concat', ['kept', 'rest'], { axis: { int: 0 } }, ['target']),
    node('Reshape', ['x', 'target'], {}, ['flat']),
    node('ReduceMean', ['flat'], { axes: { ints: [2] }, keepdims: { int: 0 } }, ['logits']),
  ],
  initializers: { W: floats([5, 3, 3, 3]), front: integers([0]), back: integers([2]), rest: integers([-1]) },
  image: [3, 12, 20],
});

const taking = (...dims: readonly (number | string)[]): Model => ({
  ...pooled,
  graph: { ...pooled.graph, inputs: [{ name: 'image', type: 'float32', dims }] },
});

const sizeOf = (model: Model) => {
  const { height, width, channelsLast } = findClassifier(model);
  return { height, width, channelsLast };
};

const size = { height: 12, width: 20 };

for (const free of ['p2o.DynamicDimension.1', '?', 0, -1])
  test(`a model with height and width ${free} compiles to the same bytes as one of that size`, (t) => {
    const model = withImageSize(taking('N', 3, free, free), size);
    t.deepEqual(encodeModel(compileOneShot(model)), encodeModel(compileOneShot(pooled)));
  });

test('height and width are found where channels come last, and one of them alone may be free', (t) => {
  t.deepEqual(sizeOf(withImageSize(taking('N', 'h', 'w', 3), size)), { ...size, channelsLast: true });
  t.deepEqual(sizeOf(withImageSize(taking('N', 12, 'w', 3), size)), { ...size, channelsLast: true });
  t.deepEqual(sizeOf(withImageSize(taking('N', 3, 12, 'w'), size)), { ...size, channelsLast: false });
});

test('a free size is refused with what says it, and so are free channels', (t) => {
  t.throws(() => findClassifier(taking('N', 3, 'h', 'w')), {
    instanceOf: ModelError,
    message:
      'input image has shape [N, 3, h, w], in which height or width is free; say for which size to compile with --size HEIGHTxWIDTH (in an experiment, "size" of the model, or a "crop" of its preprocessing)',
  });
  t.throws(() => findClassifier(withImageSize(taking('N', 'c', 'h', 'w'), size)), {
    instanceOf: ModelError,
    message: /^input image has shape \[N, c, 12, 20\]; channels must be fixed/,
  });
});

test('a size that the file fixes is that of the file: another is refused, and the usual one is left alone', (t) => {
  t.throws(() => withImageSize(taking('N', 3, 12, 24), size), {
    instanceOf: ModelError,
    message:
      'input image has shape [N, 3, 12, 24], whose width is 24 and can\'t be 20; leave --size HEIGHTxWIDTH (in an experiment, "size" of the model) out, or give that of the file',
  });
  t.deepEqual(sizeOf(withImageSize(pooled, size)), { ...size, channelsLast: false });
  t.deepEqual(sizeOf(withUsualImageSize(pooled, { height: 7, width: 7 })), { ...size, channelsLast: false });
});

test('a size that is said goes before a crop', (t) => {
  const model = taking('N', 3, 'h', 'w');
  const chosen = (choices: ModelChoices) => sizeOf(choose(model, choices));
  const preprocess = { resize: null, crop: 32 };
  t.like(chosen({ preprocess }), { height: 32, width: 32 });
  t.like(chosen({ preprocess, size: [12, 20] }), size);
  t.is(choose(model, { preprocess: { resize: null, crop: null } }), model);
  t.is(choose(model, { preprocess: { resize: 32, crop: null } }), model);
  t.like(chosen({ preprocess: { resize: [12, 20], crop: null } }), size);
  t.like(chosen({ preprocess: { resize: 32, crop: [12, 20] } }), size);
});

test('images of absurd size are refused before anything is made for them', (t) => {
  t.throws(() => findClassifier(withImageSize(taking('N', 3, 'h', 'w'), { height: 65536, width: 65536 })), {
    instanceOf: ModelError,
    message: /more than the 134217728 that are supported/,
  });
});

test('of an input of three axes whose first is fixed it is said that a batch axis may be missing', (t) => {
  const one = (...dims: readonly number[]): Model => ({
    ...pooled,
    graph: {
      ...pooled.graph,
      inputs: [{ name: 'image', type: 'float32', dims }],
      nodes: [node('Unsqueeze', ['image', 'front'], {}, ['batch']), ...pooled.graph.nodes].map((written) => ({
        name: written.outputs[0] ?? '',
        domain: '',
        ...written,
        attributes: new Map(),
        inputs: written.inputs.map((name) => (written.type === 'Conv' && name === 'image' ? 'batch' : name)),
      })),
    },
  });
  for (const dims of [
    [3, 12, 20],
    [12, 20, 3],
  ]) {
    const error = t.throws(() => compileOneShot(one(...dims)), { instanceOf: ModelError });
    t.true(
      error.message.endsWith(
        `; input image of shape [${dims.join(', ')}] is read as ${dims[0]} grey images: if it is one image without a batch axis, export the model with images [N, C, H, W] as input`,
      ),
      error.message,
    );
  }
  t.throws(() => findClassifier(taking(3, 'h', 'w')), {
    instanceOf: ModelError,
    message:
      /^input image has shape \[3, h, w\], in which height or width is free; .* without a batch axis, export/,
  });
});

import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { elementTypeCodes, type Model, type ValueInfo } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { floats, modelOf, node } from '../operations/graph.js';

const linear = modelOf({
  nodes: [node('Flatten', ['image'], {}, ['flat']), node('MatMul', ['flat', 'W'], {}, ['logits'])],
  initializers: { W: floats([48, 5]) },
  image: [3, 4, 4],
});

const withInput = (input: Partial<ValueInfo>, model: Model = linear): Model => ({
  ...model,
  graph: { ...model.graph, inputs: model.graph.inputs.map((one) => ({ ...one, ...input })) },
});

const castTo = (to: number): Model =>
  withInput(
    { type: 'uint8' },
    modelOf({
      nodes: [
        node('Cast', ['image'], { to: { int: to } }, ['pixels']),
        node('Flatten', ['pixels'], {}, ['flat']),
        node('MatMul', ['flat', 'W'], {}, ['logits']),
      ],
      initializers: { W: floats([48, 5]) },
      image: [3, 4, 4],
    }),
  );

test('images of bytes begin behind the Cast that makes float32 of them, not behind another', (t) => {
  const { image, takesBytes } = findClassifier(castTo(elementTypeCodes.float32));
  t.deepEqual([image, takesBytes], ['pixels', true]);
  for (const to of [elementTypeCodes.float16, elementTypeCodes.float64, 0])
    t.throws(() => findClassifier(castTo(to)), {
      instanceOf: ModelError,
      message: /^input image is of type uint8; expected float32, or uint8 that one Cast turns into float32/,
    });
});

test('images of bytes that are moved before the Cast begin at the input', (t) => {
  const moved = modelOf({
    nodes: [
      node('Transpose', ['image'], { perm: { ints: [0, 3, 1, 2] } }, ['turned']),
      node('Cast', ['turned'], { to: { int: elementTypeCodes.float32 } }, ['pixels']),
      node('Flatten', ['pixels'], {}, ['flat']),
      node('MatMul', ['flat', 'W'], {}, ['logits']),
    ],
    initializers: { W: floats([75, 5]) },
    image: [5, 5, 3],
  });
  const { image, channelsLast, takesBytes } = findClassifier(withInput({ type: 'uint8' }, moved));
  t.deepEqual([image, channelsLast, takesBytes], ['image', true, true]);
  t.notThrows(() => compileOneShot(withInput({ type: 'uint8' }, moved)));
});

for (const [dims, message] of [
  [
    ['N', 3, 2 ** 20, 2 ** 20],
    'input image takes images of 3 × 1048576 × 1048576 numbers, more than the 134217728 that are supported',
  ],
  [
    ['N', 3, 2 ** 63, 1],
    'input image takes images of 3 × 9223372036854776000 × 1 numbers, more than the 134217728 that are supported',
  ],
  [
    ['N', 3, -1, 4],
    'input image has shape [N, 3, -1, 4], in which height or width is free; say for which size to compile with size (in an experiment, "size" of the model, or a "crop" of its preprocessing)',
  ],
  [
    ['N', 3, 'a\nb', 4],
    'input image has shape [N, 3, "a\\nb", 4], in which height or width is free; say for which size to compile with size (in an experiment, "size" of the model, or a "crop" of its preprocessing)',
  ],
  [
    ['N', 3],
    'input image has shape [N, 3], expected an image batch [N, C, H, W]; if these are the pixels of grey images, row by row, say of which size with size (in an experiment, "size" of the model)',
  ],
  [
    ['N', 1, 3, 4, 4],
    'input image has shape [N, 1, 3, 4, 4], expected an image batch [N, C, H, W]; export a model that takes one image, and puts in the axis of views or frames itself',
  ],
  [
    new Array(1000).fill(1),
    'input image has shape [1, 1, 1, 1, 1, 1, 1, 1 and 992 more], expected an image batch [N, C, H, W]',
  ],
] as const)
  test(`an input of shape [${String(dims).slice(0, 40)}] is refused in one line`, (t) => {
    t.throws(() => findClassifier(withInput({ dims })), { instanceOf: ModelError, message });
  });

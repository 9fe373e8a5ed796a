import test from 'ava';
import { choose } from '../../pipeline/model/model-choices.js';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import type { Model, ValueInfo } from '../../stages/onnx/model.js';
import { notesOn } from '../../stages/scoring/describe-model.js';
import { floats, modelOf, node } from '../operations/graph.js';

const linear = modelOf({
  nodes: [node('Flatten', ['image'], {}, ['flat']), node('MatMul', ['flat', 'W'], {}, ['logits'])],
  initializers: { W: floats([48, 5]) },
  image: [3, 4, 4],
});
const mask: ValueInfo = { name: 'mask', type: 'int64', dims: [7] };

const withInputs = (inputs: readonly ValueInfo[], nodes: Model['graph']['nodes'] = []): Model => ({
  ...linear,
  graph: { ...linear.graph, inputs, nodes: [...linear.graph.nodes, ...nodes] },
});

test('an input that nothing reads is left out, wherever it is among them, and a note says so', (t) => {
  for (const inputs of [
    [mask, ...linear.graph.inputs],
    [...linear.graph.inputs, mask],
  ]) {
    const model = withInputs(inputs);
    t.is(findClassifier(model).image, 'image');
    t.is(choose(model, { size: [4, 4] }).graph.inputs[0]?.name, 'image');
    t.deepEqual(notesOn(model), ['nothing that its logits need reads its input mask: left out']);
  }
});

test('so is one that only nodes read which the logits do not need', (t) => {
  const [cast] = modelOf({
    nodes: [node('Cast', ['mask'], { to: { int: 1 } }, ['other'])],
    initializers: {},
    image: [1, 1, 1],
  }).graph.nodes;
  const model = withInputs([mask, ...linear.graph.inputs], cast ? [cast] : []);
  t.deepEqual(findClassifier(model).idleInputs, ['mask']);
});

test('a second input that the logits are computed of is refused', (t) => {
  const model = modelOf({
    nodes: [node('Flatten', ['image'], {}, ['flat']), node('MatMul', ['flat', 'mask'], {}, ['logits'])],
    initializers: {},
    image: [3, 4, 4],
  });
  t.throws(
    () => findClassifier({ ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, mask] } }),
    {
      instanceOf: ModelError,
      message:
        'the model has 2 inputs (image, mask), and reads more than one: expected one image; export the model with all others as constants',
    },
  );
});

import test from 'ava';
import { describeClassifier } from '../../stages/features/describe-classifier.js';
import type { Model } from '../../stages/onnx/model.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { around, floats, integers, node } from '../operations/graph.js';

const drawn = (count: number): number[] => Array.from({ length: count }, (_, index) => Math.sin(index));

/** Two linear layers of 4 × 8 and back, the second with the first's matrix transposed. */
const mirrored = (initializers: readonly [string, string]): Model => {
  const [first, second] = initializers;
  const turned = Array.from({ length: 32 }, (_, at) => Math.sin((at % 4) * 8 + Math.floor(at / 4)));
  return around(
    [
      node('MatMul', ['x', first], {}, ['wide']),
      node('Relu', ['wide'], {}, ['r']),
      node('MatMul', ['r', second]),
    ],
    { [first]: floats([4, 8], drawn(32)), [second]: floats([8, 4], turned) },
  );
};

test('a description notes matrices that are there twice, as a shared layer is once its constants are folded', (t) => {
  t.deepEqual(describeClassifier(mirrored(['onnx::MatMul_1', 'onnx::MatMul_2'])).notes, [
    'onnx::MatMul_1, onnx::MatMul_2 hold the same matrix, as it is or transposed, and count once each; if they are copies of one layer that is shared, as exporters make when they fold constants, give tie their names where they lie alike, or export with do_constant_folding=False',
  ]);
  const alike = around(
    [node('MatMul', ['x', 'one'], {}, ['u']), node('Relu', ['u'], {}, ['r']), node('MatMul', ['r', 'other'])],
    { one: floats([4, 4], drawn(16)), other: floats([4, 4], drawn(16)) },
  );
  t.is(describeClassifier(alike).notes.length, 1);
  t.deepEqual(describeClassifier(alike, { tie: ['one', 'other'] }).notes, []);
});

test('a description notes what the image meets before any weights, where it may have been learnt or not', (t) => {
  const { graph, ...file } = around([node('Relu', ['x'])]);
  const [stem, ...others] = graph.nodes;
  const before = (name: string, dims: readonly number[], producer = 'pytorch'): Model => ({
    ...file,
    producer,
    graph: {
      ...graph,
      nodes: [
        { ...stem!, name: 'before', type: 'Add', inputs: ['image', name], outputs: ['moved'] },
        { ...stem!, inputs: ['moved', 'stem.weight'] },
        ...others,
      ],
      initializers: new Map(graph.initializers).set(name, floats(dims)),
    },
  });
  const note =
    'shift counts as no parameter: input normalisation: no weights before it, although its name is one in the module; if learnt, use trainable (in an experiment, "trainable" of the model)';
  const [named, unnamed] = [before('shift', [3, 1, 1]), before('onnx::Add_4', [3, 1, 1])];
  t.deepEqual([describeClassifier(named).notes, describeModel(named).notes], [[note], [note]]);
  t.deepEqual(describeModel(named, { trainable: ['shift'] }).notes, []);
  t.deepEqual(describeClassifier(unnamed).notes, []);
  t.deepEqual(describeClassifier(before('prompt', [1, 3, 4, 4])).notes, []);
  t.deepEqual(describeClassifier(before('mean', [3, 4, 4], '')).notes, [
    'mean: before the first weights, and too large to normalise channels, so taken for a parameter; if an image that was not learnt, use literals (in an experiment, "literals" of the model)',
  ]);
});

test('a description notes tables of rotations and what a linear layer reads, and how to overrule what was decided', (t) => {
  const few = Array.from({ length: 32 }, (_, at) => ((at * 5) % 7) / 8);
  const model = around(
    [
      node('RotaryEmbedding', ['x', 'rope.cos', 'rope.sin', 'ids'], {}, ['turned']),
      node('MatMul', ['query', 'w'], {}, ['table']),
      node('Add', ['turned', 'table'], {}, ['sum']),
      node('MatMul', ['pool.query', 'w'], {}, ['learnt']),
      node('Add', ['sum', 'learnt']),
    ],
    {
      ...{ 'rope.cos': floats([6, 2]), 'rope.sin': floats([6, 2]), ids: integers([3, 0, 1, 1], [1, 4]) },
      ...{ query: floats([4, 4, 2], few), 'pool.query': floats([4, 4, 2], few), w: floats([2, 4]) },
    },
    { opset: 23 },
  );
  t.deepEqual(describeClassifier(model).notes, [
    'rope.cos, rope.sin count as no parameter: a table of cosines or sines that RotaryEmbedding turns by; if learnt, use trainable',
    'query counts as no parameter: data that a linear layer reads; if learnt, use trainable',
    'pool.query: by name a parameter, although its numbers repeat as those of coordinates do; if it is none, use literals',
  ]);
});

test('a description notes what may be registered buffers: names of no usual parameter, and waves by any name', (t) => {
  const described = (name: string, values: readonly number[], producer = 'pytorch') =>
    describeClassifier({
      ...around([node('Add', ['x', name])], { [name]: floats([4, 4], values) }),
      producer,
    }).notes;
  const note = (name: string): string =>
    `${name}: part of a module's state, and so taken for a parameter; a file does not say which of it are registered buffers, which are none: of these use literals (in an experiment, "literals" of the model)`;
  const waves = [0, 1, 2, 3].flatMap((place) =>
    [1, 0.1].flatMap((rate) => [Math.sin(place * rate), Math.cos(place * rate)]),
  );
  t.deepEqual(described('block.offset', drawn(16)), [note('block.offset')]);
  t.deepEqual(described('pos_embed', waves), [note('pos_embed')]);
  for (const name of ['pos_embed', 'norm.weight', 'in_proj_bias', 'relative_position_bias_table', 'gamma_1'])
    t.deepEqual(described(name, drawn(16)), [], name);
  t.deepEqual(described('onnx::Add_3', drawn(16)), []);
  t.deepEqual(described('offset', drawn(16), ''), []);
});

import { readFile } from 'node:fs/promises';
import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { rewriteOlder } from '../../stages/import/forms/rewrite-older.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, Node } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { message, type RawField, rawFloats, rawModel, rawNode, rawValue } from '../onnx/raw-model.js';
import { around, floats, integers, modelOf, node } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';
import { differenceToRuntime } from './against-runtime.js';

const scorer = (model: Model): Uint8Array => encodeModel(compileOneShot(model));

const statistics = {
  scale: floats([4], [1, 2, 1, 1]),
  shift: floats([4]),
  mean: floats([4]),
  variance: floats([4], [1, 1, 4, 1]),
};
const normalization = ['x', 'scale', 'shift', 'mean', 'variance'];
const plain = around([node('Identity', ['x'])]);

for (const [what, older, today] of [
  [
    'the bounds of Clip',
    around([node('Clip', ['x'], { min: { float: -0.5 }, max: { float: 1 } })], {}, { opset: 7 }),
    around([node('Clip', ['x', 'low', 'high'])], { low: floats([], [-0.5]), high: floats([], [1]) }),
  ],
  [
    'the upper bound of Clip alone',
    around([node('Clip', ['x'], { max: { float: 0.5 } })], {}, { opset: 10 }),
    around([node('Clip', ['x', '', 'high'])], { high: floats([], [0.5]) }),
  ],
  [
    'the pads of Pad',
    around(
      [node('Pad', ['x'], { pads: { ints: [0, 0, 1, 0, 0, 0, 2, 1] }, value: { float: 0.25 } })],
      {},
      { opset: 7 },
    ),
    around([node('Pad', ['x', 'p', 'v'])], {
      p: integers([0, 0, 1, 0, 0, 0, 2, 1]),
      v: floats([], [0.25]),
    }),
  ],
  [
    'the ratio of Dropout',
    around([node('Dropout', ['x'], { ratio: { float: 0.5 } }, ['y', 'mask'])], {}, { opset: 9 }),
    around([node('Dropout', ['x', 'r'])], { r: floats([], [0.5]) }),
  ],
  [
    'statistics of whole channels',
    around([node('BatchNormalization', normalization, { spatial: { int: 1 } })], statistics, { opset: 7 }),
    around([node('BatchNormalization', normalization)], statistics),
  ],
  [
    'a slice of a shape',
    around(
      [
        node('Shape', ['x'], {}, ['s']),
        node('Slice', ['s'], { starts: { ints: [0] }, ends: { ints: [1] }, axes: { ints: [0] } }, ['first']),
        node('Concat', ['first', 'rest'], { axis: { int: 0 } }, ['target']),
        node('Reshape', ['x', 'target']),
      ],
      { rest: integers([-1]) },
      { opset: 9 },
    ),
    around([node('Identity', ['x'])]),
  ],
  [
    'axes of Unsqueeze and Squeeze, of a weight',
    around(
      [
        node('Unsqueeze', ['w'], { axes: { ints: [2, 3] } }, ['w4']),
        node('Squeeze', ['w4'], { axes: { ints: [3] } }, ['w3']),
        node('Unsqueeze', ['w3'], { axes: { ints: [3] } }, ['kernels']),
        node('Conv', ['x', 'kernels']),
      ],
      { w: floats([2, 4]) },
      { opset: 8 },
    ),
    around(
      [
        node('Unsqueeze', ['w', 'both'], {}, ['w4']),
        node('Squeeze', ['w4', 'last'], {}, ['w3']),
        node('Unsqueeze', ['w3', 'last'], {}, ['kernels']),
        node('Conv', ['x', 'kernels']),
      ],
      { w: floats([2, 4]), both: integers([2, 3]), last: integers([3]) },
    ),
  ],
] as const)
  test(`${what}, as an older operator set has them, score as today's form and as ONNX Runtime has them`, async (t) => {
    t.deepEqual(scorer(older), scorer(today));
    t.true((await differenceToRuntime(older)) < 1e-6);
  });

for (const opset of [7, 8, 9, 10, 11, 13, 18, 21, 22, 23])
  test(`operator set ${opset} is read`, (t) => {
    const model = around([node('Relu', ['x'])]);
    t.deepEqual(scorer({ ...model, opset }), scorer(model));
  });

for (const opset of [6, 24])
  test(`operator set ${opset} is refused`, (t) => {
    t.throws(() => scorer({ ...plain, opset }), {
      instanceOf: ModelError,
      message: `the model uses operator set ${opset}; 7 to 23 are supported: export it again with opset_version=17`,
    });
  });

for (const name of ['opset9', 'opset10', 'opset22_ir10', 'opset23_ir11'])
  test(`the same network as ${name} has the scores of its other files`, async (t) => {
    const read = async (file: string) =>
      decodeModel(await readFile(new URL(`../../../test/models/${file}.onnx`, import.meta.url)));
    const model = await read(name);
    t.deepEqual(scorer(model), scorer({ ...(await read('opset9')), opset: 17 }));
  });

refuses(
  'batch normalization: statistics of each pixel',
  around([node('BatchNormalization', normalization, { spatial: { int: 0 } })], statistics, { opset: 7 }),
  'operation BatchNormalization, node node1: spatial is 0: statistics of each pixel are not supported; export the model with opset_version=17',
);

refuses(
  'softmax: over the batch',
  around([node('Softmax', ['x'], { axis: { int: 0 } }, ['s']), node('Add', ['s', 'x'])], {}, { opset: 11 }),
  "operation Softmax, node node1: axis 0 is the batch's: that would mix images with each other, and is not supported",
);

refuses(
  'clip: bounds as attributes and as inputs',
  around([node('Clip', ['x', 'low'], { min: { float: 0 } })], { low: floats([], [0]) }, { opset: 10 }),
  'operation Clip, node node1: attribute min is there beside input 1; only one can say it',
);

refuses(
  'pad: pads that are no numbers',
  around([node('Pad', ['x'], { pads: { string: 'a' } })], {}, { opset: 10 }),
  'operation Pad, node node1: attribute pads is of kind string, expected numbers; the file is damaged',
);

/** The nodes of a graph in today's forms, as text. */
function rewritten(model: Model): string[] {
  const shown = ({ type, inputs, outputs, attributes }: Node) =>
    `${outputs.join()} = ${type}(${inputs.join()})${[...attributes]
      .map(([name, { kind, ...value }]) => ` ${name}=${Object.values(value).join()}`)
      .join('')}`;
  return rewriteOlder(model.graph, model.graph.nodes, model.opset).nodes.slice(1, -1).map(shown);
}

test('a Softmax over an axis and all behind it is one over the last axis of a flattened tensor', (t) => {
  t.deepEqual(rewritten(around([node('Softmax', ['x'], { axis: { int: 2 } })], {}, { opset: 12 })), [
    'shape of node1 = Shape(x)',
    'front of node1 = Slice(shape of node1,start of node1,axis of node1)',
    'target of node1 = Concat(front of node1,rest of node1) axis=0',
    'flat of node1 = Reshape(x,target of node1)',
    'shares of node1 = Softmax(flat of node1) axis=-1',
    'y = Reshape(shares of node1,shape of node1)',
  ]);
  t.deepEqual(rewritten(around([node('Softmax', ['x'], { axis: { int: -1 } })], {}, { opset: 11 })), [
    'y = Softmax(x) axis=-1',
  ]);
  t.deepEqual(rewritten(around([node('Softmax', ['x'], { axis: { int: 2 } })], {}, { opset: 13 })), [
    'y = Softmax(x) axis=2',
  ]);
});

test('axes of reductions become inputs, from operator set 13 on for sums and 18 on for others', (t) => {
  const reduced = (type: string, opset: number) =>
    rewritten(around([node(type, ['x'], { axes: { ints: [2, 3] } })], {}, { opset }));
  t.deepEqual(reduced('ReduceMean', 17), ['y = ReduceMean(x,axes of node1)']);
  t.deepEqual(reduced('ReduceSum', 12), ['y = ReduceSum(x,axes of node1)']);
  t.deepEqual(reduced('ReduceSum', 13), ['y = ReduceSum(x) axes=2,3']);
});

test('names of what is added are names that no tensor has', (t) => {
  const model = around(
    [
      node('Relu', ['x'], {}, ['axes of node2']),
      node('ReduceMean', ['axes of node2'], { axes: { ints: [2, 3] } }),
    ],
    {},
    { opset: 17 },
  );
  t.deepEqual(rewritten(model)[1], 'y = ReduceMean(axes of node2,axes of node2 1)');
});

test('a Resize of operator set 10 and an Upsample take pixels as they did then', (t) => {
  const attributes = 'mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor';
  t.deepEqual(
    rewritten(around([node('Resize', ['x', 's'], { mode: { string: 'nearest' } })], {}, { opset: 10 })),
    [`y = Resize(x,,s) ${attributes}`],
  );
  t.deepEqual(
    rewritten(around([node('Upsample', ['x', 's'], { mode: { string: 'nearest' } })], {}, { opset: 9 })),
    [`y = Resize(x,,s) ${attributes}`],
  );
});

test('initialisers that are repeated among the inputs, as before IR version 4, are weights', (t) => {
  const nodes = [rawNode('Flatten', ['image'], ['flat']), rawNode('MatMul', ['flat', 'W'], ['logits'])];
  const weights = [rawFloats('W', [48, 5])];
  const repeated: RawField = [11, rawValue('W', [48, 5])];
  const [today, older] = [rawModel(nodes, weights), rawModel(nodes, weights, repeated)];
  t.deepEqual(scorer(decodeModel(older)), scorer(decodeModel(today)));
  t.deepEqual(
    scorer(decodeModel(rawModel(nodes, weights, [11, message([1, 'W'])]))),
    scorer(decodeModel(today)),
  );
});

test('weights in a thousand Constant nodes, through copies, score as initialisers', (t) => {
  const layers = Array.from({ length: 500 }, (_, at) => at);
  const weights = Object.fromEntries(layers.map((at) => [`w${at}`, floats([4, 4, 1, 1])]));
  const chain = layers.map((at) => node('Conv', [at === 0 ? 'x' : `x${at}`, `w${at}`], {}, [`x${at + 1}`]));
  const end = node('Identity', [`x${layers.length}`]);
  const constants = layers.map((at) =>
    node('Constant', [], { value: { tensor: weights[`w${at}`]! } }, [`w${at}`]),
  );
  t.deepEqual(scorer(around([...constants, ...chain, end])), scorer(around([...chain, end], weights)));
});

test('constants in Constant nodes count as what the file holds: they may be transposed like initialisers', (t) => {
  const model = modelOf({
    nodes: [
      node('Constant', [], { value: { tensor: floats([48, 200_000]) } }, ['w']),
      node('Transpose', ['w'], {}, ['a']),
      node('Transpose', ['a'], {}, ['b']),
      node('Flatten', ['image'], {}, ['flat']),
      node('MatMul', ['flat', 'b'], {}, ['logits']),
    ],
    initializers: {},
    image: [3, 4, 4],
  });
  t.notThrows(() => scorer(model));
});

test('nodes of one name, however many, get names of their own for what is added', (t) => {
  const clips = Array.from({ length: 20_000 }, (_, at) => at);
  const model = around(
    clips.map((at) =>
      node('Clip', [at === 0 ? 'x' : `x${at}`], { min: { float: -1 } }, [at === 19_999 ? 'y' : `x${at + 1}`]),
    ),
    {},
    { opset: 9 },
  );
  const nodes = model.graph.nodes.map((one) => ({ ...one, name: 'clip' }));
  const { initializers } = rewriteOlder(model.graph, nodes, 9);
  t.is(initializers.size, 20_001);
});

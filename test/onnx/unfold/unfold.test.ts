import test from 'ava';
import { withoutBranches } from '../../../stages/branches/resolve-branches.js';
import { ModelError } from '../../../stages/errors.js';
import { findClassifier } from '../../../stages/import/classifier.js';
import { decodeModel } from '../../../stages/onnx/decode.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import { compileOneShot, decideModelParameters } from '../../../stages/scoring/compile-passes.js';
import { differenceToRuntime } from '../../import/against-runtime.js';
import { rawCall, rawFunction, rawGraph, rawInt, rawReference } from '../raw-function.js';
import { message, type RawField, rawFloats, rawModel, rawNode } from '../raw-model.js';

const standard = (version: number): RawField => [9, message([1, ''], [2, version])];
const own: RawField = [9, message([1, 'local'], [2, 1])];
const weight = rawFloats('W', [48, 5]);

/** A model with local functions. */
function modelWith(
  nodes: readonly Uint8Array[],
  functions: readonly Uint8Array[],
  initializers: readonly Uint8Array[] = [weight],
): Uint8Array {
  const further = message([8, message([1, 'local'], [2, 1])], ...functions.map((one): RawField => [25, one]));
  return Buffer.concat([rawModel(nodes, initializers), further]);
}

const linear = (input: string, output = 'logits') => rawNode('MatMul', [input, 'W'], [output]);
const typesOf = (bytes: Uint8Array) => decodeModel(bytes).graph.nodes.map(({ type }) => type);

async function equalsRuntime(original: Uint8Array): Promise<boolean> {
  const model = withoutBranches(decodeModel(original));
  compileOneShot(model);
  return (await differenceToRuntime(model, { original })) < 1e-5;
}

test('functions that call functions, with names that clash and outputs left out, give what they do in ONNX Runtime', async (t) => {
  const halves = [
    rawNode('Relu', ['x'], ['low']),
    rawNode('Neg', ['x'], ['flat']),
    rawNode('Relu', ['flat'], ['high']),
  ];
  // `flat` and `logits` are names of the graph too.
  const twice = [
    rawCall('Halves', ['x'], ['', 'flat']),
    rawCall('Halves', ['flat'], ['logits', '']),
    rawNode('Add', ['logits', 'x'], ['y']),
  ];
  const bytes = modelWith(
    [
      rawNode('Flatten', ['image'], ['flat']),
      rawCall('Twice', ['flat'], ['a']),
      rawCall('Halves', ['a'], ['b', 'c']),
      rawNode('Sub', ['b', 'c'], ['d']),
      linear('d'),
    ],
    [
      rawFunction('Halves', ['x'], ['low', 'high'], halves, [standard(17)]),
      rawFunction('Twice', ['x'], ['y'], twice, [standard(17), own]),
    ],
  );
  t.true(await equalsRuntime(bytes));
});

test('what a function hands on, or gives twice, is copied, and an input that is left out is left out inside', (t) => {
  const nodes = [rawNode('Clip', ['x', '', 'most'], ['y'])];
  const bytes = modelWith(
    [rawCall('Clips', ['image'], ['a', 'b', 'c']), rawNode('Sum', ['a', 'b', 'c'], ['logits'])],
    [rawFunction('Clips', ['x', 'most'], ['y', 'x', 'y'], nodes)],
  );
  t.deepEqual(
    decodeModel(bytes).graph.nodes.map(({ type, inputs, outputs }) => [type, ...inputs, '→', ...outputs]),
    [
      ['Clip', 'image', '', '', '→', 'a'],
      ['Identity', 'image', '→', 'b'],
      ['Identity', 'a', '→', 'c'],
      ['Sum', 'a', 'b', 'c', '→', 'logits'],
    ],
  );
});

test('attributes are passed by reference through several calls, with defaults, and are left out where nobody says them', async (t) => {
  const softmax = rawFunction(
    'Shares',
    ['x'],
    ['y'],
    [rawNode('Softmax', ['x'], ['y'], rawReference('axis', 'along'))],
    [[6, 'along'], standard(17)],
  );
  const around = rawFunction(
    'Around',
    ['x'],
    ['y'],
    [
      rawCall('Shares', ['x'], ['a'], rawReference('along', 'dim')),
      rawCall('Shares', ['a'], ['b'], rawInt('along', 2)),
      rawNode('Add', ['b', 'x'], ['y']),
    ],
    [[11, rawInt('dim', 1)], standard(17), own],
  );
  const bytes = modelWith(
    [
      rawCall('Around', ['image'], ['a']),
      rawCall('Around', ['a'], ['b'], rawInt('dim', 3)),
      rawCall('Shares', ['b'], ['c'], rawInt('along', 1)),
      rawNode('Flatten', ['c'], ['flat']),
      linear('flat'),
    ],
    [softmax, around],
  );
  t.true(await equalsRuntime(bytes));
  const left = modelWith([rawCall('Shares', ['image'], ['logits'])], [softmax]);
  t.deepEqual([...(decodeModel(left).graph.nodes[0]?.attributes.keys() ?? [])], []);
});

test('a function of an older operator set is read as that set has it', async (t) => {
  const flatSoftmax = rawFunction('Shares', ['x'], ['y'], [rawNode('Softmax', ['x'], ['y'])], [standard(11)]);
  const bytes = modelWith(
    [rawCall('Shares', ['image'], ['a']), rawNode('Flatten', ['a'], ['flat']), linear('flat')],
    [flatSoftmax],
  );
  // A Softmax of today's would be over the last axis alone. ONNX Runtime takes it for one of today's.
  const plain = rawModel(
    [rawNode('Flatten', ['image'], ['front']), rawNode('Softmax', ['front'], ['flat']), linear('flat')],
    [weight],
  );
  t.true((await differenceToRuntime(decodeModel(bytes), { original: plain })) < 1e-5);
  t.deepEqual(
    decodeModel(bytes).graph.nodes.map(({ opset }) => opset),
    [11, undefined, undefined],
  );
  const ancient = rawFunction('Shares', ['x'], ['y'], [rawNode('Softmax', ['x'], ['y'])], [standard(6)]);
  t.throws(
    () =>
      findClassifier(
        decodeModel(
          modelWith(
            [rawCall('Shares', ['image'], ['a']), rawNode('Flatten', ['a'], ['flat']), linear('flat')],
            [ancient],
          ),
        ),
      ),
    { message: /^the model uses operator set 6 in a local function; 7 to 23 are supported/ },
  );
});

test('of functions of one name the call says which, and one that is there twice is refused', (t) => {
  const relu = rawFunction('Act', ['x'], ['y'], [rawNode('Relu', ['x'], ['y'])], [[13, 'soft']]);
  const tanh = rawFunction('Act', ['x'], ['y'], [rawNode('Tanh', ['x'], ['y'])]);
  const call = Buffer.concat([rawCall('Act', ['image'], ['a']), message([8, 'soft'])]);
  const nodes = [call, rawCall('Act', ['a'], ['b']), rawNode('Flatten', ['b'], ['flat']), linear('flat')];
  t.deepEqual(typesOf(modelWith(nodes, [relu, tanh])), ['Relu', 'Tanh', 'Flatten', 'MatMul']);
  t.throws(() => decodeModel(modelWith(nodes, [relu, tanh, relu])), {
    instanceOf: ModelError,
    message: 'local function local.Act is there twice; the file is damaged',
  });
});

test('functions that call themselves are refused with the way round', (t) => {
  const a = rawFunction('A', ['x'], ['y'], [rawCall('B', ['x'], ['y'])]);
  const b = rawFunction('B', ['x'], ['y'], [rawCall('A', ['x'], ['y'])]);
  t.throws(() => decodeModel(modelWith([rawCall('A', ['image'], ['logits'])], [a, b])), {
    instanceOf: ModelError,
    message:
      'local function local.A calls itself (local.A, local.B, local.A); export the model without functions',
  });
});

test('a tower of functions is refused by its depth, and one that doubles at each floor by what it unfolds to', (t) => {
  const floor = (index: number, calls: number): Uint8Array =>
    rawFunction(
      `F${index}`,
      ['x'],
      ['y'],
      Array.from({ length: calls }, (_, at) =>
        rawCall(`F${index + 1}`, [at === 0 ? 'x' : `v${at - 1}`], [at === calls - 1 ? 'y' : `v${at}`]),
      ),
    );
  const top = rawCall('F0', ['image'], ['logits']);
  const high = Array.from({ length: 5000 }, (_, index) => floor(index, 1));
  for (const functions of [high, high.toReversed()])
    t.throws(() => decodeModel(modelWith([top], functions)), {
      instanceOf: ModelError,
      message:
        /^local function local\.F\d+ lies more than 64 calls deep; export the model without functions$/,
    });
  for (const calls of [2, 8]) {
    const wide = Array.from({ length: 40 }, (_, index) => floor(index, calls));
    t.throws(() => decodeModel(modelWith([top], wide)), {
      instanceOf: ModelError,
      message:
        'operation F0, node logits: the local functions of the model unfold to more than 524288 nodes and names; export the model without functions',
    });
  }
});

test('constants that calls of a function repeat are read once, and refused beyond a bound', (t) => {
  // By an attribute of the function, which each call could say otherwise.
  const large = message([1, 'held'], [5, rawFloats('', [1 << 20])], [20, 4]);
  const holding = rawFunction(
    'Holding',
    ['x'],
    ['y'],
    [
      rawNode('Constant', [], ['c'], message([1, 'value'], [20, 4], [21, 'held'])),
      rawNode('Add', ['x', 'c'], ['y']),
    ],
    [[11, large]],
  );
  const calls = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      rawCall('Holding', [at === 0 ? 'image' : `v${at - 1}`], [at === count - 1 ? 'logits' : `v${at}`]),
    );
  const { nodes } = decodeModel(modelWith(calls(4), [holding])).graph;
  const data = nodes.flatMap(({ attributes }) => {
    const value = attributes.get('value');
    return value?.kind === 'tensor' ? [value.value.data] : [];
  });
  t.is(data.length, 4);
  t.is(new Set(data).size, 1);
  t.throws(() => decodeModel(modelWith(calls(100), [holding])), {
    instanceOf: ModelError,
    message: /^the local functions of the model repeat constants of more than 268435456 bytes/,
  });
});

test('a call with more inputs than its function has is refused', (t) => {
  const one = rawFunction('One', ['x'], ['y'], [rawNode('Relu', ['x'], ['y'])]);
  t.throws(() => decodeModel(modelWith([rawCall('One', ['image', 'W'], ['logits'])], [one])), {
    instanceOf: ModelError,
    message:
      'operation One, node logits: has 2 inputs, and the local function that it calls 1; the file is damaged',
  });
});

test('branches in functions stay apart, call by call', async (t) => {
  const condition = rawNode('Constant', [], ['holds'], rawReference('value_int', 'positive'));
  const asTruth = rawNode('Cast', ['holds'], ['truth'], rawInt('to', 9));
  const choosing = rawFunction(
    'Choosing',
    ['x'],
    ['y'],
    [
      condition,
      asTruth,
      rawNode(
        'If',
        ['truth'],
        ['y'],
        rawGraph('then_branch', [rawNode('Relu', ['x'], ['r'])], ['r']),
        rawGraph('else_branch', [rawNode('Neg', ['x'], ['n']), rawNode('Relu', ['n'], ['r'])], ['r']),
      ),
    ],
    [[6, 'positive'], standard(17)],
  );
  const bytes = modelWith(
    [
      rawCall('Choosing', ['image'], ['a'], rawInt('positive', 1)),
      rawCall('Choosing', ['image'], ['b'], rawInt('positive', 0)),
      rawNode('Sub', ['a', 'b'], ['c']),
      rawNode('Flatten', ['c'], ['flat']),
      linear('flat'),
    ],
    [choosing],
  );
  t.true(await equalsRuntime(bytes));
  t.deepEqual(
    withoutBranches(decodeModel(bytes))
      .graph.nodes.map(({ type }) => type)
      .filter((type) => type !== 'Constant' && type !== 'Cast'),
    ['Relu', 'Neg', 'Relu', 'Sub', 'Flatten', 'MatMul'],
  );
});

/** A Constant node of 48 × 48 numbers. */
const constantMatrix = (output: string) =>
  message([2, output], [4, 'Constant'], [5, message([1, 'value'], [5, rawFloats('', [48, 48])], [20, 4])]);

test('a Constant in the body of a function that is called twice is one parameter, as one tensor that is read twice', (t) => {
  const layers = (calls: readonly Uint8Array[], functions: readonly Uint8Array[]) =>
    decodeModel(
      modelWith(
        [rawNode('Flatten', ['image'], ['flat']), ...calls, rawNode('Relu', ['b'], ['c']), linear('c')],
        functions,
        [weight, rawFloats('M', [48, 48])],
      ),
    );
  const plain = layers([rawNode('MatMul', ['flat', 'M'], ['a']), rawNode('MatMul', ['a', 'M'], ['b'])], []);
  const inside = rawFunction(
    'Layer',
    ['x'],
    ['y'],
    [constantMatrix('m'), rawNode('MatMul', ['x', 'm'], ['y'])],
    [standard(17)],
  );
  const called = layers([rawCall('Layer', ['flat'], ['a']), rawCall('Layer', ['a'], ['b'])], [inside]);
  const given = rawFunction('Matrix', [], ['m'], [constantMatrix('m')], [standard(17)]);
  const given2 = layers(
    [
      rawCall('Matrix', [], ['m1']),
      rawNode('MatMul', ['flat', 'm1'], ['a']),
      rawCall('Matrix', [], ['m2']),
      rawNode('MatMul', ['a', 'm2'], ['b']),
    ],
    [given],
  );
  const compiled = Buffer.from(encodeModel(compileOneShot(plain)));
  for (const model of [called, given2]) {
    t.deepEqual(
      decideModelParameters(model).parameters.map(({ uses }) => uses.length),
      [2, 1],
    );
    t.deepEqual(Buffer.from(encodeModel(compileOneShot(model))), compiled);
  }
});

test('a Constant of which a call says the value is a tensor of each call', (t) => {
  const filled = rawFunction(
    'Raised',
    ['x'],
    ['y'],
    [
      message([2, 'most'], [4, 'Constant'], [5, rawReference('value_int', 'by')]),
      rawNode('Cast', ['most'], ['float'], rawInt('to', 1)),
      rawNode('Mul', ['x', 'float'], ['y']),
    ],
    [[6, 'by'], standard(17)],
  );
  const { nodes } = decodeModel(
    modelWith(
      [
        rawCall('Raised', ['image'], ['a'], rawInt('by', 2)),
        rawCall('Raised', ['a'], ['logits'], rawInt('by', 3)),
      ],
      [filled],
    ),
  ).graph;
  t.deepEqual(
    nodes.filter(({ type }) => type === 'Constant').map(({ attributes }) => attributes.get('value_int')),
    [
      { kind: 'int', value: 2 },
      { kind: 'int', value: 3 },
    ],
  );
});

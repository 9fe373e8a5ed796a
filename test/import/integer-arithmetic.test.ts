import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ModelError } from '../../stages/errors.js';
import { evaluateConstant } from '../../stages/import/constants.js';
import { FoldingBudget } from '../../stages/import/folding-budget.js';
import type { Operand } from '../../stages/import/operand.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementTypeCodes, type Model, type Tensor } from '../../stages/onnx/model.js';
import { compileForward, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, modelOf, node, type WrittenAttribute } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';
import { differenceToRuntime, pixelsOf } from './against-runtime.js';

const truths = (...values: readonly number[]): Tensor => ({
  type: 'bool',
  dims: [values.length],
  data: Uint8Array.from(values),
});
const int32 = (...values: readonly number[]): Tensor => ({
  type: 'int32',
  dims: [values.length],
  data: new Uint8Array(Int32Array.from(values).buffer),
});

/** One node of constants, called y. */
function alone(
  type: string,
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, WrittenAttribute>> = {},
): Model {
  const names = inputs.map((_, index) => `i${index}`);
  const model = modelOf({
    nodes: [node(type, names, attributes, ['logits'])],
    initializers: Object.fromEntries(inputs.map((tensor, index) => [`i${index}`, tensor])),
    image: [3, 4, 4],
  });
  const bool = /^(Equal|Less|Greater|Not|And|Or|Xor)/.test(type);
  return {
    ...model,
    graph: { ...model.graph, outputs: [{ name: 'logits', type: bool ? 'bool' : 'int64', dims: null }] },
  };
}

async function byRuntime(model: Model): Promise<readonly number[]> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const image = new OrtTensor('float32', pixelsOf([1, 3, 4, 4]), [1, 3, 4, 4]);
  const { logits } = await session.run({ image });
  return Array.from(logits!.data as Iterable<number>, Number);
}

function byFolding({ graph, opset }: Model): Operand | null {
  const [only] = graph.nodes;
  const operands = only!.inputs.map((name): Operand => {
    return { kind: 'constant', tensor: graph.initializers.get(name)!, origin: null };
  });
  return evaluateConstant(only!, operands, opset, new FoldingBudget(0));
}

const [a, b] = [integers([7, -7, 7, -7, 0, 1, 5]), integers([2, 2, -2, -2, 3, 1, 5])];

for (const [type, inputs, attributes] of [
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'].map(
    (type) => [type, [a, b]] as const,
  ),
  ...['And', 'Or', 'Xor'].map((type) => [type, [truths(0, 0, 1, 1), truths(0, 1, 0, 1)]] as const),
  ['Mul', [a, integers([-3], [])]],
  ['Sub', [integers([9]), b]],
  ['Not', [truths(0, 1)]],
  ['Where', [truths(1, 0, 1), integers([1, 2, 3]), integers([-1], [])]],
  ['Expand', [integers([4], []), integers([3])]],
  ['Expand', [integers([4, 5]), integers([1])]],
  ['Range', [integers([2], []), integers([9], []), integers([3], [])]],
  ['Range', [integers([2], []), integers([-4], []), integers([-2], [])]],
  ['Range', [integers([2], []), integers([2], []), integers([1], [])]],
  ['Slice', [a, integers([-2]), integers([-9]), integers([0]), integers([-2])]],
  ['Slice', [a, integers([1]), integers([2 ** 62]), integers([0]), integers([2])]],
  ['Slice', [a, integers([9]), integers([-100]), integers([0]), integers([-1])]],
  ['Mod', [integers([7, -7, 8, -8]), integers([3, 3, -3, -3])], { fmod: { int: 1 } }],
  ['Tile', [integers([3, 1, 2]), integers([2])]],
  ['CumSum', [a, integers([0], [])]],
  ['CumSum', [a, integers([-1], [])], { reverse: { int: 1 }, exclusive: { int: 1 } }],
  ['Cast', [int32(3, -4)], { to: { int: elementTypeCodes.int64 } }],
] as readonly (readonly [string, readonly Tensor[], Readonly<Record<string, WrittenAttribute>>?])[])
  test(`${type} of ${inputs.map(({ data }) => data).join(' and ')} is folded to what ONNX Runtime gives`, async (t) => {
    const model = alone(type, inputs, attributes);
    const folded = byFolding(model);
    t.deepEqual(folded?.kind === 'sizes' ? folded.sizes : [], await byRuntime(model));
  });

const table = integers(
  Array.from({ length: 24 }, (_, at) => ((at * 7) % 11) - 5),
  [2, 3, 4],
);
for (const [type, inputs, attributes] of [
  ['Tile', [table, integers([1, 2, 3])]],
  ['CumSum', [table, integers([1], [])], { exclusive: { int: 1 } }],
  ['CumSum', [table, integers([-1], [])], { reverse: { int: 1 } }],
  ['Trilu', [table]],
  ['Trilu', [table, integers([1], [])], { upper: { int: 0 } }],
  ['Trilu', [table, integers([-2], [])]],
] as readonly (readonly [string, readonly Tensor[], Readonly<Record<string, WrittenAttribute>>?])[])
  test(`${type} ${JSON.stringify(attributes ?? {})} of a table and ${inputs.slice(1).map(({ data }) => data)} is folded to what ONNX Runtime gives`, async (t) => {
    const model = alone(type, inputs, attributes);
    const folded = byFolding(model);
    t.deepEqual(
      folded?.kind === 'constant' ? Array.from(folded.tensor.data, Number) : [],
      await byRuntime(model),
    );
  });

test('parts that are added to a table, not put into it, are left in the graph', (t) => {
  const model = alone('ScatterND', [table, integers([0], [1, 1]), integers(Array(12).fill(1), [1, 3, 4])], {
    reduction: { string: 'add' },
  });
  t.is(byFolding(model), null);
});

const shape = node('Shape', ['x'], {}, ['s']);
const gather = (place: string, output: string) => node('Gather', ['s', place], {}, [output]);
const joined = (...parts: readonly string[]) => node('Concat', parts, { axis: { int: 0 } }, ['target']);
const reshape = node('Reshape', ['x', 'target']);
const numbers = {
  i0: integers([0], []),
  i1: integers([1], []),
  i2: integers([2], []),
  first: integers([0]),
  one: integers([1]),
  two: integers([2]),
  minus: integers([-1]),
};

for (const [what, nodes, initializers] of [
  [
    'half the channels, as a channel shuffle has them',
    [
      shape,
      gather('i0', 'n'),
      gather('i1', 'c'),
      node('Div', ['c', 'i2'], {}, ['half']),
      node('Unsqueeze', ['n', 'first'], {}, ['batch']),
      node('Unsqueeze', ['half', 'first'], {}, ['groups']),
      joined('batch', 'groups', 'two', 'minus'),
      node('Reshape', ['x', 'target'], {}, ['split']),
      node('Transpose', ['split'], { perm: { ints: [0, 2, 1, 3] } }),
    ],
    {},
  ],
  [
    'a quotient that is rounded down, as torch.floor_divide is exported',
    [
      shape,
      gather('i1', 'c'),
      node('Div', ['c', 'i2'], {}, ['quotient']),
      node('Less', ['c', 'i0'], {}, ['below']),
      node('Less', ['i2', 'i0'], {}, ['beneath']),
      node('Xor', ['below', 'beneath'], {}, ['differ']),
      node('Mod', ['c', 'i2'], {}, ['rest']),
      node('Equal', ['rest', 'i0'], {}, ['even']),
      node('Not', ['even'], {}, ['odd']),
      node('And', ['differ', 'odd'], {}, ['fix']),
      node('Sub', ['quotient', 'i1'], {}, ['less']),
      node('Where', ['fix', 'less', 'quotient'], {}, ['half']),
      node('Unsqueeze', ['half', 'first'], {}, ['groups']),
      joined('minus', 'groups', 'rest of it'),
      reshape,
    ],
    { 'rest of it': integers([32]) },
  ],
  [
    'sizes that are left where others are −1, as torch.Tensor.expand is exported',
    [
      node('ConstantOfShape', ['three'], { value: { tensor: integers([1]) } }, ['ones']),
      node('Mul', ['ones', 'minus'], {}, ['open']),
      node('Reshape', ['x', 'as three'], {}, ['u']),
      node('Shape', ['u'], {}, ['s']),
      node('Equal', ['wanted', 'open'], {}, ['given']),
      node('Where', ['given', 's', 'wanted'], {}, ['target']),
      reshape,
    ],
    { three: integers([3]), 'as three': integers([0, 4, 16]), wanted: integers([-1, 4, -1]) },
  ],
  [
    'sizes of int32, as tf2onnx has them',
    [
      shape,
      node('Cast', ['s'], { to: { int: elementTypeCodes.int32 } }, ['short']),
      node('Slice', ['short', 'first', 'one'], {}, ['n']),
      node('Concat', ['n', 'rest'], { axis: { int: 0 } }, ['whole']),
      node('Cast', ['whole'], { to: { int: elementTypeCodes.int64 } }, ['target']),
      reshape,
    ],
    { rest: int32(64) },
  ],
  [
    'places that are counted, and a number that is repeated',
    [
      shape,
      node('Range', ['i0', 'i2', 'i1'], {}, ['places']),
      node('Gather', ['s', 'places'], {}, ['front']),
      node('Expand', ['i2', 'two'], {}, ['twice']),
      node('Mul', ['twice', 'twice'], {}, ['fours']),
      joined('front', 'fours'),
      reshape,
    ],
    {},
  ],
  [
    'parts of its sizes, in fractions that are rounded down',
    [
      shape,
      node('Slice', ['s', 'two', 'i4'], {}, ['places']),
      node('Cast', ['places'], { to: { int: elementTypeCodes.float32 } }, ['fractions']),
      node('Mul', ['fractions', 'part'], {}, ['parts']),
      node('Floor', ['parts'], {}, ['floors']),
      node('Cast', ['floors'], { to: { int: elementTypeCodes.int64 } }, ['halves']),
      joined('minus', 'halves', 'sixteen'),
      reshape,
    ],
    { i4: integers([4]), part: floats([], [0.65]), sixteen: integers([16]) },
  ],
  [
    'the shape of a shape',
    [
      shape,
      node('Shape', ['s'], {}, ['rank']),
      node('Mul', ['rank', 'rank'], {}, ['sixteen']),
      joined('minus', 'rank', 'sixteen'),
      reshape,
    ],
    {},
  ],
  [
    'the number of images times 1 and plus 0',
    [
      shape,
      node('Slice', ['s', 'first', 'one'], {}, ['n']),
      node('Mul', ['n', 'one'], {}, ['same']),
      node('Add', ['first', 'same'], {}, ['again']),
      joined('again', 'minus'),
      reshape,
    ],
    {},
  ],
] as const)
  test(`a Reshape target is computed from ${what}`, async (t) => {
    const model = around(nodes, { ...numbers, ...initializers });
    t.is(await differenceToRuntime(model), 0);
  });

function reshapeBy(size: string) {
  return node('Reshape', ['x', size]);
}

for (const [type, other, message] of [
  ['Mod', 'i2', 'computes a size from the batch size (N and 2) that is no multiple of it'],
  ['Sub', 'i1', 'computes a size from the batch size (N and 1) that is no multiple of it'],
  [
    'Equal',
    'i1',
    'compares the batch size with a number (N and 1), which gives no answer that holds for all batches',
  ],
  [
    'Less',
    'i2',
    'compares the batch size with a number (N and 2), which gives no answer that holds for all batches',
  ],
] as const)
  refuses(
    `${type} of the number of images`,
    around([shape, gather('i0', 'n'), node(type, ['n', other], {}, ['m']), reshapeBy('m')], numbers),
    `operation ${type}, node node3: ${message}`,
  );

for (const type of ['Div', 'Mod'])
  refuses(
    `${type} by nothing`,
    around([node(type, ['p', 'q'], {}, ['m']), reshapeBy('m')], { p: integers([4]), q: integers([0]) }),
    `operation ${type}, node node1: 4 and 0 give no whole number`,
  );

refuses(
  'a list in steps of nothing',
  around([node('Range', ['i0', 'i2', 'i0'], {}, ['m']), reshapeBy('m')], numbers),
  'operation Range, node node1: counts in steps of 0',
);

refuses(
  'a list without end',
  around(
    [node('Range', ['i0', 'end', 'i1'], {}, ['r']), node('Gather', ['s', 'r'], {}, ['t']), reshapeBy('t')],
    { ...numbers, end: integers([1e9], []) },
  ),
  'operation Range, node node1: a shape of 1000000000 sizes is computed, more than the 1024 that any has',
);

refuses(
  'a number that is repeated without end',
  around([node('Expand', ['i0', 'end'], {}, ['t']), reshapeBy('t')], { ...numbers, end: integers([1e12]) }),
  'operation Expand, node node1: a shape of 1000000000000 sizes is computed, more than the 1024 that any has',
);

refuses(
  'a product beyond all sizes',
  around([node('Mul', ['much', 'much'], {}, ['t']), reshapeBy('t')], { much: integers([2 ** 40]) }),
  'operation Mul, node node1: 1099511627776 and 1099511627776 give no whole number',
);

refuses(
  'lists of lengths that don’t fit',
  around([node('Add', ['p', 'q'], {}, ['t']), reshapeBy('t')], {
    p: integers([1, 2]),
    q: integers([1, 2, 3]),
  }),
  "operation Add, node node1: lists of 2 and 3 integers don't broadcast",
);

refuses(
  'a shape that is computed with fractions',
  around(
    [
      shape,
      node('Cast', ['s'], { to: { int: elementTypeCodes.float32 } }, ['f']),
      node('Mul', ['f', 'scale'], {}, ['t']),
      reshapeBy('t'),
    ],
    { scale: floats([], [0.5]) },
  ),
  'operation Cast, node node2: input 0 is a shape, where a tensor is expected; export the model with its constants folded',
);

test('a factor that is computed of a size is a number, not a parameter', async (t) => {
  const model = around(
    [
      shape,
      gather('i1', 'c'),
      node('Cast', ['c'], { to: { int: elementTypeCodes.float32 } }, ['number']),
      node('Sqrt', ['number'], {}, ['root']),
      node('Reciprocal', ['root'], {}, ['inverse']),
      node('Add', ['inverse', 'a quarter'], {}, ['factor']),
      node('Mul', ['x', 'factor']),
    ],
    { ...numbers, 'a quarter': floats([], [0.25]) },
  );
  t.true((await differenceToRuntime(model)) < 1e-6);
  t.deepEqual(
    decideModelParameters(model).parameters.map(({ name }) => name),
    ['stem.weight'],
  );
});

test('a bias that ConstantOfShape fills is a parameter, zero where nothing is said', async (t) => {
  const filled = (attributes: Readonly<Record<string, WrittenAttribute>>) =>
    around([node('ConstantOfShape', ['size'], attributes, ['b']), node('Conv', ['x', 'w', 'b'])], {
      size: integers([2]),
      w: floats([2, 4, 1, 1]),
    });
  const constant = (value: number) =>
    around([node('Conv', ['x', 'w', 'b'])], { w: floats([2, 4, 1, 1]), b: floats([2], [value, value]) });
  for (const [model, value] of [
    [filled({}), 0],
    [filled({ value: { tensor: floats([1], [0.75]) } }), 0.75],
  ] as const) {
    t.deepEqual(encodeModel(compileForward(model)), encodeModel(compileForward(constant(value))));
    t.true((await differenceToRuntime(model)) < 1e-6);
  }
});

test('weights without end are refused before they are filled', (t) => {
  const model = around([node('ConstantOfShape', ['size'], {}, ['w']), node('Conv', ['x', 'w'])], {
    size: integers([1e5, 1e5, 1, 1]),
  });
  t.throws(() => compileForward(model), {
    instanceOf: ModelError,
    message: /^operation ConstantOfShape, node node1: the constants that the graph computes take more than/,
  });
});

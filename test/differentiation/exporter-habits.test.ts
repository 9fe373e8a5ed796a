import test from 'ava';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node, type WrittenNode } from '../operations/graph.js';

const constant = (output: string, dims: readonly number[]): WrittenNode =>
  node('Constant', [], { value: { tensor: floats(dims) } }, [output]);

/** A stem, a blurring pool whose filter is in the code, a table in the code, and two factors of one element. */
const network = around(
  [
    constant('filter', [4, 1, 2, 2]),
    node('Conv', ['x', 'filter'], { group: { int: 4 } }, ['blurred']),
    constant('places', [3, 3]),
    node('Mul', ['blurred', 'places'], {}, ['placed']),
    node('Mul', ['placed', 'block.scale'], {}, ['scaled']),
    node('Mul', ['scaled', 'onnx::Mul_12']),
  ],
  { 'block.scale': floats([1], [0.5]), 'onnx::Mul_12': floats([1], [0.25]) },
);

const parametersOf = (model: Model, options = {}): string[] =>
  decideModelParameters(model, options).parameters.map(({ name }) => name);

test('in a file of another exporter, tensors of Constant nodes are parameters and single numbers are not', (t) => {
  t.deepEqual(parametersOf({ ...network, producer: 'PaddlePaddle' }), ['stem.weight', 'filter', 'places']);
  t.deepEqual(parametersOf(network), ['stem.weight', 'filter', 'places']);
});

test("in a file of PyTorch's exporter, what has a name in the module is a parameter, and what the code holds is not", (t) => {
  const { parameters, others } = decideModelParameters({ ...network, producer: 'pytorch' });
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight', 'block.scale'],
  );
  t.deepEqual(
    others.map(({ name }) => name),
    ['filter', 'places', 'onnx::Mul_12'],
  );
});

test('patterns overrule what the exporter tells', (t) => {
  const options = { trainable: ['places'], literals: ['block.scale'] };
  t.deepEqual(parametersOf({ ...network, producer: 'pytorch' }, options), ['stem.weight', 'places']);
});

test('where a tool has turned all initialisers into Constant nodes, they are parameters', (t) => {
  const { initializers } = network.graph;
  const nodes = [...initializers].map(([name, value]) => ({
    name,
    type: 'Constant',
    domain: '',
    inputs: [],
    outputs: [name],
    attributes: new Map([['value', { kind: 'tensor', value } as const]]),
  }));
  const graph = { ...network.graph, nodes: [...nodes, ...network.graph.nodes], initializers: new Map() };
  t.deepEqual(parametersOf({ ...network, producer: 'pytorch', graph }), ['stem.weight', 'filter', 'places']);
});

const pooled = around(
  [
    node('Exp', ['head.logit_scale'], {}, ['scale']),
    node('Mul', ['x', 'scale'], {}, ['scaled']),
    node('Abs', ['scaled'], {}, ['positive']),
    node('Pow', ['positive', 'pool.p'], {}, ['raised']),
    node('GlobalAveragePool', ['raised'], {}, ['pooled']),
    node('Reciprocal', ['pool.p'], {}, ['root']),
    node('Pow', ['pooled', 'root'], {}, ['rooted']),
    node('Clip', ['rooted', 'onnx::Clip_5', 'bound.alpha'], {}, ['clipped']),
    node('Mul', ['clipped', 'bare']),
  ],
  {
    ...{ 'head.logit_scale': floats([], [0.5]), 'pool.p': floats([1], [3]) },
    ...{ bare: floats([1], [2]), 'bound.alpha': floats([], [6]), 'onnx::Clip_5': floats([], [0]) },
  },
);

test('a learnt number counts, be it computed with before it is used, an exponent or a bound', (t) => {
  const { parameters, others } = decideModelParameters({ ...pooled, producer: 'pytorch' });
  t.deepEqual(parameters.map(({ name }) => name).sort(), [
    'bare',
    'bound.alpha',
    'head.logit_scale',
    'pool.p',
    'stem.weight',
  ]);
  t.deepEqual(
    others.map(({ name, reason }) => [name, reason]),
    [['onnx::Clip_5', 'a literal in the code (one number)']],
  );
});

test('where names tell nothing, exponents and bounds are literals, and patterns say otherwise', (t) => {
  const { parameters, others } = decideModelParameters(pooled);
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight'],
  );
  t.deepEqual([...new Set(others.map(({ name }) => name))].sort(), [
    'bare',
    'bound.alpha',
    'onnx::Clip_5',
    'pool.p',
  ]);
  const trainable = ['pool.p', 'bound.alpha', 'onnx::Clip_5'];
  const learnt = decideModelParameters(pooled, { trainable }).parameters;
  t.deepEqual(learnt.map(({ name, uses }) => [name, uses.length]).sort(), [
    ['bound.alpha', 1],
    ['onnx::Clip_5', 1],
    ['pool.p', 2],
    ['stem.weight', 1],
  ]);
  const literals = ['pool.p', 'bound.alpha', 'head.logit_scale', 'bare'];
  t.deepEqual(parametersOf({ ...pooled, producer: 'pytorch' }, { literals }), ['stem.weight']);
});

test('what a linear layer reads is data where most numbers are there several times, else a parameter', (t) => {
  const repeated = Array.from({ length: 12 }, (_, index) => index % 3);
  const distinct = Array.from({ length: 12 }, (_, index) => Math.sin(index));
  const model = (rows: readonly number[]): Model =>
    around([node('MatMul', ['rows', 'weight'], {}, ['table']), node('Add', ['x', 'table'])], {
      rows: floats([4, 3], rows),
      weight: floats([3, 4]),
    });
  t.deepEqual(parametersOf(model(repeated)), ['stem.weight', 'weight']);
  t.deepEqual(parametersOf(model(distinct)), ['stem.weight', 'rows', 'weight']);
});

test('what has the name of a parameter is data for a linear layer only in the order of a grid', (t) => {
  const model = (values: (row: number, column: number) => number, name = 'pool.query'): Model =>
    around([node('MatMul', [name, 'weight'], {}, ['table']), node('Add', ['x', 'table'])], {
      [name]: floats(
        [4, 4, 2],
        Array.from({ length: 32 }, (_, at) => values(Math.floor(at / 2), at % 2)),
      ),
      weight: floats([2, 4]),
    });
  const grid = (row: number, column: number): number => (column === 0 ? Math.floor(row / 4) : row % 4);
  const falling = (row: number, column: number): number => -Math.log2(1 + grid(row, column));
  const fewValues = (row: number, column: number): number => ((row * 5 + column * 3) % 7) / 8;
  const alike = (_row: number, column: number): number => column / 2;
  for (const producer of ['pytorch', '']) {
    for (const places of [grid, falling])
      t.deepEqual(parametersOf({ ...model(places), producer }), ['stem.weight', 'weight']);
    for (const learnt of [fewValues, alike, () => 0])
      t.deepEqual(parametersOf({ ...model(learnt), producer }), ['stem.weight', 'pool.query', 'weight']);
  }
  t.deepEqual(parametersOf(model(fewValues, '12')), ['stem.weight', 'weight']);
  t.deepEqual(parametersOf(model(fewValues), { literals: ['pool.query'] }), ['stem.weight', 'weight']);
  const [, query] = decideModelParameters(model(fewValues)).parameters;
  t.is(
    query?.reason,
    'an initialiser in one parameter slot; its numbers repeat as those of coordinates do, but its name is one of a parameter: literals if it is none',
  );
});

test('of a bias that was folded with zeros for keys, the zeros are no parameters', (t) => {
  const bias = (middle: number) =>
    floats([12], [...[1, 2, 3, 4], ...new Array(4).fill(middle), ...[5, 6, 7, 8]]);
  const model = (middle: number): Model => ({
    ...around(
      [
        node('Transpose', ['x'], { perm: { ints: [0, 2, 3, 1] } }, ['t']),
        node('MatMul', ['t', 'qkv.weight'], {}, ['m']),
        node('Add', ['onnx::Add_7', 'm']),
      ],
      {
        'qkv.weight': floats([4, 12]),
        'onnx::Add_7': bias(middle),
      },
    ),
    producer: 'pytorch',
  });
  t.deepEqual(parametersOf(model(0.5)), ['stem.weight', 'qkv.weight', 'onnx::Add_7']);
  t.deepEqual(parametersOf(model(0)), ['onnx::Add_7[0]', 'onnx::Add_7[2]', 'stem.weight', 'qkv.weight']);
});

test('zeros and ones that weights are multiplied by are a mask', (t) => {
  const mask = floats([1, 4, 1, 1], [1, 0, 1, 1]);
  const model = around([node('Mul', ['x', 'c.weight_mask'])], { 'c.weight_mask': mask });
  t.deepEqual(parametersOf({ ...model, producer: 'pytorch' }), ['stem.weight']);
});

for (const tied of ['tied.weight', '0.weight'])
  test(`what was folded of ${tied}, a parameter that is read elsewhere, reshaped or transposed, is that parameter`, (t) => {
    const weight = Array.from({ length: 8 }, (_, index) => Math.sin(index));
    const turned = Array.from({ length: 8 }, (_, index) => Math.sin((index % 2) * 4 + Math.floor(index / 2)));
    const model = around(
      [
        node('Transpose', ['x'], { perm: { ints: [0, 2, 3, 1] } }, ['t']),
        node('MatMul', ['t', 'onnx::MatMul_5'], {}, ['narrow']),
        node('MatMul', ['narrow', tied], {}, ['wide']),
        node('Mul', ['wide', 'onnx::Mul_6']),
      ],
      {
        [tied]: floats([2, 4], weight),
        'onnx::MatMul_5': floats([4, 2], turned),
        'onnx::Mul_6': floats([4], [1, 2, 3, 4]),
      },
    );
    const { parameters } = decideModelParameters({ ...model, producer: 'pytorch' });
    t.deepEqual(
      parameters.map(({ name, dims }) => [name, dims]),
      [
        ['stem.weight', [4, 3, 1, 1]],
        [tied, [2, 4]],
        ['onnx::Mul_6', [4]],
      ],
    );
    t.deepEqual(parametersOf(model), ['stem.weight', 'onnx::MatMul_5', tied, 'onnx::Mul_6']);
  });

test('a vector of length 1 that a computed weight is multiplied by is a direction, not a parameter', (t) => {
  const model = around(
    [
      node('MatMul', ['matrix', 'c.weight_v'], {}, ['moved']),
      node('MatMul', ['c.weight_u', 'moved'], {}, ['norm']),
      node('Div', ['kernel', 'norm'], {}, ['weight']),
      node('Conv', ['x', 'weight']),
    ],
    {
      ...{ 'c.weight_u': floats([2], [0.6, 0.8]), 'c.weight_v': floats([4], [0.5, -0.5, 0.5, 0.5]) },
      ...{ matrix: floats([2, 4]), kernel: floats([2, 4, 1, 1]) },
    },
  );
  t.deepEqual(parametersOf(model).sort(), ['kernel', 'matrix', 'stem.weight']);
});

test('what has a name in the module counts where values alone would take it for a direction, ones or data', (t) => {
  const halves = floats([4], [0.5, 0.5, 0.5, 0.5]);
  const model = around(
    [
      node('Exp', ['stem.extra'], {}, ['kernel']),
      node('Mul', ['kernel', 'mix.magnitude'], {}, ['mixed']),
      node('Mul', ['mixed', 'conv.weight_u'], {}, ['directed']),
      node('Mul', ['x', 'directed'], {}, ['scaled']),
      node('InstanceNormalization', ['scaled', 'norm.weight', 'norm.bias']),
    ],
    {
      'stem.extra': floats([4], [0.1, 0.2, 0.3, 0.4]),
      'mix.magnitude': halves,
      'conv.weight_u': halves,
      'norm.weight': floats([4], [1, 1, 1, 1]),
      'norm.bias': floats([4], [0, 0, 0, 0]),
    },
  );
  t.deepEqual(parametersOf({ ...model, producer: 'pytorch' }), [
    'stem.weight',
    'stem.extra',
    'mix.magnitude',
    'norm.weight',
    'norm.bias',
  ]);
  t.deepEqual(parametersOf(model), ['stem.weight', 'stem.extra']);
});

test('a learnt table in half precision counts, whose values repeat, and coordinates do not', (t) => {
  const table = (values: number) =>
    floats(
      [400, 4],
      Array.from({ length: 1600 }, (_, i) => ((i * 7) % values) / values),
    );
  const withTable = (values: number): Model =>
    around(
      [
        node('MatMul', ['places', 'w'], {}, ['made']),
        node('ReduceSum', ['made', 'axis'], {}, ['sums']),
        node('Mul', ['x', 'sums']),
      ],
      {
        places: table(values),
        w: floats([4, 4]),
        axis: { type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      },
    );
  t.deepEqual(parametersOf(withTable(500)), ['stem.weight', 'places', 'w']);
  t.deepEqual(parametersOf(withTable(20)), ['stem.weight', 'w']);
});

test("a mask that PyTorch's code computes of a tensor that it holds is none", (t) => {
  const model = around(
    [
      constant('image_mask', [4, 4]),
      node('Equal', ['image_mask', 'onnx::Equal_1'], {}, ['same']),
      node('Where', ['same', 'onnx::Equal_1', 'onnx::Where_2'], {}, ['mask']),
      node('Add', ['x', 'mask']),
    ],
    { 'onnx::Equal_1': floats([], [0]), 'onnx::Where_2': floats([], [-100]) },
  );
  t.deepEqual(parametersOf({ ...model, producer: 'pytorch' }), ['stem.weight']);
});

test('what is called a running statistic is no parameter, whatever it is computed with', (t) => {
  const model = around(
    [
      node('Add', ['bn.running_var', 'onnx::Add_1'], {}, ['variance']),
      node('Sqrt', ['variance'], {}, ['root']),
      node('Div', ['bn.weight', 'root'], {}, ['scale']),
      node('Sub', ['x', 'bn.running_mean'], {}, ['centred']),
      node('Mul', ['centred', 'scale']),
    ],
    {
      ...{ 'bn.running_var': floats([4, 1, 1], [1, 2, 3, 4]), 'bn.running_mean': floats([4, 1, 1]) },
      ...{ 'bn.weight': floats([4, 1, 1]), 'onnx::Add_1': floats([], [1e-5]) },
    },
  );
  for (const producer of ['pytorch', 'tool'])
    t.deepEqual(parametersOf({ ...model, producer }), ['stem.weight', 'bn.weight']);
  t.true(parametersOf(model, { trainable: ['bn.running_var'] }).includes('bn.running_var'));
});

test('an identity matrix with a name in the module is a parameter, also where it is multiplied from the left; other zeros and ones are a mask', (t) => {
  const mixing = (name: string, matrix: readonly number[]) =>
    parametersOf({
      ...around([node('MatMul', [name, 'x'])], { [name]: floats([4, 4], matrix) }),
      producer: 'pytorch',
    });
  const identity = Array.from({ length: 16 }, (_, at) => Number(at % 5 === 0));
  t.deepEqual(mixing('mix', identity), ['stem.weight', 'mix']);
  t.deepEqual(mixing('onnx::MatMul_3', identity), ['stem.weight']);
  t.deepEqual(mixing('mix', identity.toReversed().with(0, 0).with(1, 1)), ['stem.weight']);
});

import test from 'ava';
import type { Tensor } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node } from '../operations/graph.js';

/** PReLUs, by the names of their nodes, of slopes that are equal: PyTorch's exporter writes one, and copies for the others. */
function slopesOf(names: readonly string[], slope: Tensor, producer = 'pytorch'): Record<string, number> {
  const model = around(
    [
      ...names.slice(1).map((_, at) => node('Identity', ['onnx::PRelu_10'], {}, [`onnx::PRelu_${at + 11}`])),
      ...names.map((_, at) =>
        node('PRelu', [at === 0 ? 'x' : `u${at - 1}`, `onnx::PRelu_${at + 10}`], {}, [
          at === names.length - 1 ? 'y' : `u${at}`,
        ]),
      ),
    ],
    { 'onnx::PRelu_10': slope },
  );
  let next = 0;
  const nodes = model.graph.nodes.map((one) =>
    one.type === 'PRelu' ? { ...one, name: names[next++] ?? '' } : one,
  );
  const { parameters } = decideModelParameters({ ...model, producer, graph: { ...model.graph, nodes } });
  return Object.fromEntries(
    parameters.filter(({ role }) => role === 'scale').map(({ name, uses }) => [name, uses.length]),
  );
}

const quarter = floats([1, 1, 1], [0.25]);
const apart = { 'onnx::PRelu_10': 1, 'onnx::PRelu_11': 1 };

test('slopes of two modules that are equal as they were made are two parameters', (t) => {
  t.deepEqual(slopesOf(['/a/PRelu', '/b/PRelu'], quarter), apart);
  t.deepEqual(slopesOf(['/a/PRelu', '/b/PRelu'], floats([4, 1, 1], [0.1, 0.1, 0.1, 0.1])), apart);
  t.deepEqual(slopesOf(['PRelu_3', 'PRelu_5'], quarter), apart);
});

test('the slope of one module that is called again is one parameter', (t) => {
  t.deepEqual(slopesOf(['/a/act/PRelu', '/a/act_1/PRelu'], quarter), { 'onnx::PRelu_10': 2 });
  t.deepEqual(slopesOf(['/a/act/PRelu', '/a_1/act/PRelu', '/b/act/PRelu', '/b/act_1/PRelu'], quarter), {
    'onnx::PRelu_10': 2,
    'onnx::PRelu_12': 2,
  });
});

test('modules whose names end in numbers are not one that is called again', (t) => {
  t.deepEqual(slopesOf(['/act_1/PRelu', '/act_2/PRelu'], quarter), apart);
});

test('slopes that were learnt and are equal are one parameter', (t) => {
  const shared = { 'onnx::PRelu_10': 2 };
  t.deepEqual(slopesOf(['/a/PRelu', '/b/PRelu'], floats([1, 1, 1], [0.213741])), shared);
  t.deepEqual(slopesOf(['/a/PRelu', '/b/PRelu'], floats([4, 1, 1], [0.25, 0.25, 0.5, 0.25])), shared);
});

test('copies of other exporters are the same tensor once more', (t) => {
  t.deepEqual(slopesOf(['/a/PRelu', '/b/PRelu'], quarter, 'tool'), { 'onnx::PRelu_10': 2 });
});

/** Two layers whose weights, folded, and biases are equal, each bias under its own name; by the names of the modules. */
function layersOf(modules: readonly [string, string], bias: readonly number[]): string[] {
  const [first, second] = modules.map((name) => name.slice(1).replaceAll('/', '.'));
  const model = around(
    [
      node('Identity', ['onnx::MatMul_10'], {}, ['onnx::MatMul_11']),
      node('Identity', [`${first}.bias`], {}, [`${second}.bias`]),
      node('MatMul', ['x', 'onnx::MatMul_10'], {}, ['m']),
      node('Add', ['m', `${first}.bias`], {}, ['a']),
      node('MatMul', ['a', 'onnx::MatMul_11'], {}, ['n']),
      node('Add', ['n', `${second}.bias`]),
    ],
    { 'onnx::MatMul_10': floats([4, 4]), [`${first}.bias`]: floats([4], bias) },
  );
  let next = 0;
  const nodes = model.graph.nodes.map((one) => {
    if (one.type !== 'MatMul' && one.type !== 'Add') return one;
    return { ...one, name: `${modules[next++ < 2 ? 0 : 1]}/${one.type}` };
  });
  const copied = { ...model, producer: 'pytorch', graph: { ...model.graph, nodes } };
  return decideModelParameters(copied)
    .parameters.map(({ name }) => name)
    .filter((name) => name.includes('MatMul'));
}

test('weights of layers that were copied from each other are two parameters', (t) => {
  const learnt = [0.0213, -0.1371, 0.5112, 0.25];
  t.deepEqual(layersOf(['/e/layers.0', '/e/layers.1'], learnt), ['onnx::MatMul_10', 'onnx::MatMul_11']);
  t.deepEqual(layersOf(['/e/layers.0', '/e/layers.1'], [0, 0, 0, 0]), ['onnx::MatMul_10']);
});

test('where a file names no modules but has their state, each node counts as one', (t) => {
  t.deepEqual(slopesOf(['/PRelu', '/PRelu_1'], quarter), apart);
});

test('zeros that code fills a tensor with are no parameter, though they are stored as a copy of a bias of zeros', (t) => {
  const model = around(
    [
      node('Identity', ['proj.bias'], {}, ['onnx::Expand_10']),
      node('Expand', ['onnx::Expand_10', 'sizes'], {}, ['filled']),
      node('Concat', ['keys.bias', 'filled'], { axis: { int: 0 } }, ['joined']),
      node('MatMul', ['x', 'proj.weight'], {}, ['m']),
      node('Add', ['m', 'proj.bias'], {}, ['a']),
      node('MatMul', ['a', 'keys.weight'], {}, ['n']),
      node('Add', ['n', 'joined']),
    ],
    {
      'proj.weight': floats([4, 4]),
      'proj.bias': floats([4], [0, 0, 0, 0]),
      'keys.weight': floats([4, 8]),
      'keys.bias': floats([4], [0.5, 0.25, -0.125, 0.75]),
      sizes: { type: 'int64', dims: [1], data: BigInt64Array.of(4n) },
    },
  );
  const nodes = model.graph.nodes.map((one) =>
    one.type === 'Expand' || one.outputs[0] === 'a' ? { ...one, name: `/attn/${one.type}` } : one,
  );
  const { parameters } = decideModelParameters({
    ...model,
    producer: 'pytorch',
    graph: { ...model.graph, nodes },
  });
  const uses = Object.fromEntries(parameters.map(({ name, uses: all }) => [name, all.length]));
  t.is(uses['proj.bias'], 1);
  t.is(uses['keys.bias'], 1);
  t.false('onnx::Expand_10' in uses);
});

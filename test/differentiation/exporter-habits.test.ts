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

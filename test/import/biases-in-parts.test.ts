import test from 'ava';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node, type WrittenNode } from '../operations/graph.js';

/** Two layers to 12 numbers, whose biases are one tensor of the file and a copy of it, and what reads those numbers. */
function network(bias: readonly number[], read: (from: string, to: string) => readonly WrittenNode[]): Model {
  const layer = (at: number, from: string): WrittenNode[] => [
    node('MatMul', [from, `w${at}`], {}, [`m${at}`]),
    node('Add', [`onnx::Add_${at}`, `m${at}`], {}, [`s${at}`]),
    ...read(`s${at}`, at === 1 ? 'u' : 'y'),
  ];
  const model = around(
    [node('Identity', ['onnx::Add_1'], {}, ['onnx::Add_2']), ...layer(1, 'x'), ...layer(2, 'u')],
    {
      ...{ 'onnx::Add_1': floats([12], bias), w1: floats([4, 12]), w2: floats([4, 12]) },
      ...{ shape: integers([0, 16, 3, 4]), rows: integers([0, 4, 4, 4]) },
      ...Object.fromEntries([0, 1, 2].map((at) => [`at${at}`, integers([at], [])])),
    },
  );
  return { ...model, producer: 'pytorch' };
}

const biases = (model: Model): string[] =>
  decideModelParameters(model)
    .parameters.map(({ name }) => name)
    .filter((name) => name.includes('Add'));

/** Queries, keys and values, as each head of attention takes them out of one tensor. */
const inThree = (from: string, to: string): WrittenNode[] => [
  node('Reshape', [from, 'shape'], {}, [`${to}r`]),
  node('Transpose', [`${to}r`], { perm: { ints: [2, 0, 1, 3] } }, [`${to}t`]),
  ...[0, 1, 2].map((at) => node('Gather', [`${to}t`, `at${at}`], { axis: { int: 0 } }, [`${to}${at}`])),
  node('Sum', [`${to}0`, `${to}1`, `${to}2`], {}, [`${to}s`]),
  node('Reshape', [`${to}s`, 'rows'], {}, [to]),
];
const inThreeBySplit = (from: string, to: string): WrittenNode[] => [
  node('Split', [from], { axis: { int: 3 } }, [`${to}0`, `${to}1`, `${to}2`]),
  node('Sum', [`${to}0`, `${to}1`, `${to}2`], {}, [to]),
];
const inOne = (from: string, to: string): WrittenNode[] => [
  node('Reshape', [from, 'shape'], {}, [`${to}r`]),
  node('ReduceMean', [`${to}r`], { axes: { ints: [2] }, keepdims: { int: 0 } }, [`${to}s`]),
  node('Reshape', [`${to}s`, 'rows'], {}, [to]),
];

const zeros = new Array<number>(12).fill(0);
const parts = ['onnx::Add_1[0]', 'onnx::Add_1[2]', 'onnx::Add_2[0]', 'onnx::Add_2[2]'];

for (const [how, read] of [
  ['gathered', inThree],
  ['split', inThreeBySplit],
] as const)
  test(`of a bias of zeros that is ${how} as queries, keys and values, that of keys is no parameter`, (t) => {
    t.deepEqual(biases(network(zeros, read)), parts);
  });

test('a bias of zeros that is not taken apart in three is one parameter', (t) => {
  t.deepEqual(biases(network(zeros, inOne)), ['onnx::Add_1', 'onnx::Add_2']);
});

test('of a bias that is 0 in the middle alone the zeros are none, whatever reads it', (t) => {
  const bias = zeros.map((_, at) => (at < 4 || at >= 8 ? at + 0.25 : 0));
  t.deepEqual(biases(network(bias, inOne)), parts.slice(0, 2));
});

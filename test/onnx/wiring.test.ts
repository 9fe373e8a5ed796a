import test from 'ava';
import { neededNodes, onlyRead, producersOf, readersOf } from '../../stages/onnx/wiring.js';

const node = (name: string, inputs: readonly string[], outputs: readonly string[]) => ({
  name,
  inputs,
  outputs,
});
const nodes = [
  node('square', ['x', 'x'], ['y']),
  node('pool', ['y', ''], ['z', '']),
  node('other', ['y'], ['unused']),
];

test('a tensor is read as often as a node names it, and an empty name is no tensor', (t) => {
  const readers = readersOf(nodes);
  const names = (tensor: string) => readers.get(tensor)?.map(({ name }) => name);
  t.deepEqual(names('x'), ['square', 'square']);
  t.deepEqual(names('y'), ['pool', 'other']);
  t.false(readers.has('') || readers.has('z'));
});

test('a tensor is made by the last node that names it as an output', (t) => {
  const producers = producersOf([...nodes, node('again', [], ['z'])]);
  t.is(producers.get('y')?.name, 'square');
  t.is(producers.get('z')?.name, 'again');
  t.false(producers.has('') || producers.has('x'));
});

test('nodes that a tensor is computed from are found up to what is given', (t) => {
  const names = (given?: string) => [...neededNodes(nodes, ['z'], given)].map(({ name }) => name).sort();
  t.deepEqual(names(), ['pool', 'square']);
  t.deepEqual(names('y'), ['pool']);
});

test('of tensors, those that no node reads are left out, in the order in which they were', (t) => {
  const tensors = new Map([
    ['z', 1],
    ['y', 2],
    ['x', 3],
  ]);
  t.deepEqual(
    [...onlyRead(tensors, nodes)],
    [
      ['y', 2],
      ['x', 3],
    ],
  );
});

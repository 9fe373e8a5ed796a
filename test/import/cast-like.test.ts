import test from 'ava';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

test('sizes, literals and what is computed take the type of another value, and how many elements there are is known', async (t) => {
  const model = around(
    [
      node('Shape', ['x'], { start: { int: 1 } }, ['part']),
      node('Size', ['part'], {}, ['axes']),
      node('CastLike', ['axes', 'x'], {}, ['factor']),
      node('Constant', [], { value_float: { float: 0.5 } }, ['half']),
      node('CastLike', ['half', 'x'], {}, ['halved']),
      node('Mul', ['x', 'factor'], {}, ['a']),
      node('Mul', ['a', 'halved'], {}, ['b']),
      node('CastLike', ['b', 'W'], {}, ['c']),
      node('Add', ['c', 'W']),
    ],
    { W: floats([4, 1, 1]) },
  );
  t.true((await differenceToRuntime(model)) < 1e-5);
  compileOneShot(model);
  const { parameters } = decideModelParameters(model);
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight', 'W'],
  );
});

test('the number of elements of a batch is a multiple of its images', async (t) => {
  const model = around([
    node('Size', ['x'], {}, ['all']),
    node('Constant', [], { value_int: { int: 64 } }, ['each']),
    node('Div', ['all', 'each'], {}, ['images']),
    node('Constant', [], { value_ints: { ints: [0] } }, ['axes']),
    node('Unsqueeze', ['images', 'axes'], {}, ['front']),
    node('Constant', [], { value_ints: { ints: [64] } }, ['behind']),
    node('Concat', ['front', 'behind'], { axis: { int: 0 } }, ['target']),
    node('Reshape', ['x', 'target']),
  ]);
  t.true((await differenceToRuntime(model)) < 1e-5);
});

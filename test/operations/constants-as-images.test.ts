import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { differenceToRuntime } from '../import/against-runtime.js';
import { around, floats, node } from './graph.js';

test('a convolution of constants alone is what each image gets, in a file for one image at a time', async (t) => {
  const model = around(
    [
      node('Conv', ['z', 'w', 'b'], { pads: { ints: [1, 1, 1, 1] } }, ['c']),
      node('Add', ['c', 'x'], {}, ['s']),
      node('Conv', ['s', 'w', 'b'], { pads: { ints: [1, 1, 1, 1] } }),
    ],
    { z: floats([1, 4, 4, 4]), w: floats([4, 4, 3, 3]), b: floats([4]) },
    { batch: 1 },
  );
  t.true((await differenceToRuntime(model, { images: 1 })) < 1e-6);
  t.deepEqual(
    decideModelParameters(model).parameters.map(({ name, uses }) => [name, uses.length]),
    [
      ['stem.weight', 1],
      ['z', 1],
      ['w', 2],
      ['b', 2],
    ],
  );
});

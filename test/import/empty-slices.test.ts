import test from 'ava';
import { around, integers, node } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';
import { differenceToRuntime } from './against-runtime.js';

const places = { zero: integers([0]), all: integers([2 ** 31 - 1]), axis: integers([3]) };

test('what is rolled by 0 is as it was', async (t) => {
  const model = around(
    [
      node('Slice', ['x', 'zero', 'all', 'axis'], {}, ['rest']),
      node('Slice', ['x', 'zero', 'zero', 'axis'], {}, ['none']),
      node('Concat', ['rest', 'none'], { axis: { int: 3 } }),
    ],
    places,
  );
  t.true((await differenceToRuntime(model)) < 1e-6);
});

refuses(
  'nothing alone',
  around([node('Slice', ['x', 'zero', 'zero', 'axis'])], places),
  'operation Slice, node node1: 0 to 0 leaves nothing of axis 3, which has 4',
);

import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('expand');

test('a constant that is repeated for each image is a parameter', (t) => {
  const model = around(
    [node('Expand', ['c', 's'], {}, ['e']), node('Add', ['x', 'e'])],
    {
      c: floats([1, 4, 4, 4]),
      s: integers([2, 4, 4, 4]),
    },
    { batch: 2 },
  );
  const { parameters } = decideModelParameters(model);
  t.is(parameters.find(({ name }) => name === 'c')?.role, 'tensor');
});

refuses(
  'expand: an activation that does not broadcast',
  around([node('Expand', ['x', 's'])], { s: integers([1, 3, 1, 1]) }),
  "operation Expand, node node1: [N, 4, 4, 4] and [1, 3, 1, 1] don't broadcast",
);

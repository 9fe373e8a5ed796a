import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('instance-normalization');

refuses(
  'instance-normalization: a scale of another length',
  around([node('InstanceNormalization', ['x', 'g', 'b'])], { g: floats([5]), b: floats([4]) }),
  'operation InstanceNormalization, node node1: input 1 has shape [5], expected [4]',
);

refuses(
  'instance-normalization: features without positions',
  around([node('Flatten', ['x'], {}, ['f']), node('InstanceNormalization', ['f', 'g', 'g'])], {
    g: floats([64]),
  }),
  'operation InstanceNormalization, node node2: input has shape [N, 64], which has no positions',
);

test('ones and zeros that the code holds are no parameters', (t) => {
  const literal = (name: string, value: number) =>
    node('Constant', [], { value: { tensor: floats([4], [value, value, value, value]) } }, [name]);
  const model = around([literal('g', 1), literal('b', 0), node('InstanceNormalization', ['x', 'g', 'b'])]);
  const { parameters } = decideModelParameters(model);
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight'],
  );
});

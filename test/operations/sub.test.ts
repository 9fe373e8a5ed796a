import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('sub');

refuses(
  'sub: a constant that does not broadcast',
  around([node('Sub', ['x', 'c'])], { c: floats([3, 1, 1]) }),
  "operation Sub, node node1: [N, 4, 4, 4] and [3, 1, 1] don't broadcast",
);

test('a constant that is taken away is a shift, unless it is one number', (t) => {
  const roles = (dims: readonly number[]) => {
    const { parameters, others } = decideModelParameters(
      around([node('Relu', ['x'], {}, ['r']), node('Sub', ['r', 'c'])], { c: floats(dims) }),
    );
    return [
      ...parameters.filter(({ name }) => name === 'c').map(({ role }) => role),
      ...others.map(({ reason }) => reason),
    ];
  };
  t.deepEqual(roles([4, 1, 1]), ['shift']);
  t.deepEqual(roles([1, 1, 1]), ['a literal in the code (one number)']);
  t.deepEqual(roles([]), ['a literal in the code (one number)']);
});

test('a mean taken from the image before any weights is input normalisation', (t) => {
  const model = around([node('Relu', ['x'])]);
  const [stem, ...others] = model.graph.nodes;
  const nodes = [
    { ...stem!, name: 'less mean', type: 'Sub', inputs: ['image', 'mean'], outputs: ['centred'] },
    { ...stem!, name: 'by deviation', type: 'Div', inputs: ['centred', 'deviation'], outputs: ['normal'] },
    { ...stem!, inputs: ['normal', 'stem.weight'] },
    ...others,
  ];
  const initializers = new Map(model.graph.initializers)
    .set('mean', floats([3, 1, 1]))
    .set('deviation', floats([3, 1, 1], [0.25, 0.5, 1]));
  const { parameters, others: constants } = decideModelParameters({
    ...model,
    graph: { ...model.graph, nodes, initializers },
  });
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight'],
  );
  t.deepEqual(
    new Set(constants.map(({ reason }) => reason)),
    new Set(['input normalisation: no weights before it']),
  );
});

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of ['group-normalization', 'mean-variance-normalization', 'lp-normalization'])
  followsTheReference(rule);

const groups = (count: number) => node('GroupNormalization', ['x', 'g', 'b'], { num_groups: { int: count } });

refuses(
  'group-normalization: scales of channels in an operator set that has them of groups',
  around([groups(2)], { g: floats([4]), b: floats([4]) }, { opset: 18 }),
  'operation GroupNormalization, node node1: input 1 has shape [4], expected [2] in operator set 18',
);

refuses(
  'group-normalization: scales of groups in an operator set that has them of channels',
  around([groups(2)], { g: floats([2]), b: floats([2]) }, { opset: 21 }),
  'operation GroupNormalization, node node1: input 1 has shape [2], expected [4] in operator set 21',
);

refuses(
  'group-normalization: groups that channels do not divide into',
  around([groups(3)], { g: floats([4]), b: floats([4]) }, { opset: 21 }),
  "operation GroupNormalization, node node1: num_groups is 3, which 4 channels don't divide into",
);

refuses(
  'mean-variance-normalization: over the batch, as it is by default',
  around([node('MeanVarianceNormalization', ['x'])]),
  "operation ReduceMean, node node1: axes [0,2,3] of [N, 4, 4, 4] hold the batch's: that would mix images with each other",
);

refuses(
  'lp-normalization: the sum of absolute values',
  around([node('LpNormalization', ['x'], { p: { int: 1 } })]),
  'operation LpNormalization, node node1: p is 1, only 2 is supported',
);

refuses(
  'layer-normalization: a mean that is read',
  around([node('LayerNormalization', ['x', 'g'], {}, ['n', 'mean']), node('Identity', ['mean'])], {
    g: floats([4]),
  }),
  'operation LayerNormalization, node node1: its output mean, which node node2 (Identity) reads, is not supported',
);

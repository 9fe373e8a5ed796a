import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('transpose');

refuses(
  'transpose: an order of too few axes',
  around([node('Transpose', ['x'], { perm: { ints: [0, 2, 1] } })]),
  'operation Transpose, node node1: perm is [0, 2, 1], expected an order of 4 axes',
);

refuses(
  'transpose: an order that names an axis twice',
  around([node('Transpose', ['x'], { perm: { ints: [0, 1, 1, 3] } })]),
  'operation Transpose, node node1: perm is [0, 1, 1, 3], expected an order of 4 axes',
);

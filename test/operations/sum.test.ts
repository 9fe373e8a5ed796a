import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('sum');

refuses(
  'sum: a constant that does not broadcast',
  around([node('Sum', ['x', 'x', 'c'])], { c: floats([3, 1, 1]) }),
  "operation Sum, node node1: [N, 4, 4, 4] and [3, 1, 1] don't broadcast",
);

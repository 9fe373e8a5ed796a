import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('mul');

refuses(
  'mul: a constant that does not broadcast',
  around([node('Mul', ['x', 'c'])], { c: floats([4, 3, 1]) }),
  "operation Mul, node node1: [N, 4, 4, 4] and [4, 3, 1] don't broadcast",
);

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('div');

refuses(
  'div: a divisor with an entry for each image of a batch',
  around([node('Div', ['x', 'c'])], { c: floats([2, 4, 1, 1]) }),
  "operation Div, node node1: [N, 4, 4, 4] and [2, 4, 1, 1] don't broadcast",
);

import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('add');

refuses(
  'add: a constant that does not broadcast',
  around([node('Add', ['x', 'c'])], { c: floats([3, 1, 1]) }),
  "operation Add, node node1: [N, 4, 4, 4] and [3, 1, 1] don't broadcast",
);

refuses(
  'add: a constant with an entry for each image of a batch',
  around([node('Add', ['x', 'c'])], { c: floats([2, 4, 1, 1]) }),
  "operation Add, node node1: [N, 4, 4, 4] and [2, 4, 1, 1] don't broadcast",
);

refuses(
  'add: an integer constant',
  around([node('Add', ['x', 'c'])], { c: integers([1]) }),
  'operation Add, node node1: input 1 is of type int64; only float32 networks can be scored: export the model in float32',
);

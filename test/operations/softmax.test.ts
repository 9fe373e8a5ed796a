import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('softmax');

refuses(
  'softmax: the batch axis',
  around([node('Softmax', ['x'], { axis: { int: -4 } }, ['s']), node('Add', ['s', 'x'])]),
  "operation Softmax, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('flatten');

refuses(
  'flatten: axis 0',
  around([node('Flatten', ['x'], { axis: { int: 0 } })]),
  'the output has shape [1, 64N], expected logits [N, classes]',
);

refuses(
  'flatten: axis 2',
  around([node('Flatten', ['x'], { axis: { int: 2 } })]),
  'the output has shape [4N, 16], expected logits [N, classes]',
);

import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('flatten');

refuses(
  'flatten: axis 0',
  around([node('Flatten', ['x'], { axis: { int: 0 } })]),
  'operation Flatten, node node1: axis 0 would merge the batch with other axes',
);

refuses(
  'flatten: axis 2',
  around([node('Flatten', ['x'], { axis: { int: 2 } })]),
  'operation Flatten, node node1: axis 2 would merge the batch with other axes',
);

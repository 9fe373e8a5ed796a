import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('max-pool');

refuses(
  'max-pool: an Indices output that is read',
  around([node('MaxPool', ['x'], { kernel_shape: { ints: [2, 2] } }, ['p', 'i']), node('Identity', ['i'])]),
  'operation MaxPool, node node1: its output i, which node node2 (Identity) reads, is not supported',
);

refuses(
  'max-pool: a window without a size',
  around([node('MaxPool', ['x'])]),
  'operation MaxPool, node node1: kernel_shape is [], expected two sizes',
);

import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('pool-volumes');

const volume = node('Reshape', ['x', 'volume'], {}, ['v']);
const sizes = { volume: integers([-1, 1, 4, 4, 4]) };
const kernel_shape = { ints: [2, 2, 2] };

refuses(
  'a pool over three axes: strides over two',
  around([volume, node('MaxPool', ['v'], { kernel_shape, strides: { ints: [2, 2] } })], sizes),
  'operation MaxPool, node node2: strides is [2, 2], expected 3 sizes for three axes',
);

refuses(
  'a pool over three axes: a window larger than the input',
  around([volume, node('AveragePool', ['v'], { kernel_shape: { ints: [5, 2, 2] } })], sizes),
  "operation AveragePool, node node2: a window of 5 does not fit into the padded image's 4 pixels",
);

refuses(
  'a pool over three axes: the places of its maxima',
  around([volume, node('MaxPool', ['v'], { kernel_shape }, ['y', 'places'])], sizes),
  'operation MaxPool, node node2: gives the places of its maxima over three axes, which is not supported',
);

import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('average-pool');

refuses(
  'average-pool: dilation',
  around(
    [node('AveragePool', ['x'], { kernel_shape: { ints: [2, 2] }, dilations: { ints: [2, 2] } })],
    {},
    { opset: 19 },
  ),
  'operation AveragePool, node node1: dilations [2,2] are not supported',
);

refuses(
  'average-pool: a window that hangs over the edge',
  around([
    node('AveragePool', ['x'], {
      kernel_shape: { ints: [3, 3] },
      strides: { ints: [2, 2] },
      ceil_mode: { int: 1 },
    }),
  ]),
  'operation AveragePool, node node1: windows that hang over the edge (ceil_mode) are not supported',
);

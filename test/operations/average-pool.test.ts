import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('average-pool');
followsTheReference('average-pool-dilated');

refuses(
  'average-pool: windows that see padding alone',
  around(
    [
      node('AveragePool', ['x'], {
        kernel_shape: { ints: [2, 2] },
        dilations: { ints: [5, 5] },
        pads: { ints: [3, 3, 3, 3] },
      }),
    ],
    {},
    { opset: 19 },
  ),
  'operation AveragePool, node node1: pads [3,3,3,3] make windows of padding alone',
);

refuses(
  'average-pool: windows of padding alone',
  around([node('AveragePool', ['x'], { kernel_shape: { ints: [2, 2] }, pads: { ints: [2, 0, 0, 0] } })]),
  'operation AveragePool, node node1: pads [2,0,0,0] make windows of padding alone',
);

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
  'average-pool: windows of padding alone',
  around([node('AveragePool', ['x'], { kernel_shape: { ints: [2, 2] }, pads: { ints: [2, 0, 0, 0] } })]),
  'operation AveragePool, node node1: pads [2,0,0,0] make windows of padding alone',
);

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('rms-normalization');

for (const axis of [4, -5])
  refuses(
    `an RMSNormalization over axis ${axis} of four`,
    around(
      [node('RMSNormalization', ['x', 'c'], { axis: { int: axis } })],
      { c: floats([4]) },
      { opset: 23 },
    ),
    `operation RMSNormalization, node node1: axis ${axis} does not exist at rank 4, expected -4 to 3`,
  );

refuses(
  'an RMSNormalization over the batch too',
  around([node('RMSNormalization', ['x', 'c'], { axis: { int: 0 } })], { c: floats([4, 4]) }, { opset: 23 }),
  "operation ReduceMean, node node1: axes [0,1,2,3] of [N, 4, 4, 4] hold the batch's: that would mix images with each other",
);

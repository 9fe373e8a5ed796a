import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('reduce-mean');
followsTheReference('reduce-sum');
for (const rule of [
  'log-softmax',
  'reduce-l1',
  'reduce-sum-square',
  'reduce-log-sum',
  'reduce-log-sum-exp',
  'roots-of-squares',
])
  followsTheReference(rule);

refuses(
  'reduce-mean: the batch axis',
  around([node('ReduceMean', ['x'], { axes: { ints: [0, 1] } })]),
  "operation ReduceMean, node node1: axes [0,1] of [N, 4, 4, 4] hold the batch's: that would mix images with each other",
);

refuses(
  'reduce-sum: all axes',
  around([node('ReduceSum', ['x'])]),
  "operation ReduceSum, node node1: axes [0,1,2,3] of [N, 4, 4, 4] hold the batch's: that would mix images with each other",
);

refuses(
  'reduce-sum: an axis that does not exist',
  around([node('ReduceSum', ['x', 'axes'])], { axes: integers([4]) }),
  'operation ReduceSum, node node1: axis 4 does not exist at rank 4, expected -4 to 3',
);

refuses(
  'reduce-mean: an axis that is named twice',
  around([node('ReduceMean', ['x'], { axes: { ints: [3, -1] } })]),
  'operation ReduceMean, node node1: axes [3, 3] name an axis twice',
);

refuses(
  'reduce-mean: axes that are computed from the image',
  around([node('ReduceMean', ['x', 'x'])], {}, { opset: 18 }),
  'operation ReduceMean, node node1: input 1 must be known before any image is',
);

refuses(
  'reduce-sum: axes of floating point',
  around([node('ReduceSum', ['x', 'axes'])], { axes: floats([1], [1]) }),
  'operation ReduceSum, node node1: input 1 must be known before any image is',
);

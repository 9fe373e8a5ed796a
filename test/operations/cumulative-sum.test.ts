import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('cum-sum');

refuses(
  'cum-sum: the batch',
  around([node('CumSum', ['x', 'axis'])], { axis: integers([0]) }),
  "operation CumSum, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'cum-sum: an axis that is computed from the image',
  around([node('CumSum', ['x', 'x'])]),
  'operation CumSum, node node1: input 1 must be known before any image is',
);

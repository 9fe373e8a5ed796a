import { around, booleans, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of ['max', 'min', 'mean', 'reduce-max', 'reduce-min', 'global-max-pool', 'where'])
  followsTheReference(rule);

refuses(
  'max: a bound that is no number',
  around([node('Max', ['x', 'b'])], { b: floats([], [Number.NaN]) }),
  'operation Max, node node1: input 1 has shape [] and holds NaN, expected one number',
);

refuses(
  'reduce-max: the batch',
  around([node('ReduceMax', ['x'], { axes: { ints: [0] } })]),
  "operation ReduceMax, node node1: axes [0] of [N, 4, 4, 4] hold the batch's: that would mix images with each other",
);

refuses(
  'reduce-min: a list of no axes that means none',
  around([node('ReduceMin', ['x'], { noop_with_empty_axes: { int: 1 } })], {}, { opset: 18 }),
  'operation ReduceMin, node node1: noop_with_empty_axes is not supported: name the axes',
);

refuses(
  'global-max-pool: features without positions',
  around([node('Flatten', ['x'], {}, ['f']), node('GlobalMaxPool', ['f'])]),
  'operation GlobalMaxPool, node node2: input has shape [N, 64], expected one to 16777216 positions behind two axes',
);

refuses(
  'where: a condition that is no truth',
  around([node('Where', ['c', 'x', 'x'])], { c: floats([4, 1, 1]) }),
  'operation Where, node node1: input 0, the condition, must be truth values',
);

refuses(
  'where: one choice missing',
  around([node('Where', ['c', 'x'])], { c: booleans(true), unused: integers([1]) }),
  'operation Where, node node1: input 2 is missing',
);

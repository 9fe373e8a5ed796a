import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of ['conv-rows', 'pool-rows']) followsTheReference(rule);

const rows = node('Reshape', ['x', 'rows'], {}, ['m']);
const target = { rows: integers([0, 4, -1]) };

refuses(
  'conv: kernels over two axes on rows',
  around([rows, node('Conv', ['m', 'w'])], { ...target, w: floats([5, 4, 1, 1]) }),
  'operation Conv, node node2: the kernels have shape [5, 4, 1, 1], expected [O, C/group, k]',
);

refuses(
  'conv: kernels over one axis on images',
  around([node('Conv', ['x', 'w'])], { w: floats([5, 4, 3]) }),
  'operation Conv, node node1: the kernels have shape [5, 4, 3], expected [O, C/group, kh, kw]',
);

refuses(
  'max-pool: strides of two axes on rows',
  around([rows, node('MaxPool', ['m'], { kernel_shape: { ints: [2] }, strides: { ints: [1, 2] } })], target),
  'operation MaxPool, node node2: strides is [1, 1, 2], expected two sizes',
);

refuses(
  'max-pool: four axes',
  around(
    [
      node('Unsqueeze', ['x', 'axes'], {}, ['v']),
      node('MaxPool', ['v'], { kernel_shape: { ints: [1, 1, 2, 2] } }),
    ],
    { axes: integers([2, 3]) },
  ),
  'operation MaxPool, node node2: input has 6 axes; only images [N, C, H, W] are supported',
);

import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('conv-volumes');

const volume = node('Reshape', ['x', 'volume'], {}, ['v']);
const sizes = { volume: integers([-1, 1, 4, 4, 4]) };

refuses(
  'conv over three axes: a kernel larger than the input',
  around([volume, node('Conv', ['v', 'w'])], { ...sizes, w: floats([2, 1, 5, 1, 1]) }),
  "operation Conv, node node2: a window of 5 does not fit into the padded input's 4 elements along axis 2",
);

refuses(
  'conv over three axes: padding of another kind',
  around([volume, node('Conv', ['v', 'w'], { auto_pad: { string: 'SAME' } })], {
    ...sizes,
    w: floats([2, 1, 2, 2, 2]),
  }),
  'operation Conv, node node2: auto_pad is SAME, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER',
);

refuses(
  'conv over three axes: kernels over two',
  around([volume, node('Conv', ['v', 'w'])], { ...sizes, w: floats([2, 1, 2, 2]) }),
  'operation Conv, node node2: the kernels have shape [2, 1, 2, 2], expected [O, C/group, kd, kh, kw]',
);

refuses(
  'conv over three axes: kernels for other channels',
  around([volume, node('Conv', ['v', 'w'])], { ...sizes, w: floats([2, 3, 1, 1, 1]) }),
  'operation Conv, node node2: input has 1 channels, the kernels expect 3',
);

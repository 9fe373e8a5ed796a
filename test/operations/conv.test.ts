import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('conv');

refuses(
  'conv: a kernel for another number of channels',
  around([node('Conv', ['x', 'w'])], { w: floats([2, 3, 1, 1]) }),
  'operation Conv, node node1: input has 4 channels, the kernels expect 3',
);

refuses(
  'conv: a kernel computed from the image',
  around([node('Conv', ['x', 'x'])]),
  'operation Conv, node node1: input 1 must be a constant, but it is computed from the image: layers whose weights are made for each image, as of mixtures of kernels, are not supported; give a network whose weights are the same for all images',
);

refuses(
  'conv: a kernel in double precision',
  around([node('Conv', ['x', 'w'])], {
    w: { type: 'float64', dims: [2, 4, 1, 1], data: new Uint8Array(new Float64Array(8).fill(0.1).buffer) },
  }),
  'operation Conv, node node1: input 1 is of type float64; only float32 networks can be scored: export the model in float32',
);

refuses(
  'conv: an unknown auto_pad',
  around([node('Conv', ['x', 'w'], { auto_pad: { string: 'SAME' } })], { w: floats([2, 4, 1, 1]) }),
  'operation Conv, node node1: auto_pad is SAME, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER',
);

refuses(
  'conv: a single stride',
  around([node('Conv', ['x', 'w'], { strides: { ints: [2] } })], { w: floats([2, 4, 1, 1]) }),
  'operation Conv, node node1: strides is [2], expected two sizes',
);

refuses(
  'conv: an attribute of another kind',
  around([node('Conv', ['x', 'w'], { group: { ints: [2] } })], { w: floats([2, 4, 1, 1]) }),
  'operation Conv, node node1: attribute group of Conv is of kind ints, expected int',
);

refuses(
  'conv: a kernel larger than the image',
  around([node('Conv', ['x', 'w'])], { w: floats([2, 4, 5, 5]) }),
  "operation Conv, node node1: a window of 5 does not fit into the padded image's 4 pixels",
);

refuses(
  'conv: a list of two pads',
  around([node('Conv', ['x', 'w'], { pads: { ints: [1, 1] } })], { w: floats([2, 4, 3, 3]) }),
  'operation Conv, node node1: pads is [1, 1], expected four sizes',
);

refuses(
  'conv: a number of kernels that does not divide into groups',
  around([node('Conv', ['x', 'w'], { group: { int: 2 } })], { w: floats([3, 2, 1, 1]) }),
  "operation Conv, node node1: 3 kernels don't divide into 2 groups",
);

refuses(
  'conv: a bias of another size',
  around([node('Conv', ['x', 'w', 'b'])], { w: floats([3, 4, 1, 1]), b: floats([2]) }),
  'operation Conv, node node1: bias has shape [2], expected [3]',
);

refuses(
  'conv: a stride of 0',
  around([node('Conv', ['x', 'w'], { strides: { ints: [1, 0] } })], { w: floats([2, 4, 1, 1]) }),
  'operation Conv, node node1: strides is [1, 0], expected positive sizes',
);

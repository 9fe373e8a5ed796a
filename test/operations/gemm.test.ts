import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('gemm');

refuses(
  'gemm: transA',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w'], { transA: { int: 1 } })], {
    w: floats([64, 3]),
  }),
  'operation Gemm, node node2: transA is not supported for an input with a batch axis',
);

refuses(
  'gemm: a weight for another number of features',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w'])], { w: floats([63, 3]) }),
  "operation Gemm, node node2: [N, 64] and [63, 3] don't multiply",
);

refuses(
  'gemm: an input of four axes',
  around([node('Gemm', ['x', 'w'])], { w: floats([4, 3]) }),
  'operation Gemm, node node1: input has shape [N, 4, 4, 4], expected [N, features]',
);

refuses(
  'gemm: a weight computed from the image',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'f'])]),
  'operation Gemm, node node2: input 1 must be a constant, but it is computed from the image',
);

refuses(
  'gemm: a bias computed from the image',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w', 'f'])], { w: floats([64, 64]) }),
  'operation Gemm, node node2: input 2 computed from the image is not supported',
);

refuses(
  'gemm: a bias of another size',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w', 'b'])], {
    w: floats([64, 3]),
    b: floats([2]),
  }),
  "operation Gemm, node node2: [N, 3] and [2] don't broadcast",
);

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('gemm');

refuses(
  'gemm: a batch that lies turned',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w'], { transA: { int: 1 } })], {
    w: floats([64, 3]),
  }),
  "operation Gemm, node node2: axis 1 of [64, N] is the batch's: that would mix images with each other",
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
  "operation MatMul, node node2: axis 0 of [N, 64] is the batch's: that would mix images with each other",
);

refuses(
  'gemm: a bias of another size',
  around([node('Flatten', ['x'], {}, ['f']), node('Gemm', ['f', 'w', 'b'])], {
    w: floats([64, 3]),
    b: floats([2]),
  }),
  "operation Gemm, node node2: [N, 3] and [2] don't broadcast",
);

import { around, floats, integers, node } from '../operations/graph.js';
import { followsTheReference } from '../operations/reference.js';
import { refuses } from '../operations/refusal.js';

followsTheReference('merged-batch');
followsTheReference('moved-batch');
followsTheReference('inner-batch');
followsTheReference('same-for-all');
followsTheReference('one-image');

const merge = node('Reshape', ['x', 'target'], {}, ['m']);
const target = { target: integers([-1, 4, 4]) };
const move = node('Transpose', ['x'], { perm: { ints: [1, 0, 2, 3] } }, ['m']);

for (const [what, nodes, initializers, message] of [
  [
    'a softmax over an axis that holds parts of several images',
    [merge, node('Softmax', ['m'], { axis: { int: 0 } }, ['u']), node('Add', ['u', 'm'])],
    target,
    "operation Softmax, node node2: axis 0 of [4N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a sum over the batch where it is the second axis',
    [move, node('ReduceSum', ['m', 'one'])],
    { one: integers([1]) },
    "operation ReduceSum, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a sum over all axes',
    [merge, node('ReduceSum', ['m'])],
    target,
    "operation ReduceSum, node node2: axis 0 of [4N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a pool over images',
    [
      node('Transpose', ['x'], { perm: { ints: [1, 2, 0, 3] } }, ['m']),
      node('MaxPool', ['m'], { kernel_shape: { ints: [2, 2] } }),
    ],
    {},
    "operation MaxPool, node node2: axis 2 of [4, 4, N, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a linear layer over an axis that holds parts of several images',
    [move, node('Transpose', ['m'], { perm: { ints: [0, 2, 3, 1] } }, ['t']), node('MatMul', ['t', 'w'])],
    { w: floats([4, 3]) },
    "operation MatMul, node node3: axis 3 of [4, 4, 4, N] is the batch's: that would mix images with each other",
  ],
  [
    'a product over the batch',
    [
      node('Transpose', ['x'], { perm: { ints: [1, 2, 3, 0] } }, ['m']),
      node('Transpose', ['x'], { perm: { ints: [1, 2, 0, 3] } }, ['n']),
      node('MatMul', ['m', 'n']),
    ],
    {},
    'operation MatMul, node node3: [4, 4, 4, N], [4, 4, N, 4] have the images along different axes: that would mix them with each other',
  ],
  [
    'parts that are joined along the batch',
    [move, node('Concat', ['m', 'm'], { axis: { int: 1 } })],
    {},
    "operation Concat, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a place along the batch',
    [move, node('Gather', ['m', 'place'], { axis: { int: 1 } })],
    { place: integers([0]) },
    "operation Gather, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a part of the batch',
    [move, node('Slice', ['m', 'zero', 'two', 'one'])],
    { zero: integers([0]), one: integers([1]), two: integers([2]) },
    "operation Slice, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'zeros beside the batch',
    [move, node('Pad', ['m', 'pads'])],
    { pads: integers([0, 1, 0, 0, 0, 0, 0, 0]) },
    "operation Pad, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
  ],
  [
    'a constant with an entry for each image',
    [move, node('Mul', ['m', 'c'])],
    { c: floats([4, 3, 1, 1]) },
    "operation Mul, node node2: a constant [4, 3, 1, 1] has 3 entries along the batch's axis: only what is the same for all images is supported",
  ],
  [
    'a shape that tears images apart',
    [move, node('Reshape', ['m', 'target'])],
    { target: integers([8, -1, 4]) },
    'operation Reshape, node node2: [4, N, 4, 4] → [8, 2N, 4] would mix images with each other',
  ],
] as const)
  refuses(what, around(nodes, initializers), message);

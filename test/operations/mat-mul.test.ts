import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('mat-mul');

refuses(
  'mat-mul: a weight for another number of features',
  around([node('MatMul', ['x', 'w'])], { w: floats([5, 3]) }),
  "operation MatMul, node node1: [N, 4, 4, 4] and [5, 3] don't multiply",
);

refuses(
  'mat-mul: a product of activations without a place for the batch',
  around([node('Flatten', ['x'], {}, ['f']), node('MatMul', ['f', 'f'])]),
  "operation MatMul, node node2: axis 0 of [N, 64] is the batch's: that would mix images with each other",
);

refuses(
  'mat-mul: a product of activations whose sizes differ',
  around([node('Slice', ['x', 'one', 'three', 'two'], {}, ['s']), node('MatMul', ['x', 's'])], {
    one: integers([1]),
    two: integers([2]),
    three: integers([3]),
  }),
  "operation MatMul, node node2: [N, 4, 4, 4] and [N, 4, 2, 4] don't multiply",
);

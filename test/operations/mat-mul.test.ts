import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('mat-mul');

refuses(
  'mat-mul: a constant on the left side',
  around([node('MatMul', ['w', 'x'])], { w: floats([4, 4]) }),
  'operation MatMul, node node1: a constant on the left side is not supported',
);

refuses(
  'mat-mul: a constant of three axes',
  around([node('MatMul', ['x', 'w'])], { w: floats([4, 4, 3]) }),
  'operation MatMul, node node1: the constant has 3 axes, only matrices are supported',
);

refuses(
  'mat-mul: a weight for another number of features',
  around([node('MatMul', ['x', 'w'])], { w: floats([5, 3]) }),
  "operation MatMul, node node1: [N, 4, 4, 4] and [5, 3] don't multiply",
);

refuses(
  'mat-mul: a product of two activations',
  around([node('MatMul', ['x', 'x'])]),
  'operation MatMul, node node1: input 1 must be a constant, but it is computed from the image',
);

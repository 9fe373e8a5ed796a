import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of [
  ...[
    'abs',
    'elu',
    'erf',
    'exp',
    'gelu',
    'hard-sigmoid',
    'hard-swish',
    'leaky-relu',
    'log',
    'neg',
    'reciprocal',
  ],
  ...['sigmoid', 'softplus', 'sqrt', 'tanh'],
])
  followsTheReference(rule);

refuses(
  'hard-sigmoid: a slope that is no number',
  around([node('HardSigmoid', ['x'], { alpha: { int: 1 } })]),
  'operation HardSigmoid, node node1: attribute alpha of HardSigmoid is of kind int, expected float',
);

refuses(
  'tanh: a second input',
  around([node('Tanh', ['x', 'x'])]),
  'operation Tanh, node node1: has 2 inputs, expected 1 at most',
);

refuses(
  'gelu: an approximation that nobody knows',
  around([node('Gelu', ['x'], { approximate: { string: 'some' } })]),
  'operation Gelu, node node1: approximate is some, expected none or tanh',
);

import test from 'ava';
import { differenceToRuntime } from '../import/against-runtime.js';
import { around, floats, node } from './graph.js';
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
  ...['acosh', 'asinh', 'atanh', 'cosh', 'sinh', 'tan'],
  ...['acos', 'asin', 'atan', 'celu', 'cos', 'mish', 'p-relu', 'selu', 'sin', 'softsign', 'thresholded-relu'],
  ...['sigmoid', 'softplus', 'sqrt', 'tanh'],
])
  followsTheReference(rule);

refuses(
  'hard-sigmoid: a slope that is no number',
  around([node('HardSigmoid', ['x'], { alpha: { int: 1 } }, ['u']), node('Add', ['u', 'x'])]),
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

refuses(
  'celu: an alpha of 0',
  around([node('Celu', ['x'], { alpha: { float: 0 } })]),
  'operation Celu, node node1: alpha is 0, expected a positive number',
);

refuses(
  'p-relu: slopes of other channels',
  around([node('PRelu', ['x', 's'])], { s: floats([5, 1, 1]) }),
  "operation PRelu, node node1: [N, 4, 4, 4] and [5, 1, 1] don't broadcast",
);

test('asinh: of numbers whose squares are beyond single precision', async (t) => {
  const model = around([node('Mul', ['x', 'huge'], {}, ['u']), node('Asinh', ['u'])], {
    huge: floats([], [2e25]),
  });
  t.true((await differenceToRuntime(model)) < 1e-6);
});

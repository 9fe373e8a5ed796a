import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('pow');

refuses(
  'pow: several whole exponents',
  around([node('Pow', ['x', 'e'])], { e: integers([1, 2, 3, 4]) }),
  'operation Pow, node node1: the exponents are several whole numbers, expected one, or floating-point numbers',
);

refuses(
  'pow: an exponent that is infinite',
  around([node('Pow', ['x', 'e'])], { e: floats([], [Number.POSITIVE_INFINITY]) }),
  'operation Pow, node node1: the exponent is Infinity, expected a finite number',
);

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('pow');

refuses(
  'pow: an exponent for each channel',
  around([node('Pow', ['x', 'e'])], { e: floats([4, 1, 1]) }),
  'operation Pow, node node1: the exponent has shape [4, 1, 1], expected one number',
);

refuses(
  'pow: an exponent computed from the image',
  around([node('Pow', ['x', 'x'])]),
  'operation Pow, node node1: input 1 must be a constant, but it is computed from the image',
);

refuses(
  'pow: a constant that is raised to what is computed from the image',
  around([node('Pow', ['c', 'x'])], { c: floats([1], [2]) }),
  'operation Pow, node node1: input 1 must be a constant, but it is computed from the image',
);

refuses(
  'pow: an exponent that is infinite',
  around([node('Pow', ['x', 'e'])], { e: floats([], [Number.POSITIVE_INFINITY]) }),
  'operation Pow, node node1: the exponent is Infinity, expected a finite number',
);

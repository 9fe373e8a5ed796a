import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('local-response-normalization');

refuses(
  'local-response-normalization: no channels',
  around([node('LRN', ['x'], { size: { int: 0 } })]),
  'operation LRN, node node1: size is 0, expected a positive number of channels',
);

refuses(
  'local-response-normalization: nothing to divide by',
  around([node('LRN', ['x'], { size: { int: 1 }, bias: { float: 0 } })]),
  'operation LRN, node node1: bias is 0 and alpha 0.0001, with which it may divide by zero',
);

import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('rms-normalization');

refuses(
  'an RMSNormalization over several axes',
  around([node('RMSNormalization', ['x', 'c'], { axis: { int: 2 } })], { c: floats([4, 4]) }, { opset: 23 }),
  'operation RMSNormalization, node node1: axis is 2, only the last (-1) is supported',
);

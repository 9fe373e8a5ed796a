import { around, booleans, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('dropout');

refuses(
  'dropout: training mode',
  around([node('Dropout', ['x', 'r', 'm'])], { r: floats([], [0.5]), m: booleans(true) }),
  'operation Dropout, node node1: is in training mode; export the model after model.eval()',
);

refuses(
  'dropout: a mask that is read',
  around([node('Dropout', ['x'], {}, ['d', 'k']), node('Identity', ['k'])]),
  'operation Dropout, node node1: its output k, which node node2 (Identity) reads, is not supported',
);

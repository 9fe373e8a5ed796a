import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('trilu');

refuses(
  'trilu: images among rows',
  around([
    node('Transpose', ['x'], { perm: { ints: [1, 2, 0, 3] } }, ['t']),
    node('Trilu', ['t'], {}, ['u']),
    node('Transpose', ['u'], { perm: { ints: [2, 0, 1, 3] } }),
  ]),
  "operation Trilu, node node2: axis 2 of [4, 4, N, 4] is the batch's: that would mix images with each other",
);

refuses(
  'trilu: a diagonal that is computed of the image',
  around([node('Trilu', ['x', 'k'])], { k: floats([]) }),
  'operation Trilu, node node1: input 1, the diagonal, must be a number that is known before any image is',
);

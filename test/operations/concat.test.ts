import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('concat');

refuses(
  'concat: the batch axis',
  around([node('Concat', ['x', 'x'], { axis: { int: 0 } })]),
  "operation Concat, node node1: axis 0 of [N, 4, 4, 4] is the batch's, which it makes longer, as for several views of an image; export the model for one image at a time: with a batch of 1, without dynamic_axes",
);

refuses(
  'concat: an axis that does not exist',
  around([node('Concat', ['x', 'x'], { axis: { int: 4 } })]),
  'operation Concat, node node1: axis 4 does not exist at rank 4, expected -4 to 3',
);

refuses(
  'concat: inputs that differ in another axis',
  around([
    node('MaxPool', ['x'], { kernel_shape: { ints: [2, 2] } }, ['u']),
    node('Concat', ['x', 'u'], { axis: { int: 1 } }),
  ]),
  'operation Concat, node node2: inputs [N, 4, 4, 4], [N, 4, 3, 3] differ elsewhere than in axis 1',
);

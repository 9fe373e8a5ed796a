import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('layer-normalization');

refuses(
  'layer-normalization: the batch axis',
  around([node('LayerNormalization', ['x', 'g'], { axis: { int: 0 } })], { g: floats([4]) }),
  "operation LayerNormalization, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'layer-normalization: a scale of another length',
  around([node('LayerNormalization', ['x', 'g'])], { g: floats([5]) }),
  "operation LayerNormalization, node node1: [4] and [5] don't broadcast",
);

refuses(
  'layer-normalization: a scale of more axes than are normalised',
  around([node('LayerNormalization', ['x', 'g'])], { g: floats([4, 4]) }),
  'operation LayerNormalization, node node1: input 1 has shape [4, 4], for [N, 4, 4, 4]',
);

refuses(
  'layer-normalization: a scale computed from the image',
  around([node('LayerNormalization', ['x', 'x'])]),
  'operation LayerNormalization, node node1: input 1 must be a constant, but it is computed from the image',
);

refuses(
  'layer-normalization: a negative epsilon',
  around([node('LayerNormalization', ['x', 'g'], { epsilon: { float: -1 } })], { g: floats([4]) }),
  'operation LayerNormalization, node node1: epsilon is -1, expected a number that is not negative',
);

import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('reshape');

refuses(
  'reshape: a target of another number of elements',
  around([node('Reshape', ['x', 's'])], { s: integers([0, 63]) }),
  "operation Reshape, node node1: [N, 4, 4, 4] can't be reshaped to [N, 63]",
);

refuses(
  'reshape: a target that does not divide the elements',
  around([node('Reshape', ['x', 's'])], { s: integers([0, 5, -1]) }),
  'operation Reshape, node node1: reshape [N, 4, 4, 4] → [0, 5, -1] does not divide',
);

refuses(
  'reshape: a batch of 1 in a file whose batch is free',
  around([node('Reshape', ['x', 's'])], { s: integers([1, -1]) }),
  'the output has shape [1, 64N], expected logits [N, classes]',
);

refuses(
  'reshape: a target that merges the batch with other axes',
  around([node('Reshape', ['x', 's'])], { s: integers([-1, 16]) }),
  'the output has shape [4N, 16], expected logits [N, classes]',
);

refuses(
  'reshape: a target computed from the image',
  around([node('Reshape', ['x', 'x'])]),
  'operation Reshape, node node1: input 1 must be known before any image is',
);

refuses(
  'reshape: a size of 0 that stands for itself',
  around([node('Reshape', ['x', 's'], { allowzero: { int: 1 } })], { s: integers([0, 64]) }, { opset: 14 }),
  "operation Reshape, node node1: [N, 4, 4, 4] can't be reshaped to [0, 64]",
);

import { around, integers, modelOf, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('pad');

refuses(
  'pad: a mode that goes around',
  around([node('Pad', ['x', 'p'], { mode: { string: 'wrap' } })], {
    p: integers([0, 0, 1, 1, 0, 0, 1, 1]),
  }),
  'operation Pad, node node1: mode wrap is not supported, only constant, reflect and edge',
);

refuses(
  'pad: edges that are cut and repeated',
  around([node('Pad', ['x', 'p'], { mode: { string: 'edge' } })], {
    p: integers([0, 0, 1, -1, 0, 0, 1, 1]),
  }),
  'operation Pad, node node1: pads [0, 0, 1, -1, 0, 0, 1, 1] cut axis 3, whose edges are to be repeated',
);

refuses(
  'pad: edges that are repeated without end',
  around([node('Pad', ['x', 'p'], { mode: { string: 'edge' } })], {
    p: integers([0, 0, 0, 257, 0, 0, 0, 0]),
  }),
  'operation Pad, node node1: edges that are repeated more than 256 times are not supported',
);

for (const pads of [
  [0, 0, 4, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 4],
  [0, 0, 0, -1, 0, 0, 0, 1],
])
  refuses(
    `pad: reflections of [${pads}] that an image of 4 × 4 does not have`,
    around([node('Pad', ['x', 'p'], { mode: { string: 'reflect' } })], { p: integers(pads) }),
    `operation Pad, node node1: pads [${pads.join(', ')}] can't be reflections of [N, 4, 4, 4]: expected fewer than the axis has elements`,
  );

refuses(
  'pad: padding of the batch axis',
  around([node('Pad', ['x', 'p'])], { p: integers([1, 0, 0, 0, 0, 0, 0, 0]) }),
  'operation Pad, node node1: padding the batch axis is not supported',
);

refuses(
  'pad: a list of pads computed from the image',
  around([node('Pad', ['x', 'x'])]),
  'operation Pad, node node1: input 1 must be known before any image is',
);

refuses(
  'pad: too short a list of pads',
  around([node('Pad', ['x', 'p'])], { p: integers([0, 0, 1, 1]) }),
  'operation Pad, node node1: 4 pads for 4 axes, expected two for each',
);

refuses(
  'pad: an axis that does not exist',
  around([node('Pad', ['x', 'p', '', 'a'])], { p: integers([1, 1]), a: integers([4]) }, { opset: 18 }),
  'operation Pad, node node1: axis 4 does not exist at rank 4, expected -4 to 3',
);

refuses(
  'pad: cuts that leave nothing',
  around([node('Pad', ['x', 'p'])], { p: integers([0, 0, -3, 0, 0, 0, -1, 0]) }),
  'operation Pad, node node1: pads [0, 0, -3, 0, 0, 0, -1, 0] leave nothing of axis 2, which has 4 elements',
);

refuses(
  'pad: reflections without end',
  modelOf({
    nodes: [
      node('Pad', ['image', 'p'], { mode: { string: 'reflect' } }, ['around']),
      node('GlobalAveragePool', ['around'], {}, ['pooled']),
      node('Flatten', ['pooled'], {}, ['logits']),
    ],
    initializers: { p: integers([0, 0, 0, 0, 0, 0, 0, 999_999]) },
    image: [3, 1, 1_000_000],
  }),
  'operation Pad, node node0: reflections of more than 256 elements are not supported',
);

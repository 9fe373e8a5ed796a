import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of ['slice', 'split', 'gather']) followsTheReference(rule);

const places = (start: number, end: number, axis: number, step = 1) => ({
  starts: integers([start]),
  ends: integers([end]),
  axes: integers([axis]),
  steps: integers([step]),
});
const slice = node('Slice', ['x', 'starts', 'ends', 'axes', 'steps']);

refuses(
  'slice: some images of a batch',
  around([slice], places(0, 1, 0)),
  "operation Slice, node node1: axis 0 of [N, 4, 4, 4] is the batch's: it would pick among images",
);

refuses(
  'slice: a batch from its end',
  around([slice], places(-1, -5, 0, -1)),
  "operation Slice, node node1: axis 0 of [N, 4, 4, 4] is the batch's: it would pick among images",
);

refuses(
  'slice: a step of 0',
  around([slice], places(0, 4, 1, 0)),
  'operation Slice, node node1: step 0 leads nowhere',
);

refuses(
  'slice: nothing, by a negative step',
  around([slice], places(0, 3, 1, -1)),
  'operation Slice, node node1: 0 to 3 in steps of -1 leaves nothing of axis 1, which has 4',
);

refuses(
  'slice: nothing',
  around([slice], places(3, 3, 1)),
  'operation Slice, node node1: 3 to 3 leaves nothing of axis 1, which has 4',
);

refuses(
  'slice: bounds computed from the image',
  around([node('Slice', ['x', 'x', 'ends'])], { ends: integers([1]) }),
  'operation Slice, node node1: input 1 must be known before any image is',
);

refuses(
  'slice: more starts than ends',
  around([node('Slice', ['x', 'starts', 'ends'])], { starts: integers([0, 0]), ends: integers([1]) }),
  'operation Slice, node node1: it has 2 starts, 1 ends, 2 axes and 2 steps',
);

refuses(
  'split: the batch',
  around([node('Split', ['x'], {}, ['y', 'z'])]),
  "operation Split, node node1: axis 0 of [N, 4, 4, 4] is the batch's: it would pick among images",
);

refuses(
  'split: sizes that do not add up',
  around([node('Split', ['x', 's'], { axis: { int: 1 } }, ['y', 'z'])], { s: integers([1, 2]) }),
  'operation Split, node node1: parts [1, 2] for 2 outputs of axis 1, which has 4',
);

refuses(
  'gather: an image of the batch',
  around([node('Gather', ['x', 'i'])], { i: integers([0]) }),
  "operation Gather, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'gather: a place beyond the end',
  around([node('Gather', ['x', 'i'], { axis: { int: 1 } })], { i: integers([4]) }),
  'operation Gather, node node1: index 4 of axis 1, which has 4',
);

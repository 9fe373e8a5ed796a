import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('places');

const one = { batch: 1 };
const twice = Array.from({ length: 64 }, (_, index) => (index === 1 ? 0 : index % 4));
const at = (values: readonly number[], ...dims: readonly number[]) => ({ at: integers(values, dims) });

refuses(
  'elements of some images',
  around([node('GatherElements', ['x', 'at'], { axis: { int: 0 } })], at([0], 1, 1, 1, 1), one),
  "operation GatherElements, node node1: axis 0 is the batch's: it would pick among images",
);

refuses(
  'elements beyond the end',
  around([node('GatherElements', ['x', 'at'], { axis: { int: 3 } })], at([4], 1, 1, 1, 1), one),
  'operation GatherElements, node node1: index 4 of an axis of 4',
);

refuses(
  'places of one image in a file for any number of them',
  around([node('GatherElements', ['x', 'at'], { axis: { int: 3 } })], at([3], 1, 1, 1, 1)),
  'operation GatherElements, node node1: input 1 has shape [1, 1, 1, 1], expected the same places for each image: export the model for one image at a time, without dynamic_axes',
);

refuses(
  'places that differ from image to image',
  around([node('GatherElements', ['x', 'at'], { axis: { int: 3 } })], at([3, 2], 2, 1, 1, 1), { batch: 2 }),
  'operation GatherElements, node node1: input 1 has shape [2, 1, 1, 1], expected the same places for each image: export the model for one image at a time, without dynamic_axes',
);

refuses(
  'points among images',
  around([node('GatherND', ['x', 'at'])], at([0, 1], 1, 2)),
  'operation GatherND, node node1: its places are among the images, axis 0 of [N, 4, 4, 4]: that would mix images with each other',
);

refuses(
  'an element that is replaced twice',
  around([node('ScatterElements', ['x', 'at', 'x'], { axis: { int: 3 } })], at(twice, 1, 4, 4, 4), one),
  'operation ScatterElements, node node1: it replaces a part twice',
);

refuses(
  'more than is replaced',
  around([node('ScatterElements', ['x', 'at', 'x'], { axis: { int: 3 } })], at([2], 1, 1, 1, 1), one),
  'operation ScatterElements, node node1: [4, 4, 4] is to replace parts of shape [1, 1, 1]',
);

refuses(
  'elements that are added to',
  around(
    [node('ScatterElements', ['x', 'at', 'x'], { axis: { int: 3 }, reduction: { string: 'add' } })],
    at([2], 1, 1, 1, 1),
    one,
  ),
  'operation ScatterElements, node node1: a reduction is not supported, only the replacement of parts',
);

refuses(
  'elements that numbers replace',
  around(
    [node('ScatterElements', ['x', 'at', 'c'], { axis: { int: 3 } })],
    { ...at([2], 1, 1, 1, 1), c: floats([1, 1, 1, 1]) },
    one,
  ),
  'operation ScatterElements, node node1: what replaces is not computed from the image, unlike what it replaces parts of, which is not supported: write it with torch.where and a mask',
);

refuses(
  'a grid that is computed',
  around(
    [
      node('Conv', ['x', 'w'], {}, ['two']),
      node('Transpose', ['two'], { perm: { ints: [0, 2, 3, 1] } }, ['grid']),
      node('GridSample', ['x', 'grid']),
    ],
    { w: floats([2, 4, 1, 1]) },
  ),
  'operation GridSample, node node3: its grid is computed, so that where it reads depends on the image or on parameters, as in spatial transformers, which is not supported; give a network with a fixed grid',
);

refuses(
  'a grid that is read by cubics',
  around(
    [node('GridSample', ['x', 'grid'], { mode: { string: 'bicubic' } })],
    { grid: floats([1, 2, 2, 2]) },
    one,
  ),
  'operation GridSample, node node1: mode is bicubic; only linear and nearest are supported',
);

refuses(
  'places that are repeated for each image otherwise than by Expand',
  around(
    [
      node('Shape', ['x'], {}, ['sizes']),
      node('Tile', ['at', 'sizes'], {}, ['places']),
      node('GatherElements', ['x', 'places'], { axis: { int: 3 } }),
    ],
    at([3], 1, 1, 1, 1),
  ),
  'operation Tile, node node2: it repeats whole numbers for each image, which only Gather of a table, GatherElements, GatherND and ScatterElements may read, right behind an Expand; export the model for one image at a time, without dynamic_axes',
);

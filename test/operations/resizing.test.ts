import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

for (const rule of ['resize', 'upsample', 'space-to-depth', 'depth-to-space', 'tile'])
  followsTheReference(rule);

const scales = { scales: floats([4], [1, 1, 2, 2]) };

for (const [what, attributes, message] of [
  ['an antialias', { antialias: { int: 1 } }, 'antialias is not supported'],
  [
    'a crop',
    { coordinate_transformation_mode: { string: 'tf_crop_and_resize' } },
    'coordinate_transformation_mode is tf_crop_and_resize, expected one of half_pixel, pytorch_half_pixel, align_corners, asymmetric, tf_half_pixel_for_nn, half_pixel_symmetric',
  ],
  [
    'sizes that keep a ratio',
    { keep_aspect_ratio_policy: { string: 'not_larger' } },
    'keep_aspect_ratio_policy is not_larger, only stretch is supported',
  ],
] as const)
  refuses(
    `resize: ${what}`,
    around([node('Resize', ['x', '', 'scales'], attributes)], scales, { opset: 19 }),
    `operation Resize, node node1: ${message}`,
  );

refuses(
  'resize: more images',
  around([node('Resize', ['x', '', 'scales'])], { scales: floats([4], [2, 1, 1, 1]) }),
  "operation Resize, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'resize: fewer scales than axes',
  around([node('Resize', ['x', '', 'scales'])], { scales: floats([2], [2, 2]) }),
  'operation Resize, node node1: 2 scales or sizes for 4 axes, expected one for each',
);

refuses(
  'resize: to nothing',
  around([node('Resize', ['x', '', 'scales'])], { scales: floats([4], [1, 1, 0.1, 1]) }),
  "operation Resize, node node1: axis 2 of [N, 4, 4, 4] can't be resized to 0",
);

for (const [what, sizes] of [
  ['billions of elements', [2 ** 16, 2 ** 16]],
  ['a row of billions', [2 ** 31, 4]],
] as const)
  refuses(
    `resize: to ${what}`,
    around([node('Resize', ['x', '', '', 'sizes'])], { sizes: integers([1, 4, ...sizes]) }, { batch: 1 }),
    `operation Resize, node node1: resizes [N, 4, 4, 4] to [N, 4, ${sizes.join(', ')}], more than the 1073741824 elements an image that are supported; give a network that resizes to less, or export it for smaller images`,
  );

refuses(
  'space-to-depth: blocks that do not fit',
  around([node('SpaceToDepth', ['x'], { blocksize: { int: 3 } })]),
  "operation SpaceToDepth, node node1: 4 don't divide into blocks of 3",
);

refuses(
  'depth-to-space: a mode that nobody knows',
  around([node('DepthToSpace', ['x'], { blocksize: { int: 2 }, mode: { string: 'some' } })]),
  'operation DepthToSpace, node node1: mode is some, expected DCR or CRD',
);

refuses(
  'tile: images several times',
  around([node('Tile', ['x', 'times'])], { times: integers([2, 1, 1, 1]) }),
  "operation Tile, node node1: axis 0 of [N, 4, 4, 4] is the batch's: that would mix images with each other",
);

refuses(
  'tile: a vector once for each of several images that the file is for',
  around(
    [
      node('Tile', ['s', 'times'], {}, ['many']),
      node('Reshape', ['x', 'one'], {}, ['joined']),
      node('BatchNormalization', ['joined', 'many', 'many', 'many', 'many'], {}, ['n']),
      node('Reshape', ['n', 'two']),
    ],
    { s: floats([4]), times: integers([2]), one: integers([1, 8, 4, 4]), two: integers([2, 4, 4, 4]) },
    { batch: 2 },
  ),
  'operation Tile, node node1: it repeats [4] for each of the 2 images that the file is written for, all along one axis, which is not supported; export the model for one image at a time',
);

test('a tile that there is no room for is refused before it is made', (t) => {
  const model = around([node('Tile', ['x', 'times'])], { times: integers([1, 1, 2 ** 29, 1]) });
  t.throws(() => describeModel(model), {
    instanceOf: ModelError,
    message: /^operation Tile, node node1: a constant of \d+ elements is needed/,
  });
});

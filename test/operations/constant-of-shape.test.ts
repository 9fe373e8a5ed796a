import test from 'ava';
import { differenceToRuntime } from '../import/against-runtime.js';
import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('constant-of-shape');

/** x and what is filled in a shape of these sizes. */
const filled = (sizes: readonly string[], value = 0) =>
  around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Gather', ['shape', 'zero'], {}, ['images']),
      node('Mul', ['images', 'four'], {}, ['parts']),
      node('Concat', sizes, { axis: { int: 0 } }, ['sizes']),
      node('ConstantOfShape', ['sizes'], { value: { tensor: floats([1], [value]) } }, ['f']),
      node('Add', ['x', 'f']),
    ],
    { zero: integers([0]), four: integers([4]) },
  );

refuses(
  'what has the images along two axes',
  filled(['images', 'images', 'four']),
  'operation ConstantOfShape, node node5: it fills [N, N, 4], which has the images along several axes; export the model for one image at a time: with a batch of 1, without dynamic_axes',
);
refuses(
  'parts of each image beside whole images',
  filled(['parts', 'four', 'four']),
  'operation Add, node node6: [N, 4, 4, 4], [4N, 4, 4] have the images along different axes: that would mix them with each other',
);

test('every image gets the number that is named', async (t) => {
  t.true((await differenceToRuntime(filled(['images', 'four', 'four', 'four'], 0.75))) < 1e-5);
});

refuses(
  'whole numbers for each image',
  around(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('ConstantOfShape', ['shape'], { value: { tensor: integers([1]) } }, ['f']),
      node('Add', ['x', 'f']),
    ],
    {},
  ),
  'operation ConstantOfShape, node node2: only floating-point numbers and truth values can fill a tensor with a part for each image; export the model for one image at a time: with a batch of 1, without dynamic_axes',
);

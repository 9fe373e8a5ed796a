import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('einsum');

for (const equation of ['nchh,nchw->ncw', '...hh,...hw->...w', 'nchw,nchw->nq', 'nchw->nchw'])
  refuses(
    `einsum: ${equation}`,
    around([node('Einsum', ['x', 'x'], { equation: { string: equation } })]),
    `operation Einsum, node node1: ${equation} is not supported, only products of tensors whose axes all have letters of their own, such as bij,bkj->bik or bsd,dhk->bshk`,
  );

refuses(
  'einsum: a sum over the images',
  around([node('Einsum', ['x', 'x'], { equation: { string: 'nchw,nchw->chw' } })]),
  "operation ReduceSum, node node1: axis 3 of [4, 4, 4, N] is the batch's: that would mix images with each other",
);

refuses(
  'einsum: unnamed axes that its result leaves out',
  around([node('Einsum', ['x', 'x'], { equation: { string: '...hw,...hw->hw' } })]),
  'operation Einsum, node node1: ...hw,...hw->hw leaves the axes of "..." out of its result, which not every runtime sums; give each axis a letter',
);

refuses(
  'einsum: fewer axes than letters',
  around([node('Einsum', ['x', 'w'], { equation: { string: '...hw,...whk->...hk' } })], {
    w: floats([4, 2]),
  }),
  'operation Einsum, node node1: input 1 has 2 axes, and ...hw,...whk->...hk names 3 of them',
);

refuses(
  'einsum: unnamed axes of more tensors than there are',
  around([node('Einsum', ['x'], { equation: { string: '...hw,...wk->...hk' } })]),
  'operation Einsum, node node1: ...hw,...wk->...hk is of 2 tensors, and it has 1',
);

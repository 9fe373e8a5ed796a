import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('einsum');

for (const equation of ['nchh,nchw->ncw', '...hw,...wd->...hd', 'nchw,nchw->nq', 'nchw->nchw'])
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

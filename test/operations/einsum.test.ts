import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('einsum');

for (const equation of [
  'nchw,nchw->nc',
  'nchw->nhwc',
  'nchw,nchw->nchw',
  'nchh,nchw->ncw',
  'nchw,kdhw->nckd',
  '...hw,...wd->...hd',
])
  refuses(
    `einsum: ${equation}`,
    around([node('Einsum', ['x', 'x'], { equation: { string: equation } })]),
    `operation Einsum, node node1: ${equation} is not supported, only products of two matrices, such as bij,bkj->bik or bsd,dhk->bshk`,
  );

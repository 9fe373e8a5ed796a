import type { GraphBuilder, Value } from '../graph/builder.js';
import { convTranspose, evenPads, type Window } from '../graph/convolution.js';
import type { Shape } from '../graph/shape.js';
import { interleavedInputGradient } from './interleaved-gradient.js';
import type { Lowerings } from './lowerings.js';

/**
 * The transpose of a convolution in its input, in the form that a provider is given.
 * @param y [N, O, H′, W′] @param weight a constant, [O, C/groups, kh, kw] @param shape [N, C, H, W]
 */
export function transposedConvolution(
  b: GraphBuilder,
  y: Value,
  weight: Value,
  window: Window,
  groups: number,
  shape: Shape,
  form: Lowerings['transposedConvolution'],
): Value {
  const even = form === 'symmetric' ? evenPads(y.shape, window, shape) : null;
  const kernels = weight.constant;
  const isInterleaved = form === 'interleaved' || (form === 'symmetric' && even === null);
  if (isInterleaved && kernels?.type === 'float32')
    return interleavedInputGradient(b, y, kernels, window, groups, shape);
  return convTranspose(b, y, weight, window, groups, shape, even ?? undefined);
}

import { ModelError } from '../../../../stages/errors.js';
import type { Window } from '../../../../stages/graph/convolution.js';
import { intAttribute, intsAttribute, textAttribute } from '../../../../stages/import/attributes.js';
import type { Node } from '../../../../stages/onnx/model.js';
import type { HeightAndWidth } from '../kernels.js';
import type { TensorFlow, TfjsTensor } from '../tensorflow.js';

/**
 * The window of a convolution or pool over two axes.
 * @param kernel where the node doesn't say it
 * @throws ModelError for another number of axes, or pads by name
 */
export function windowOf(node: Node, kernel: readonly number[] | null = null): Window {
  const autoPad = textAttribute(node, 'auto_pad', 'NOTSET');
  if (autoPad !== 'NOTSET' && autoPad !== 'VALID')
    throw new ModelError(`there is no rule for auto_pad ${autoPad}`);
  const [top = 0, left = 0, bottom = 0, right = 0, ...more] = intsAttribute(node, 'pads', [0, 0, 0, 0]);
  if (more.length > 0) throw new ModelError('there are rules for two spatial axes only');
  return {
    kernel: pair(intsAttribute(node, 'kernel_shape', kernel)),
    strides: pair(intsAttribute(node, 'strides', [1, 1])),
    dilations: pair(intsAttribute(node, 'dilations', [1, 1])),
    pads: [top, left, bottom, right],
  };
}

/** @throws ModelError where sizes are rounded up */
export function refuseCeilMode(node: Node): void {
  if (intAttribute(node, 'ceil_mode', 0) !== 0) throw new ModelError('there is no rule for ceil_mode 1');
}

/** Pads a tensor, and cuts off where a pad is negative; the tensor itself where there is nothing to do. */
export function padOrCrop(
  tf: TensorFlow,
  x: TfjsTensor,
  pads: readonly (readonly [before: number, after: number])[],
  filling: number,
): TfjsTensor {
  const cut = pads.some((ends) => Math.min(...ends) < 0)
    ? tf.slice(
        x,
        pads.map(([before]) => Math.max(0, -before)),
        pads.map(([before, after], axis) => (x.shape[axis] ?? 0) + Math.min(0, before) + Math.min(0, after)),
      )
    : x;
  if (!pads.some((ends) => Math.max(...ends) > 0)) return cut;
  const added = pads.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  const sizes = added.map(([before, after], axis) => before + (cut.shape[axis] ?? 0) + after);
  const joined = joinedAxes(cut.shape, added);
  const padded = tf.pad(
    tf.reshape(cut, joined.shape),
    joined.pads.map(([before, after]): [number, number] => [before, after]),
    filling,
  );
  return tf.reshape(padded, sizes);
}

/** Neighbouring axes that nothing is added to as one: on WebGPU there is no padding of more than four. */
function joinedAxes(
  shape: readonly number[],
  pads: readonly (readonly [before: number, after: number])[],
): { readonly shape: number[]; readonly pads: readonly (readonly [before: number, after: number])[] } {
  const joined: { size: number; pad: readonly [before: number, after: number] }[] = [];
  shape.forEach((size, axis) => {
    const pad = pads[axis] ?? ([0, 0] as const);
    const last = joined.at(-1);
    const isWhole = Math.max(...pad) === 0;
    if (isWhole && last && Math.max(...last.pad) === 0) last.size *= size;
    else joined.push({ size, pad });
  });
  return { shape: joined.map(({ size }) => size), pads: joined.map(({ pad }) => pad) };
}

/** Pads [N, H, W, C] by a window's pads. */
export function padWindow(
  tf: TensorFlow,
  x: TfjsTensor,
  { pads }: Pick<Window, 'pads'>,
  filling: number,
): TfjsTensor {
  const [top, left, bottom, right] = pads;
  return padOrCrop(
    tf,
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    filling,
  );
}

/** How far a dilated kernel reaches. */
export function reach({ kernel, dilations }: Window): HeightAndWidth {
  return [(kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1];
}

function pair(sizes: readonly number[] | null): HeightAndWidth {
  const [height, width, ...more] = sizes ?? [];
  if (height === undefined || width === undefined || more.length > 0)
    throw new ModelError('there are rules for two spatial axes only');
  return [height, width];
}

import { ModelError } from '../errors.js';
import type { Window } from '../graph/convolution.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { intsAttribute, textAttribute } from '../import/attributes.js';
import { isSameMode, samePads } from '../import/same-pads.js';
import type { Node } from '../onnx/model.js';
import { listed, shown } from '../shown.js';

/** Kernels, strides and pads beyond come from a damaged file. */
const largestSize = 2 ** 31 - 1;

/**
 * The window of a Conv or pooling node over an image of a shape [N, C, H, W], `auto_pad` resolved.
 * @throws ModelError for anything but two spatial axes
 */
export function readWindow(node: Node, shape: Shape, kernelOf?: readonly number[]): Window {
  if (shape.length !== 4)
    throw new ModelError(`input has ${shape.length} axes; only images [N, C, H, W] are supported`);
  const kernel = pair(intsAttribute(node, 'kernel_shape', kernelOf ?? null), 'kernel_shape');
  if (kernelOf && String(kernelOf) !== String(kernel))
    throw new ModelError(
      `kernel_shape is [${listed(kernel)}], but the kernels are of shape [${listed(kernelOf)}]`,
    );
  const strides = pair(intsAttribute(node, 'strides', [1, 1]), 'strides');
  const dilations = pair(intsAttribute(node, 'dilations', [1, 1]), 'dilations');
  const window = { kernel, strides, dilations, pads: padsOf(node, shape, { kernel, strides, dilations }) };
  for (const axis of [0, 1] as const) {
    const extent = dilations[axis] * (kernel[axis] - 1) + 1;
    const room = sizeOf(shape, axis + 2) + window.pads[axis] + window.pads[axis === 0 ? 2 : 3];
    if (extent > room)
      throw new ModelError(`a window of ${extent} does not fit into the padded image's ${room} pixels`);
  }
  return window;
}

function padsOf(
  node: Node,
  shape: Shape,
  { kernel, strides, dilations }: Omit<Window, 'pads'>,
): Window['pads'] {
  const mode = textAttribute(node, 'auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === '') {
    const pads = intsAttribute(node, 'pads', [0, 0, 0, 0]);
    const [top = 0, left = 0, bottom = 0, right = 0] = pads;
    if (pads.length !== 4) throw new ModelError(`pads is [${listed(pads)}], expected four sizes`);
    if (!pads.every((size) => Number.isInteger(size) && size >= 0 && size <= largestSize))
      throw new ModelError(`pads is [${listed(pads)}], expected sizes that are not negative`);
    return [top, left, bottom, right];
  }
  const given = intsAttribute(node, 'pads', null);
  if (given?.some((size) => size !== 0))
    throw new ModelError(
      `pads is [${listed(given)}] although auto_pad is ${shown(mode)}; only one can say it`,
    );
  if (mode === 'VALID') return [0, 0, 0, 0];
  if (!isSameMode(mode))
    throw new ModelError(`auto_pad is ${shown(mode)}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  const along = (axis: 0 | 1) =>
    samePads(mode, {
      size: sizeOf(shape, axis + 2),
      kernel: kernel[axis],
      stride: strides[axis],
      dilation: dilations[axis],
    });
  const [[top, bottom], [left, right]] = [along(0), along(1)];
  return [top, left, bottom, right];
}

function pair(values: readonly number[] | null, name: string): readonly [number, number] {
  const [first, second] = values ?? [];
  if (first === undefined || second === undefined || values?.length !== 2)
    throw new ModelError(`${name} is [${listed(values ?? [])}], expected two sizes`);
  if (![first, second].every((size) => Number.isInteger(size) && size >= 1 && size <= largestSize))
    throw new ModelError(`${name} is [${listed(values)}], expected positive sizes`);
  return [first, second];
}

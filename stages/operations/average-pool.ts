import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import { int } from '../graph/builder.js';
import { convTranspose, outputSize, type Window, windowAttributes } from '../graph/convolution.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { readWindow } from './window.js';

/** The mean over each window; padding counts or not, as `count_include_pad` says. */
export const averagePool: Operation = {
  type: 'AveragePool',
  forward(context) {
    const x = valueAt(context, 0);
    const window = geometry(context);
    const [height, width] = outputSize(x.shape, window);
    const { dilations: _, ...attributes } = windowAttributes(window);
    return [
      context.builder.emit(
        'AveragePool',
        [x],
        { ...attributes, count_include_pad: int(countsPadding(context) ? 1 : 0) },
        { shape: [...x.shape.slice(0, 2), height, width] },
      ),
    ];
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    const window = geometry(context);
    const { shape } = valueAt(context, 0);
    const channels = sizeOf(shape, 1);
    const elements = window.kernel[0] * window.kernel[1];
    const kernels = b.floats([channels, 1, ...window.kernel], new Float32Array(channels * elements).fill(1));
    const [height, width] = outputSize(shape, window);
    const shares = countsPadding(context)
      ? b.scalar(1 / elements)
      : b.floats([1, 1, height, width], inverseCounts(shape, window));
    return convTranspose(b, multiply(b, cotangent, shares), kernels, window, channels, shape);
  },
};

function geometry(context: NodeContext): Window {
  const { shape } = valueAt(context, 0);
  const window = readWindow(context.node, shape);
  if (window.dilations.some((dilation) => dilation !== 1))
    throw new ModelError(`dilations [${window.dilations}] are not supported`);
  const [top, left, bottom, right] = window.pads;
  if (Math.max(top, bottom) >= window.kernel[0] || Math.max(left, right) >= window.kernel[1])
    throw new ModelError(`pads [${window.pads}] make windows of padding alone`);
  if (
    intAttribute(context.node, 'ceil_mode', 0) !== 0 &&
    String(outputSize(shape, window)) !== String(outputSize(shape, window, true))
  )
    throw new ModelError('windows that hang over the edge (ceil_mode) are not supported');
  return window;
}

const countsPadding = (context: NodeContext): boolean =>
  intAttribute(context.node, 'count_include_pad', 0) !== 0;

/** 1 / number of pixels, not padding, that each window sees. */
function inverseCounts(shape: Shape, window: Window): Float32Array {
  const along = (axis: 0 | 1, count: number): number[] =>
    Array.from({ length: count }, (_, step) => {
      const start = step * window.strides[axis] - window.pads[axis];
      return Math.min(sizeOf(shape, axis + 2), start + window.kernel[axis]) - Math.max(0, start);
    });
  const [height, width] = outputSize(shape, window);
  const columns = along(1, width);
  return Float32Array.from(along(0, height).flatMap((rows) => columns.map((count) => 1 / (rows * count))));
}

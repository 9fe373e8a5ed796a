import { ModelError } from '../errors.js';
import { multiply, ones } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { outputSize, type Window, windowAttributes } from '../graph/convolution.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { transposedConvolution } from '../lowerings/transposed-convolution.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { readWindow } from './window.js';

/** The mean over each window; padding counts or not, as `count_include_pad` says. */
export const averagePool: Operation = {
  type: 'AveragePool',
  inputs: [1, 1],
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
    const { builder: b, cotangent, lowerings } = context;
    const window = geometry(context);
    const { shape } = valueAt(context, 0);
    const channels = sizeOf(shape, 1);
    const elements = window.kernel[0] * window.kernel[1];
    const kernels = ones(b, [channels, 1, ...window.kernel]);
    const shares = countsPadding(context) ? b.scalar(1 / elements) : inverseCounts(b, shape, window);
    const spread = multiply(b, cotangent, shares);
    const form = lowerings.transposedConvolution;
    return transposedConvolution(b, spread, kernels, window, channels, shape, form);
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

/** 1 / number of pixels, not padding, that each window sees: [1, 1, H′, W′]. */
function inverseCounts(b: GraphBuilder, shape: Shape, window: Window): Value {
  const [height, width] = outputSize(shape, window);
  const size = [sizeOf(shape, 2), sizeOf(shape, 3)] as const;
  const seen = (axis: 0 | 1, step: number): number => {
    const start = step * window.strides[axis] - window.pads[axis];
    return Math.min(size[axis], start + window.kernel[axis]) - Math.max(0, start);
  };
  const dims = [1, 1, height, width];
  return b.derived(`inverse counts [${dims}] of ${JSON.stringify(window)} in [${size}]`, dims, () =>
    new Float32Array(height * width).map(
      (_, at) => 1 / (seen(0, Math.floor(at / width)) * seen(1, at % width)),
    ),
  );
}

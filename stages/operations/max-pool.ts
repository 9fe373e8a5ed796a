import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { outputSize, overhanging, type Window, windowAttributes } from '../graph/convolution.js';
import { pad } from '../graph/layout.js';
import { elementsPerImage } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import {
  comparedMaxPoolGradient,
  lowestOf,
  scatteredApartMaxPoolGradient,
  scatteredMaxPoolGradient,
} from '../lowerings/max-pool-gradient.js';
import { listed } from '../shown.js';
import { alsoOverRows } from './one-axis.js';
import { valueAt } from './operands.js';
import type { NodeContext } from './operation.js';
import { readWindow } from './window.js';
import { alsoOverWindowsAsChannels } from './windows-as-channels.js';

/** The maximum of each window; the gradient goes to the first one in row-major order. */
export const maxPool = alsoOverWindowsAsChannels(
  alsoOverRows({
    type: 'MaxPool',
    inputs: [1, 1],
    outputs: 2,
    forward(context) {
      const { builder: b } = context;
      const x = valueAt(context, 0);
      const window = geometry(context);
      const shape = [...x.shape.slice(0, 2), ...outputSize(x.shape, window)];
      const emit = (input: Value, { pads }: Pick<Window, 'pads'>) =>
        b.emit(
          'MaxPool',
          [input],
          { ...windowAttributes({ ...window, pads }), ceil_mode: int(0) },
          { shape },
        );
      const [top, left, bottom, right] = window.pads;
      const y = isTooWide(window)
        ? emit(pad(b, x, [0, 0, top, left, 0, 0, bottom, right], lowestOf(b)), { pads: [0, 0, 0, 0] })
        : emit(x, window);
      return [b.precision === 'half' ? add(b, y, nothing(b, x)) : y];
    },
    backward(context) {
      const { builder: b, cotangent, lowerings } = context;
      const x = valueAt(context, 0);
      const [y = x] = context.outputs;
      const window = geometry(context);
      const form = lowerings.maxPoolGradient;
      if (b.batch !== null && form === 'scattered-apart' && elementsPerImage(x.shape.slice(2)) < 2 ** 24)
        return scatteredApartMaxPoolGradient(b, x, y, cotangent, window, b.batch);
      if (b.batch !== null && form === 'scattered' && !isTooWide(window))
        return scatteredMaxPoolGradient(b, x, cotangent, window, b.batch);
      return comparedMaxPoolGradient(b, x, y, cotangent, window, lowerings);
    },
  }),
);

/** 0 for each channel, NaN where one of its pixels overflowed: some providers pool NaN away. [N, C, 1, 1] */
function nothing(b: GraphBuilder, x: Value): Value {
  const shape = [...x.shape.slice(0, 2), 1, 1];
  return multiply(b, b.emit('GlobalAveragePool', [x], {}, { shape }), b.scalar(0));
}

/** ONNX Runtime takes no padding as wide as the kernel, which an overhang of dilated windows can be. */
function isTooWide({ pads: [top, left, bottom, right], kernel }: Window): boolean {
  return Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1];
}

const ceil = (context: NodeContext): boolean => intAttribute(context.node, 'ceil_mode', 0) !== 0;

/** The window, with as much padding behind the image as its last, overhanging steps need. */
function geometry(context: NodeContext): Window {
  const { shape } = valueAt(context, 0);
  const window = readWindow(context.node, shape);
  // A window of padding alone has no maximum.
  for (const axis of [0, 1] as const) {
    const extent = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    if (Math.max(window.pads[axis], window.pads[axis === 0 ? 2 : 3]) >= extent)
      throw new ModelError(
        `pads is [${listed(window.pads)}], expected less than the window's ${extent} pixels`,
      );
  }
  return ceil(context) ? overhanging(shape, window) : window;
}

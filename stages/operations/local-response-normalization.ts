import { ModelError } from '../errors.js';
import { add, divide, exponential, logarithm, multiply, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise } from '../graph/convolution.js';
import { reshape } from '../graph/layout.js';
import { elementsPerImage, formatShape, sizeOf } from '../graph/shape.js';
import { floatAttribute, requiredInt } from '../import/attributes.js';
import { alsoBesideParts, channelsAxisOf } from './channels-axis.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext } from './operation.js';

/**
 * y = x · s^−β with s = bias + α/n · Σ x² over n channels around each, as AlexNet and GoogLeNet have it. In single
 * precision always: squares leave the range of half precision.
 */
export const localResponseNormalization = alsoBesideParts({
  type: 'LRN',
  inputs: [1, 1],
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const { bias, alpha, beta, size } = settings(context);
    return b.inSingle(() => {
      const squares = acrossChannels(b, multiply(b, x, x), size, 'forwards');
      const sums = add(b, multiply(b, squares, b.scalar(alpha / size)), b.scalar(bias));
      // s is positive.
      const factor = exponential(b, multiply(b, logarithm(b, sums), b.scalar(-beta)));
      return [multiply(b, x, factor), sums, factor];
    });
  },
  backward: (context) => context.builder.inSingle(() => cotangentOf(context)),
});

/** g · s^−β − 2αβ/n · x · Σ (g · y / s), the sum over the channels that see this one. */
function cotangentOf(context: BackwardContext): Value {
  const { builder: b, cotangent, outputs } = context;
  const { alpha, beta, size } = settings(context);
  const [y, sums, factor] = outputs;
  if (!y || !sums || !factor) throw new TypeError('a normalisation gives what it divides by');
  const shares = acrossChannels(b, divide(b, multiply(b, cotangent, y), sums), size, 'backwards');
  const along = multiply(b, multiply(b, valueAt(context, 0), shares), b.scalar((2 * alpha * beta) / size));
  return subtract(b, multiply(b, cotangent, factor), along);
}

/** Σ over neighbouring channels: a convolution with a band of ones. */
function acrossChannels(b: GraphBuilder, x: Value, size: number, way: 'forwards' | 'backwards'): Value {
  const channels = sizeOf(x.shape, 1);
  const before = way === 'forwards' ? Math.floor((size - 1) / 2) : Math.ceil((size - 1) / 2);
  const dims = [channels, channels, 1, 1];
  const band = b.derived(`band of ${size} in [${dims}], ${before} before`, dims, () =>
    Float32Array.from({ length: channels * channels }, (_, at) => {
      const place = (at % channels) - Math.floor(at / channels) + before;
      return place >= 0 && place < size ? 1 : 0;
    }),
  );
  if (x.shape.length === 4) return conv(b, x, band, null, pointwise, 1);
  // Parts of an image are positions like others.
  const [images = 'N', , ...positions] = x.shape;
  const asImages = reshape(b, x, [images, channels, elementsPerImage(positions), 1]);
  return reshape(b, conv(b, asImages, band, null, pointwise, 1), x.shape);
}

function settings(context: NodeContext): {
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
  readonly size: number;
} {
  const { node } = context;
  const { shape } = valueAt(context, 0);
  if (shape.length !== (channelsAxisOf(context) === 1 ? 4 : 5))
    throw new ModelError(`input has shape ${formatShape(shape)}; only images [N, C, H, W] are supported`);
  const size = requiredInt(node, 'size');
  const bias = floatAttribute(node, 'bias', 1);
  const alpha = floatAttribute(node, 'alpha', 1e-4);
  if (!(size >= 1)) throw new ModelError(`size is ${size}, expected a positive number of channels`);
  if (!(bias > 0 && alpha >= 0))
    throw new ModelError(`bias is ${bias} and alpha ${alpha}, with which it may divide by zero`);
  return { bias, alpha, beta: floatAttribute(node, 'beta', 0.75), size };
}

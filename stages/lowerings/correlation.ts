import { type GraphBuilder, int, ints, type Value } from '../graph/builder.js';
import type { Window } from '../graph/convolution.js';
import { cut } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';
import type { ConvolutionLayer } from './convolution-layer.js';

// Where each kernel sees one channel, the gradient in its elements is a correlation of what it saw with δ: a convolution
// whose kernels are the cotangents, a group for each image and channel. Nothing is unfolded. Groups are counted, so the
// number of images must be known when the graph is written.

/** Whether that is a form of a layer's weight gradient. */
export function correlationApplies({ x, groups, window, batch }: ConvolutionLayer): boolean {
  return (
    batch !== null && groups > 1 && sizeOf(x.shape, 1) === groups && window.kernel.some((size) => size > 1)
  );
}

/** What an element of the result costs beside one of a matrix product: a convolution with kernels as large as an image is slow. */
const slowness = 16;

/** Cost for one image, in multiplications; infinite where the form does not apply. */
export function correlationCost(layer: ConvolutionLayer): number {
  if (!correlationApplies(layer)) return Number.POSITIVE_INFINITY;
  const { cotangent, window } = layer;
  const elements = window.kernel[0] * window.kernel[1];
  return (
    sizeOf(cotangent.shape, 1) * sizeOf(cotangent.shape, 2) * sizeOf(cotangent.shape, 3) * elements * slowness
  );
}

/** The gradient in the kernels, [N, G, O/G, kh·kw]. @throws TypeError where it has no such form */
export function correlated(b: GraphBuilder, layer: ConvolutionLayer): Value {
  const { cotangent, window, groups, batch } = layer;
  if (batch === null || !correlationApplies(layer)) throw new TypeError('the layer has no such form');
  const kernels = sizeOf(cotangent.shape, 1);
  const size = [sizeOf(cotangent.shape, 2), sizeOf(cotangent.shape, 3)] as const;
  const { x, pads } = whatIsSeen(b, layer, size);
  const asOneImage = (value: Value, shape: readonly number[]): Value =>
    b.emit('Reshape', [value, b.integers(shape)], {}, { shape, ofImages: true });
  const image = asOneImage(x, [1, batch * groups, sizeOf(x.shape, 2), sizeOf(x.shape, 3)]);
  const filters = asOneImage(cotangent, [batch * kernels, 1, ...size]);
  // What the kernel steps by lies between the elements of δ, what lies between the kernel's elements is stepped by.
  const attributes = {
    kernel_shape: ints(size),
    strides: ints(window.dilations),
    dilations: ints(window.strides),
    pads: ints(pads),
    group: int(batch * groups),
  };
  const output = { shape: [1, batch * kernels, ...window.kernel], ofImages: true } as const;
  const product = b.emit('Conv', [image, filters], attributes, output);
  const shape = ['N', groups, kernels / groups, window.kernel[0] * window.kernel[1]] as const;
  return b.emit('Reshape', [product, b.integers([batch, ...shape.slice(1).map(Number)])], {}, { shape });
}

/** What the kernels see of x, and the padding: rows and columns behind the last window would give further elements. */
function whatIsSeen(
  b: GraphBuilder,
  { x, window }: ConvolutionLayer,
  size: readonly [number, number],
): { x: Value; pads: Window['pads'] } {
  const { kernel, strides, dilations, pads } = window;
  const end = ([0, 1] as const).map((axis) => {
    const reached = strides[axis] * (size[axis] - 1) + dilations[axis] * (kernel[axis] - 1) + 1;
    return reached - pads[axis] - sizeOf(x.shape, axis + 2);
  });
  const [bottom = 0, right = 0] = end;
  const kept = end.flatMap((excess, axis) =>
    excess < 0 ? [{ axis: axis + 2, start: 0, count: sizeOf(x.shape, axis + 2) + excess, step: 1 }] : [],
  );
  return { x: cut(b, x, kept), pads: [pads[0], pads[1], Math.max(0, bottom), Math.max(0, right)] };
}

import { type GraphBuilder, int, ints, type Value } from '../graph/builder.js';
import { concat } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';
import type { ConvolutionLayer } from './convolution-layer.js';
import { pick } from './picked.js';
import { type PhaseTaps, phaseOf, phaseTaps } from './row-phases.js';

// Where each kernel sees one channel, the gradient in its elements is a correlation of what it saw with δ. With rows of one
// length, behind which δ has zeros, element (u, v) is the product of δ, row behind row, with the image from u rows and v
// columns on: a matrix product whose rows overlap in memory. ONNX Runtime computes a convolution so whose kernels
// are as wide as their image, each image and channel being a group; nothing is unfolded. Groups are counted, so the number of images
// must be known when the graph is written. Of an image that is stepped over, each phase is an image of its own.

/** Whether that is a form of a layer's weight gradient. */
export function correlationApplies({ x, groups, window, batch }: ConvolutionLayer): boolean {
  return (
    batch !== null && groups > 1 && sizeOf(x.shape, 1) === groups && window.kernel.some((size) => size > 1)
  );
}

/** Taps that see one phase, and the sizes of what they see. */
interface Phase {
  readonly rows: PhaseTaps;
  readonly columns: PhaseTaps;
  /** Rows and columns of the phase that the taps see, before a row of zeros for what lies beyond the last. */
  readonly seen: readonly [height: number, width: number];
  /** Rows of zeros. */
  readonly tail: 0 | 1;
}

function phasesOf({ cotangent, window }: ConvolutionLayer): readonly Phase[] {
  const [height, width] = [sizeOf(cotangent.shape, 2), sizeOf(cotangent.shape, 3)];
  const [down, across] = [phaseTaps(window, 0), phaseTaps(window, 1)];
  const rowLength = width + Math.max(...across.flatMap(({ offsets }) => offsets));
  return down.flatMap((rows) =>
    across.map(
      (columns): Phase => ({
        rows,
        columns,
        seen: [height + Math.max(...rows.offsets), rowLength],
        tail: Math.max(...columns.offsets) > 0 ? 1 : 0,
      }),
    ),
  );
}

/** What an element costs that is copied row by row, in multiplications of a matrix product. */
const copyCost = 24;
/** What a multiplication costs in a product with a few rows, and in one with many. */
const fewRowsCost = 6;
const manyRowsCost = 2;

/** The products of δ with every place from the first tap to the last, of which a few are taken. */
function everyPlace({ seen, tail }: Phase, height: number): number {
  const [rows, width] = seen;
  return (rows + tail - height) * width + 1;
}

/** Costs for one channel: by every place between the taps, or by columns, each of which needs a copy of the image. */
function phaseCosts(phase: Phase, height: number): { readonly places: number; readonly columns: number } {
  const { rows, columns, seen } = phase;
  const [seenRows, width] = seen;
  const copies = columns.offsets.filter((offset) => offset > 0).length;
  const rowsOut = Math.max(...rows.offsets) + 1;
  return {
    places: everyPlace(phase, height) * height * width * manyRowsCost,
    columns:
      copies * seenRows * width * copyCost + columns.offsets.length * rowsOut * height * width * fewRowsCost,
  };
}

/** Cost for one image, in multiplications; infinite where the form does not apply. */
export function correlationCost(layer: ConvolutionLayer): number {
  if (!correlationApplies(layer)) return Number.POSITIVE_INFINITY;
  const { cotangent, groups, window } = layer;
  const kernels = sizeOf(cotangent.shape, 1);
  const height = sizeOf(cotangent.shape, 2);
  const phases = phasesOf(layer);
  const width = phases[0]?.seen[1] ?? 0;
  const ofPhases = phases.reduce((total, phase) => {
    const { places, columns } = phaseCosts(phase, height);
    const [rows] = phase.seen;
    return total + kernels * Math.min(places, columns) + groups * (rows + phase.tail) * width * copyCost;
  }, 0);
  const elements = window.kernel[0] * window.kernel[1];
  return ofPhases + kernels * height * width * copyCost + kernels * elements * copyCost;
}

/** The gradient in the kernels, [N, G, O/G, kh·kw]. @throws TypeError where it has no such form */
export function correlated(b: GraphBuilder, layer: ConvolutionLayer): Value {
  const { x, cotangent, window, groups, batch } = layer;
  if (batch === null || !correlationApplies(layer)) throw new TypeError('the layer has no such form');
  const kernels = sizeOf(cotangent.shape, 1);
  const height = sizeOf(cotangent.shape, 2);
  const phases = phasesOf(layer);
  const rowLength = phases[0]?.seen[1] ?? 0;
  const still = { pads: [0, 0, 0, 0], strides: [1, 1] } as const;
  const filters = phaseOf(b, cotangent, still, [0, 0], [height, rowLength]);
  const found: Value[] = [];
  const elements: number[] = [];
  for (const phase of phases) {
    const { rows, columns, seen, tail } = phase;
    const [count] = seen;
    const image = phaseOf(b, x, window, [rows.phase, columns.phase], [count + tail, rowLength]);
    const sizes: PhaseSizes = { images: batch, groups, kernels, height, rows: count, tail, rowLength };
    const costs = phaseCosts(phase, height);
    if (costs.places <= costs.columns) {
      const products = productsAtEveryPlace(b, image, filters, sizes);
      found.push(pick(b, products, 2, placesOf(phase)));
      elements.push(...elementsByRow(phase, window.kernel[1]));
    } else
      for (const [index, offset] of columns.offsets.entries()) {
        const products = productsAtColumn(b, image, filters, offset, sizes);
        found.push(pick(b, products, 2, rows.offsets));
        const column = columns.elements[index] ?? 0;
        elements.push(...rows.elements.map((row) => row * window.kernel[1] + column));
      }
  }
  const all = concat(b, found, 2);
  const inOrder = [...elements.keys()].toSorted(
    (one, other) => (elements[one] ?? 0) - (elements[other] ?? 0),
  );
  const gradient = inOrder.every((place, index) => place === index) ? all : pick(b, all, 2, inOrder);
  const shape = ['N', groups, kernels / groups, elements.length] as const;
  return b.emit('Reshape', [gradient, b.integers([batch, ...shape.slice(1).map(Number)])], {}, { shape });
}

/** Places of the taps in what `productsAtEveryPlace` gives, row by row. */
function placesOf({ rows, columns, seen }: Phase): readonly number[] {
  return rows.offsets.flatMap((down) => columns.offsets.map((across) => down * seen[1] + across));
}

/** Elements of the kernel in the same order. */
function elementsByRow({ rows, columns }: Phase, width: number): readonly number[] {
  return rows.elements.flatMap((row) => columns.elements.map((column) => row * width + column));
}

interface PhaseSizes {
  readonly images: number;
  readonly groups: number;
  readonly kernels: number;
  /** Rows of δ. */
  readonly height: number;
  /** Rows of the image without the tail. */
  readonly rows: number;
  readonly tail: 0 | 1;
  readonly rowLength: number;
}

/** δ times the image from each element on, [N, O, places]: rows of the product are one element apart. */
function productsAtEveryPlace(b: GraphBuilder, image: Value, filters: Value, sizes: PhaseSizes): Value {
  const { images, groups, kernels, height, rows, tail, rowLength } = sizes;
  const line = flat(b, image, [1, images * groups, (rows + tail) * rowLength, 1]);
  const lines = flat(b, filters, [images * kernels, 1, height * rowLength, 1]);
  return productsOf(b, line, lines, sizes);
}

/** δ times the image from some column on, at each row, [N, O, rows]. */
function productsAtColumn(
  b: GraphBuilder,
  image: Value,
  filters: Value,
  column: number,
  sizes: PhaseSizes,
): Value {
  const { images, groups, kernels, height, rows, tail, rowLength } = sizes;
  // From the first column on, the image is as it lies: further rows give further products that nobody takes.
  const seen = column === 0 ? rows + tail : rows;
  const line = flat(b, image, [1, images * groups, (rows + tail) * rowLength]);
  const moved = column === 0 ? line : part(b, line, column, rows * rowLength);
  const rectangle = flat(b, moved, [1, images * groups, seen, rowLength]);
  const kernelRows = flat(b, filters, [images * kernels, 1, height, rowLength]);
  return productsOf(b, rectangle, kernelRows, sizes);
}

/** A convolution whose kernels are as wide as their images, each of one channel: [N, O, places]. */
function productsOf(
  b: GraphBuilder,
  image: Value,
  filters: Value,
  { images, groups, kernels }: PhaseSizes,
): Value {
  const kernel = [sizeOf(filters.shape, 2), sizeOf(filters.shape, 3)] as const;
  const places = sizeOf(image.shape, 2) - kernel[0] + 1;
  const attributes = { kernel_shape: ints(kernel), group: int(images * groups) };
  const output = { shape: [1, images * kernels, places, 1], ofImages: true } as const;
  const products = b.emit('Conv', [image, filters], attributes, output);
  const shape = ['N', kernels, places] as const;
  return b.emit('Reshape', [products, b.integers([images, kernels, places])], {}, { shape });
}

/** The elements in another shape, images among channels. */
function flat(b: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return b.emit('Reshape', [x, b.integers(shape)], {}, { shape, ofImages: true });
}

function part(b: GraphBuilder, x: Value, start: number, count: number): Value {
  const numbers = [[start], [start + count], [2]];
  const shape = x.shape.with(2, count);
  return b.emit('Slice', [x, ...numbers.map((each) => b.integers(each))], {}, { shape, ofImages: true });
}

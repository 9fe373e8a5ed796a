import { activationsOf, type Batching, isSameForAll } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { concat, reshape, slice } from '../graph/layout.js';
import { textAttribute } from '../import/attributes.js';
import { stridesOf } from '../import/literals/literal.js';
import type { Activation, Operand } from '../import/operand.js';
import { pick, sumByPlace } from '../lowerings/picked.js';
import { elementCount } from '../onnx/model.js';
import { listed } from '../shown.js';
import { cotangentShape, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

const amongConstants: Batching = ({ node, operands }) => {
  if (!activationsOf(operands).every(isSameForAll))
    throw new ModelError('it replaces parts of what is computed from the image, which is not supported');
  return { node, operands, batch: null };
};

/**
 * A tensor with parts of it replaced, at constant places: how an exporter writes `bias[a:b] = …`. Its rows are picked from
 * both, the tensor and what replaces, joined.
 */
export const scatterNd: Operation = {
  type: 'ScatterND',
  inputs: [3, 3],
  data: 'all',
  batching: amongConstants,
  forward(context) {
    const { builder: b } = context;
    const { sources, replacing, row } = rowsOf(context);
    const [x, updates] = [valueAt(context, 0), valueAt(context, 2)];
    const tensor = reshape(b, x, [1, sources.length, ...row]);
    const both = concat(b, [tensor, reshape(b, updates, [1, replacing, ...row])], 1);
    return [reshape(b, pick(b, both, 1, sources), x.shape)];
  },
  backward(context, slot) {
    const { builder: b, cotangent } = context;
    const { sources, replacing, row } = rowsOf(context);
    const rows = sources.length;
    const both = sumByPlace(b, reshape(b, cotangent, ['N', rows, ...row]), 1, sources, rows + replacing);
    const own = slot === 0 ? slice(b, both, 1, 0, rows) : slice(b, both, 1, rows, rows + replacing);
    return reshape(b, own, cotangentShape(context, slot));
  },
};

interface Rows {
  /** For each row of the tensor, where it comes from among those of the tensor and those that replace, joined. */
  readonly sources: readonly number[];
  /** How many replace. */
  readonly replacing: number;
  /** The shape of a row. */
  readonly row: readonly number[];
}

function rowsOf(context: NodeContext): Rows {
  const [, indices] = context.operands;
  if (textAttribute(context.node, 'reduction', 'none') !== 'none')
    throw new ModelError('a reduction is not supported, only the replacement of parts');
  if (!indices || indices.kind === 'activation')
    throw new ModelError('input 1 must be whole numbers that are known before any image is');
  const dims = valueAt(context, 0).shape.slice(1).map(Number);
  const { places, shape } = numbersOf(indices);
  const depth = shape.at(-1) ?? 0;
  if (depth < 1 || depth > dims.length)
    throw new ModelError(`indices of shape [${listed(shape)}] for a tensor of shape [${listed(dims)}]`);
  const [around, row] = [dims.slice(0, depth), dims.slice(depth)];
  const strides = stridesOf(around);
  const sources = Array.from({ length: elementCount(around) }, (_, index) => index);
  const rows = sources.length;
  const replacing = places.length / depth;
  for (let one = 0; one < replacing; one++) {
    const at = places.slice(one * depth, (one + 1) * depth).map((place, axis) => {
      const size = around[axis] ?? 0;
      if (place < -size || place >= size) throw new ModelError(`index ${place} of an axis of ${size}`);
      return (place < 0 ? place + size : place) * (strides[axis] ?? 0);
    });
    const to = at.reduce((sum, place) => sum + place, 0);
    if (sources[to] !== to) throw new ModelError('it replaces a part twice');
    sources[to] = rows + one;
  }
  return { sources, replacing, row };
}

function numbersOf(operand: Exclude<Operand, Activation>): {
  places: readonly number[];
  shape: readonly number[];
} {
  if (operand.kind === 'sizes') return { places: operand.sizes.map(Number), shape: [operand.sizes.length] };
  return { places: Array.from(operand.tensor.data, Number), shape: operand.tensor.dims };
}

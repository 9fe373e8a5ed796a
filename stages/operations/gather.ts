import { gathering } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { type AxisPart, cut, reshape, setApart } from '../graph/layout.js';
import { type Dim, normalizeAxis, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { pick, sumByPlace } from '../lowerings/picked.js';
import { cotangentShape, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Constant places along an axis: one, neighbours, or any others any number of times, as a table is looked up. */
export const gather: Operation = {
  type: 'Gather',
  inputs: [2, 2],
  batching: gathering,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const { axis, places, dims } = placesOf(context);
    const part = neighbours(axis, places);
    const picked = part ? cut(b, x, [part]) : pick(b, x, axis, places);
    return [reshape(b, picked, x.shape.toSpliced(axis, 1, ...dims))];
  },
  backward(context) {
    const { builder: b } = context;
    const shape = cotangentShape(context, 0);
    const { axis, places } = placesOf(context);
    const arrived = reshape(b, context.cotangent, shape.with(axis, places.length));
    const part = neighbours(axis, places);
    return part
      ? setApart(b, arrived, [part], shape)
      : sumByPlace(b, arrived, axis, places, sizeOf(shape, axis));
  },
};

interface Places {
  readonly axis: number;
  /** Along the axis, in order. */
  readonly places: readonly number[];
  /** The axes that they have in the output. */
  readonly dims: readonly Dim[];
}

function placesOf(context: NodeContext): Places {
  const { shape } = valueAt(context, 0);
  const axis = normalizeAxis(intAttribute(context.node, 'axis', 0), shape.length);
  const size = sizeOf(shape, axis);
  const { indices, dims } = indicesOf(context);
  const places = indices.map((index) => (index < 0 ? index + size : index));
  const wrong = indices[places.findIndex((place) => !(place >= 0 && place < size))];
  if (wrong !== undefined) throw new ModelError(`index ${wrong} of axis ${axis}, which has ${size}`);
  return { axis, places, dims };
}

function indicesOf({ operands }: NodeContext): { indices: readonly number[]; dims: readonly number[] } {
  const [, operand] = operands;
  if (operand?.kind === 'sizes') {
    const indices = operand.sizes.map(Number);
    return { indices, dims: operand.scalar ? [] : [indices.length] };
  }
  if (operand?.kind !== 'constant' || operand.tensor.type !== 'int64')
    throw new ModelError('input 1 must be whole numbers that are known before any image is');
  return { indices: Array.from(operand.tensor.data, Number), dims: operand.tensor.dims };
}

/** The part that the places are, where they are neighbours in their order. */
function neighbours(axis: number, places: readonly number[]): AxisPart | null {
  const [start = 0] = places;
  if (!places.every((place, index) => place === start + index)) return null;
  return { axis, start, count: places.length, step: 1 };
}

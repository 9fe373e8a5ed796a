import { ModelError } from '../errors.js';
import { type Dim, formatShape, sameShape } from '../graph/shape.js';
import { type BatchAxis, holdsOnlyImages, isFirstAxis } from '../import/batch-axis.js';
import type { Activation, Constant, Operand } from '../import/operand.js';
import { reshaped } from '../import/views.js';
import { listed } from '../shown.js';
import {
  activationsOf,
  type Batching,
  isSameForAll,
  type Prepared,
  shapeInModel,
  shapeOf,
} from './batching.js';

/** For operations whose operands broadcast: constants and values of all images lose the axis that holds them. */
export const broadcasting: Batching = ({ node, operands }) => {
  const activations = activationsOf(operands);
  const rank = Math.max(...operands.map((operand) => (operand ? rankOf(operand) : 0)));
  const batch = commonBatch(activations, rank);
  const isUsual = activations.every((x) => isFirstAxis(x.batch) && rankOf(x) === rank);
  if (isUsual) return { node, operands, batch };
  return { node, operands: operands.map((operand) => operand && aligned(operand, batch, rank)), batch };
};

/**
 * Where the images are in what operands broadcast to.
 * @throws ModelError where they are not along the same axis of all
 */
export function commonBatch(activations: readonly Activation[], rank: number): BatchAxis | null {
  const places = activations
    .filter((x) => !isSameForAll(x))
    .map((x) => x.batch && { ...x.batch, axis: x.batch.axis + rank - rankOf(x) });
  const [first = null] = places;
  const isSame = (place: BatchAxis | null): boolean =>
    place?.axis === first?.axis && place?.before === first?.before && place?.after === first?.after;
  if (!places.every(isSame))
    throw new ModelError(
      `${listed(activations.map(shapeOf))} have the images along different axes: that would mix them with each other`,
    );
  return first;
}

/** An operand with the axes that it has beside others of a rank, less the one that only images have. */
export function aligned(operand: Operand, batch: BatchAxis | null, rank: number): Operand | Prepared {
  const dropped = batch && holdsOnlyImages(batch) ? batch.axis - (rank - rankOf(operand)) : -1;
  if (operand.kind === 'constant') return dropped < 0 ? operand : withoutAxis(operand, dropped);
  if (operand.kind === 'sizes') return operand;
  const shape = shapeInModel(operand);
  const own = operand.batch && holdsOnlyImages(operand.batch) ? operand.batch.axis : -1;
  const part = shape.flatMap((size, axis): Dim[] => {
    if (axis === own) return [];
    const inPart = operand.value.shape[1 + axis - (own >= 0 && axis > own ? 1 : 0)] ?? 1;
    if (axis !== dropped) return [inPart];
    if (inPart !== 1) throw differs(size);
    return [];
  });
  const full = rank - (batch && holdsOnlyImages(batch) ? 1 : 0);
  const ones = new Array<Dim>(full - part.length).fill(1);
  const target = [operand.value.shape[0] ?? 'N', ...ones, ...part];
  return sameShape(target, operand.value.shape) ? operand : { kind: 'prepared', operand, shape: target };
}

function withoutAxis(operand: Constant, axis: number): Constant {
  const { dims } = operand.tensor;
  if (dims[axis] !== 1) throw differs(dims[axis] ?? 0, formatShape(dims));
  return reshaped(operand, dims.toSpliced(axis, 1));
}

const differs = (size: Dim | string, of = ''): ModelError =>
  new ModelError(
    `a constant${of && ` ${of}`} has ${size} entries along the batch's axis: only what is the same for all images is supported`,
  );

export function rankOf(operand: Operand): number {
  switch (operand.kind) {
    case 'activation':
      return shapeInModel(operand).length;
    case 'constant':
      return operand.tensor.dims.length;
    case 'sizes':
      return operand.scalar ? 0 : 1;
  }
}

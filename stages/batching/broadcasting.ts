import { ModelError } from '../errors.js';
import { type Dim, formatShape, sameShape } from '../graph/shape.js';
import { type BatchAxis, holdsOnlyImages, isFirstAxis } from '../import/batch-axis.js';
import type { Activation, Constant, Operand } from '../import/operand.js';
import { perImage } from '../import/sizes.js';
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
export const broadcasting: Batching = ({ node, operands, fixedBatch }) => {
  const activations = activationsOf(operands);
  const rank = Math.max(...operands.map((operand) => (operand ? rankOf(operand) : 0)));
  const batch = commonBatch(activations, rank, fixedBatch);
  const isUsual = activations.every((x) => isFirstAxis(x.batch) && rankOf(x) === rank);
  if (isUsual) return { node, operands, batch };
  return { node, operands: operands.map((operand) => operand && aligned(operand, batch, rank)), batch };
};

/**
 * Where the images are in what operands broadcast to: along the same axis of all. A model of one image at a time has in
 * each axis what is of this image.
 * @throws ModelError where that would mix images with each other
 */
export function commonBatch(
  activations: readonly Activation[],
  rank: number,
  fixedBatch: number | null,
): BatchAxis | null {
  const places = activations
    .filter((x) => !isSameForAll(x))
    .map((x) => x.batch && { ...x.batch, axis: x.batch.axis + rank - rankOf(x) });
  const [first = null] = places;
  const isSame = (place: BatchAxis | null): boolean =>
    place?.axis === first?.axis && place?.before === first?.before && place?.after === first?.after;
  if (places.every(isSame)) return first;
  if (fixedBatch === 1) return null;
  throw new ModelError(
    `${listed(activations.map(shapeOf))} have the images along different axes: that would mix them with each other`,
  );
}

/** An operand with the axes that it has beside others of a rank, less the one that only images have. */
export function aligned(operand: Operand, batch: BatchAxis | null, rank: number): Operand | Prepared {
  const dropped = batch && holdsOnlyImages(batch) ? batch.axis - (rank - rankOf(operand)) : -1;
  if (operand.kind === 'constant') return dropped < 0 ? operand : withoutAxis(operand, dropped);
  if (operand.kind === 'sizes') return operand;
  const ofOneImage = shapeInModel(operand).map(perImage);
  if (dropped >= 0 && ofOneImage[dropped] !== 1) throw differs(ofOneImage[dropped] ?? 0, 'a value');
  const part = dropped >= 0 ? ofOneImage.toSpliced(dropped, 1) : ofOneImage;
  const full = rank - (batch && holdsOnlyImages(batch) ? 1 : 0);
  const ones = new Array<Dim>(full - part.length).fill(1);
  const target = [operand.value.shape[0] ?? 'N', ...ones, ...part];
  return sameShape(target, operand.value.shape) ? operand : { kind: 'prepared', operand, shape: target };
}

function withoutAxis(operand: Constant, axis: number): Constant {
  const { dims } = operand.tensor;
  if (dims[axis] !== 1) throw differs(dims[axis] ?? 0, `a constant ${formatShape(dims)}`);
  return reshaped(operand, dims.toSpliced(axis, 1));
}

const differs = (size: number, what: string): ModelError =>
  new ModelError(
    `${what} has ${size} entries along the batch's axis: only what is the same for all images is supported`,
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

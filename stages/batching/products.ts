import { ModelError } from '../errors.js';
import { isFirstAxis } from '../import/batch-axis.js';
import {
  activationsOf,
  type Batching,
  firstOf,
  isSameForAll,
  refuseMixing,
  shapeInModel,
} from './batching.js';
import { aligned, commonBatch, rankOf } from './broadcasting.js';

/** For a linear layer: images may be along any axis but the one that is summed over. */
export const overLastAxis: Batching = ({ node, operands }) => {
  const x = firstOf(operands);
  if (x.batch && x.batch.axis === shapeInModel(x).length - 1) refuseMixing(x.batch.axis, x);
  return { node, operands, batch: x.batch };
};

/** For a product of matrices, either of which may be a constant: images are along an axis of the list of matrices. */
export const overMatrices: Batching = (batched) => {
  const { node, operands, fixedBatch } = batched;
  const activations = activationsOf(operands);
  const [x, y] = activations;
  if (!x) throw new ModelError('neither input is computed from the image');
  if (!y || isSameForAll(y)) return linear(batched);
  const rank = Math.max(...activations.map(rankOf));
  const batch = commonBatch(activations, rank, fixedBatch);
  for (const operand of activations)
    if (!isSameForAll(operand) && operand.batch && operand.batch.axis >= rankOf(operand) - 2)
      refuseMixing(operand.batch.axis, operand);
  if (activations.every((operand) => isFirstAxis(operand.batch) && rankOf(operand) === rank))
    return { node, operands, batch };
  return { node, operands: operands.map((operand) => operand && aligned(operand, batch, rank)), batch };
};

/** Of matrices that are the same for all images: the rows that they are multiplied by may be of several. */
const linear: Batching = (batched) => {
  const { node, operands } = batched;
  const [, weight] = operands;
  if (weight?.kind === 'activation' && rankOf(weight) > 2) {
    const [x] = activationsOf(operands);
    const rank = Math.max(...activationsOf(operands).map(rankOf));
    const batch = x?.batch ?? null;
    return { node, operands: operands.map((operand) => operand && aligned(operand, batch, rank)), batch };
  }
  return overLastAxis(batched);
};

import { ModelError } from '../errors.js';
import { formatShape, type Shape } from '../graph/shape.js';
import { type BatchAxis, firstAxis, isFirstAxis, modelShape } from '../import/batch-axis.js';
import type { Activation, Operand } from '../import/operand.js';
import { perImage, type Size } from '../import/sizes.js';
import type { Node } from '../onnx/model.js';

/** A node and what it reads. */
interface ModelNode {
  readonly node: Node;
  /** Per input slot; null where it is left out. */
  readonly operands: readonly (Operand | null)[];
}

/** A node of the model, whose axes are the model's. */
export interface BatchedNode extends ModelNode {
  /** The batch size that the model was exported at, or null where it is free. */
  readonly fixedBatch: number | null;
}

/** An activation that is to be brought into another shape, or repeated for each image, before a node reads it. */
export interface Prepared {
  readonly kind: 'prepared';
  readonly operand: Activation;
  /** [N, …], or [1, …] */
  readonly shape: Shape;
}

/** A node that works on [N, …one image's part] of each value. */
export interface ImageNode {
  readonly node: Node;
  readonly operands: readonly (Operand | Prepared | null)[];
  /** Where the model has the images in the output. */
  readonly batch: BatchAxis | null;
}

/**
 * How an operation finds the axes of one image's part where the model has the images along another axis than the first,
 * or along one that holds other things too. What would mix images is refused.
 * @throws ModelError or RangeError, without naming the node
 */
export type Batching = (node: BatchedNode) => ImageNode;

/** For operations that know the images as first axis only. */
export const alongFirstAxis: Batching = ({ node, operands: given, fixedBatch }) => {
  const [first = null, ...others] = given;
  const ofEach = first && fixedBatch === 1 ? forEachImage(first) : null;
  const operands = ofEach ? [ofEach, ...others] : given;
  for (const operand of activationsOf(ofEach ? others : given))
    if (!isFirstAxis(operand.batch))
      throw new ModelError(
        operand.value.shape[0] === 'N'
          ? `input has shape ${shapeOf(operand)}: only with the batch as first axis is it supported`
          : 'it works on what is computed from parameters alone, which is not supported',
      );
  return { node, operands, batch: firstAxis };
};

/** The same for a layer of which all but the images may be computed, of parameters alone: standardised weights are. */
export const ofImages: Batching = (batched) => {
  const [image = null, ...layer] = batched.operands;
  for (const [slot, operand] of layer.entries())
    if (operand?.kind === 'activation' && !isSameForAll(operand))
      throw new ModelError(
        `input ${slot + 1} must be a constant, but it is computed from the image${batched.node.type === 'Conv' ? madeKernels : ''}`,
      );
  const found = alongFirstAxis({ ...batched, operands: [image] });
  return { ...found, operands: [...found.operands, ...layer] };
};

/** In a file for one image at a time: what constants alone make for this image, repeated for each; null for anything else. */
function forEachImage(operand: Operand): Prepared | null {
  if (operand.kind !== 'activation' || !isSameForAll(operand)) return null;
  const [images, ...part] = shapeInModel(operand);
  return images === 1 ? { kind: 'prepared', operand, shape: ['N', ...part.map(perImage)] } : null;
}

const madeKernels =
  ': layers whose weights are made for each image, as of mixtures of kernels, are not supported; give a network whose weights are the same for all images';

/** For operations on each number by itself: what they read keeps its axes. */
export const onEachNumber: Batching = ({ node, operands }) => ({
  node,
  operands,
  batch: activationsOf(operands)[0]?.batch ?? null,
});

/** Those operands that the graph computes. */
export const activationsOf = (operands: readonly (Operand | null)[]): Activation[] =>
  operands.filter((operand): operand is Activation => operand?.kind === 'activation');

/** The activation in the first slot. @throws ModelError where there is none */
export function firstOf(operands: readonly (Operand | null)[]): Activation {
  const [operand] = operands;
  if (operand?.kind !== 'activation') throw new ModelError('input 0 must be computed from the image');
  return operand;
}

export const shapeInModel = ({ value, batch }: Activation): Size[] => modelShape(value.shape, batch);

/** The model's shape of an activation, as messages have it. */
export const shapeOf = (operand: Activation): string => formatShape(shapeInModel(operand));

/** Whether it is made of constants alone, so that it is the same for all images. */
export const isSameForAll = ({ value }: Activation): boolean => value.shape[0] !== 'N';

/** What an operation reads as whole numbers: a shape, axes. */
export const integers = (sizes: readonly Size[], scalar = false): Operand => ({
  kind: 'sizes',
  sizes,
  scalar,
});

/** @throws ModelError always: images would be mixed with each other */
export function refuseMixing(axis: number, operand: Activation): never {
  throw new ModelError(
    `axis ${axis} of ${shapeOf(operand)} is the batch's: that would mix images with each other`,
  );
}

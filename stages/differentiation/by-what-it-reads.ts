import { isSameForAll, shapeInModel } from '../batching/batching.js';
import { holdsOnlyImages } from '../import/batch-axis.js';
import {
  layerNormalizationInPrimitives,
  rootMeanSquareInPrimitives,
} from '../import/fused/normalizations.js';
import { apartFromNormalization } from '../import/normalized-convolutions.js';
import type { Constant, Operand } from '../import/operand.js';
import { clippedByComputed } from '../import/rewrites/computed-bounds.js';
import { einsumOfRanks, hasEllipsis } from '../import/rewrites/einsum-ellipsis.js';
import { rowsWithMatrices } from '../import/rewrites/expert-products.js';
import { type AtPlaces, gatheredElements, gatheredRows } from '../import/rewrites/gathered-elements.js';
import { gemmInParts } from '../import/rewrites/gemm.js';
import { sampledAtPlaces } from '../import/rewrites/grid-sample.js';
import { isPointwise, pointwiseAsProduct } from '../import/rewrites/pointwise.js';
import { rotationInPrimitives } from '../import/rewrites/rotary-embedding.js';
import { scatteredElements, scatteredRows } from '../import/rewrites/scattered-elements.js';
import { matMulOfVectors } from '../import/rewrites/vectors.js';
import { volumesAsWindows } from '../import/rewrites/volumes.js';
import type { Size } from '../import/sizes.js';
import type { Node } from '../onnx/model.js';
import { averagePool } from '../operations/average-pool.js';
import { clip } from '../operations/clip.js';
import { conv } from '../operations/conv.js';
import { gemm } from '../operations/gemm.js';
import { layerNormalization } from '../operations/layer-normalization.js';
import { matMul } from '../operations/mat-mul.js';
import { maxPool } from '../operations/max-pool.js';
import { normalizedConvolution } from '../operations/normalized-convolution.js';
import type { Operation } from '../operations/operation.js';
import { planesThenDepth } from '../operations/pools-over-volumes.js';
import { scatterNd } from '../operations/scatter-nd.js';

/** Writes a node as others. @param shape of its first input @param others the shapes of its second and third */
type ByShape = (node: Node, shape: readonly Size[], others: readonly (readonly Size[])[]) => readonly Node[];

/** Operations without a rule that are written as others once shapes are known. */
const byShape: ReadonlyMap<string, ByShape> = new Map<string, ByShape>([
  ['RMSNormalization', (node, shape) => rootMeanSquareInPrimitives(node, shape.length)],
  ['RotaryEmbedding', rotationInPrimitives],
  // ONNX Runtime's optimiser has this one in the standard domain, which does not.
  ['SimplifiedLayerNormalization', (node, shape) => rootMeanSquareInPrimitives(node, shape.length)],
]);

/** Those that read or write at constant places. */
const byPlaces: ReadonlyMap<string, (node: Node, at: AtPlaces) => readonly Node[]> = new Map([
  ['GatherElements', gatheredElements],
  ['GatherND', gatheredRows],
  ['GridSample', sampledAtPlaces],
  ['ScatterElements', scatteredElements],
]);

/** Names of those that the standard has. */
export const writtenByShape: readonly string[] = [
  ...byPlaces.keys(),
  'Einsum',
  'RMSNormalization',
  'RotaryEmbedding',
];

/**
 * The nodes that a node is written as for what it reads: a computed matrix, a vector, a volume, a table of places. Null for
 * one that stays as it is.
 * @param fixedBatch the number of images that the file is for, where it says one
 * @throws ModelError, without naming the node, where it can't be written so
 */
export function byWhatItReads(
  operation: Operation | undefined,
  node: Node,
  inputs: readonly (Operand | null)[],
  fixedBatch: number | null,
): readonly Node[] | null {
  const [x = null, weight = null, other = null] = inputs;
  const at: AtPlaces = { shape: shapeOf(x), inputs, fixedBatch };
  if (operation === scatterNd && x?.kind === 'activation' && !isSameForAll(x)) return scatteredRows(node, at);
  if (!operation) {
    if (hasEllipsis(node)) return einsumOfRanks(node, inputs.map(rankOf));
    const writeAt = node.domain === '' && x !== null ? byPlaces.get(node.type) : undefined;
    if (writeAt) return writeAt(node, at);
    const write = node.domain === '' ? byShape.get(node.type) : undefined;
    const [shape = [], ...others] = [x, weight, other].map(shapeOf);
    return write?.(node, shape, others) ?? null;
  }
  if (operation === gemm) return gemmInParts(node, inputs);
  if (operation === layerNormalization && inputs.slice(1).some((one) => one?.kind === 'activation'))
    return layerNormalizationInPrimitives(node, shapeOf(x).length);
  if (operation === clip && inputs.slice(1).some((bound) => bound?.kind === 'activation'))
    return clippedByComputed(node);
  const ranks = inputs.map(rankOf);
  if (operation === matMul && ranks.includes(1)) return matMulOfVectors(node, ranks);
  // Of one image at a time, rows are read in the way in which they can be multiplied.
  if (operation === matMul && fixedBatch !== 1 && isOfImages(x) && areMatrices(weight))
    return rowsWithMatrices(node, ranks[0] ?? 0, ranks[1] ?? 0);
  if ((operation === maxPool || operation === averagePool) && ranks[0] === 5 && x?.kind === 'activation')
    return planesThenDepth(node, shapeInModel(x));
  if ((operation !== conv && operation !== normalizedConvolution) || weight?.kind !== 'constant') return null;
  if (ranks[0] === 5) return overVolumes(operation, node, x, weight);
  return operation === conv && isOverPlaces(node, x, weight) ? pointwiseAsProduct(node) : null;
}

/** Whether it has one row of each image in each of its matrices. */
const isOfImages = (operand: Operand | null): boolean =>
  operand?.kind === 'activation' &&
  !isSameForAll(operand) &&
  operand.batch !== null &&
  holdsOnlyImages(operand.batch) &&
  operand.batch.axis === shapeInModel(operand).length - 2;

/** Whether it is several matrices, the same for all images. */
const areMatrices = (operand: Operand | null): boolean =>
  (rankOf(operand) ?? 0) > 2 &&
  (operand?.kind === 'constant' || (operand?.kind === 'activation' && isSameForAll(operand)));

function overVolumes(
  operation: Operation,
  node: Node,
  x: Operand | null,
  { tensor }: Constant,
): readonly Node[] | null {
  if (x?.kind !== 'activation') return null;
  const [convolution, ...others] = operation === conv ? [node] : apartFromNormalization(node);
  return convolution && [...volumesAsWindows(convolution, shapeInModel(x), tensor.dims), ...others];
}

/** Whether a convolution sees pixels one by one, and what they hold is the same for all images. */
function isOverPlaces(node: Node, x: Operand | null, { tensor }: Constant): boolean {
  const isSame = x?.kind === 'constant' || (x?.kind === 'activation' && isSameForAll(x));
  return isSame && isPointwise(node, tensor.dims);
}

/** The model's shape of a tensor; that of sizes is none. */
function shapeOf(operand: Operand | null): readonly Size[] {
  if (operand?.kind === 'constant') return operand.tensor.dims;
  return operand?.kind === 'activation' ? shapeInModel(operand) : [];
}

/** How many axes a tensor has in the model, or null for sizes. */
function rankOf(operand: Operand | null): number | null {
  return operand === null || operand.kind === 'sizes' ? null : shapeOf(operand).length;
}

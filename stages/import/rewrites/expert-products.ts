import { ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { Primitives } from './primitives.js';

/**
 * A product of rows, one of each image, with several matrices that are the same for all images, as those of experts are:
 * [E, N, D] · [E, D, K], or [N, D] · [E, D, K]. Written with the images first and each row as a matrix of its own, so that no
 * product is over rows of several images.
 * @param rank of the rows, whose last axis but one holds the images
 * @param ofMatrices rank of the matrices, at least 3
 */
export function rowsWithMatrices(node: Node, rank: number, ofMatrices: number): Node[] {
  const made = new Primitives(node);
  const images = rank - 2;
  const others = Array.from({ length: images }, (_, axis) => axis);
  const first = made.step('Transpose', [made.input(0)], { perm: ints([images, ...others, rank - 1]) });
  // Axes of matrices that the rows don't have lie in front of those that they have.
  const added = Array.from({ length: Math.max(ofMatrices - rank, 0) }, (_, axis) => axis + 1);
  const row = rank - 1 + added.length;
  const rows = made.step('Unsqueeze', [first, made.integers([...added, row])]);
  const product = made.step('MatMul', [rows, made.input(1)]);
  const whole = made.step('Squeeze', [product, made.integers([row])]);
  const before = Array.from({ length: row - 1 }, (_, axis) => axis + 1);
  return made.ending('Transpose', [whole], { perm: ints([...before, 0, row]) });
}

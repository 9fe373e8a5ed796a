import type { Node } from '../../onnx/model.js';
import { Primitives } from './primitives.js';

/** A MatMul of which an operand is a vector, as a product of matrices: a row on the left, a column on the right. */
export function matMulOfVectors(node: Node, ranks: readonly (number | null)[]): Node[] {
  const made = new Primitives(node);
  const [a, b] = ([0, 1] as const).map((slot) =>
    ranks[slot] === 1 ? made.step('Unsqueeze', [made.input(slot), made.integers([slot])]) : made.input(slot),
  );
  const product = made.step('MatMul', [a ?? '', b ?? '']);
  const axes = [-2, -1].filter((_, slot) => ranks[slot] === 1);
  return made.ending('Squeeze', [product, made.integers(axes)]);
}

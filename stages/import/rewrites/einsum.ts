import { ModelError } from '../../errors.js';
import { int, ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/** The axes of an Einsum of two tensors, by what they are to it. */
interface Axes {
  readonly left: string;
  readonly right: string;
  readonly result: string;
  /** In all three: matrices lie side by side along them. */
  readonly shared: string;
  readonly rows: string;
  readonly summed: string;
  readonly columns: string;
}

/**
 * An Einsum that is a product of matrices, as MatMul between transpositions: attention often has it so. Where rows, columns
 * or what is summed have several axes, as heads of a linear layer have in Keras and Flax, they are joined around it.
 * @throws ModelError, without naming the node, for any other
 */
export function einsumAsProduct(node: Node): Node[] {
  const axes = axesOf(node);
  const { left, right, result, shared, rows, summed, columns } = axes;
  const made = new Primitives(node);
  const turned = (slot: number, from: string, to: string): string =>
    made.step('Transpose', [made.input(slot)], { perm: ints(order(from, to)) });
  let x = turned(0, left, shared + rows + summed);
  let y = turned(1, right, shared + summed + columns);
  // Rows without shared axes stay apart: MatMul takes them as they are.
  const areRowsJoined = shared !== '' && rows.length > 1;
  const isJoined = areRowsJoined || summed.length > 1 || columns.length > 1;
  const sizesOf = (tensor: string, from: string, letters: string): string =>
    made.step('Gather', [made.step('Shape', [tensor]), made.integers(order(from, letters))], {
      axis: int(0),
    });
  const shaped = (tensor: string, parts: readonly string[]): string =>
    made.step('Reshape', [tensor, made.step('Concat', parts.filter(Boolean), { axis: int(0) })]);
  if (!isJoined)
    return made.ending('Transpose', [made.step('MatMul', [x, y])], {
      perm: ints(order(shared + rows + columns, result)),
    });
  const [before, behind] = [x, y];
  const outer = (letters: string): string =>
    letters === '' ? '' : sizesOf(before, shared + rows + summed, letters);
  const columnSizes = sizesOf(behind, shared + summed + columns, columns);
  if (areRowsJoined) x = shaped(x, [outer(shared), made.integers([-1]), outer(summed)]);
  else if (summed.length > 1) x = shaped(x, [outer(shared + rows), made.integers([-1])]);
  if (summed.length > 1) y = shaped(y, [outer(shared), made.integers([-1]), columnSizes]);
  else if (columns.length > 1) y = shaped(y, [outer(shared), outer(summed), made.integers([-1])]);
  const product = shaped(made.step('MatMul', [x, y]), [outer(shared + rows), columnSizes]);
  return made.ending('Transpose', [product], { perm: ints(order(shared + rows + columns, result)) });
}

function axesOf(node: Node): Axes {
  const equation = textAttribute(node, 'equation', '').replaceAll(' ', '');
  const [left = '', right = '', result = ''] =
    /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/.exec(equation)?.slice(1) ?? [];
  const only = (letters: string, inside: string, outside: string): string =>
    [...letters].filter((letter) => inside.includes(letter) && !outside.includes(letter)).join('');
  const shared = only(only(result, left, ''), right, '');
  const summed = only(left, right, result);
  const [rows, columns] = [only(result, left, right), only(result, right, left)];
  const isDistinct = [left, right, result].every((letters) => new Set(letters).size === letters.length);
  const isWhole =
    left.length === shared.length + rows.length + summed.length &&
    right.length === shared.length + columns.length + summed.length;
  // Of two groups that are joined in one operand only one size can be left to be found.
  const isFound = summed.length < 2 || (columns.length === 1 && (shared === '' || rows.length === 1));
  const isProduct = summed !== '' && columns !== '' && (rows !== '' || shared === '');
  if (node.inputs.length !== 2 || !isDistinct || !isWhole || !isFound || !isProduct)
    throw new ModelError(
      `${shown(equation)} is not supported, only products of two matrices, such as bij,bkj->bik or bsd,dhk->bshk`,
    );
  return { left, right, result, shared, rows, summed, columns };
}

const order = (from: string, to: string): number[] => [...to].map((letter) => from.indexOf(letter));

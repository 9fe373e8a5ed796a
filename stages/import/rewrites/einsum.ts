import { ModelError } from '../../errors.js';
import { ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/**
 * An Einsum that is a matrix product, as MatMul between transpositions: attention often has it so, and tables of
 * relative positions, of which each row of an image has another.
 * @throws ModelError, without naming the node, for any other
 */
export function einsumAsProduct(node: Node): Node[] {
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
    left.length === shared.length + rows.length + 1 && right.length === shared.length + columns.length + 1;
  const isProduct = summed.length === 1 && columns.length >= 1 && (rows.length >= 1 || shared === '');
  if (node.inputs.length !== 2 || !isDistinct || !isWhole || !isProduct)
    throw new ModelError(
      `${shown(equation)} is not supported, only products of two matrices, such as bij,bkj->bik`,
    );
  const made = new Primitives(node);
  const inOrder = (x: string, from: string, to: string): string =>
    made.step('Transpose', [x], { perm: orderOf(from, to) });
  // Of several columns all but the last are of a list of matrices; so are rows where the matrices are of a list already.
  const listed = columns.slice(0, -1);
  const ofList = shared + listed;
  const besideRows = ofList === '' ? 0 : Math.max(0, rows.length - 1);
  const apart = (x: string, at: number, count: number): string =>
    count === 0
      ? x
      : made.step('Unsqueeze', [x, made.integers(Array.from({ length: count }, (_, axis) => at + axis))]);
  const x = apart(inOrder(made.input(0), left, shared + rows + summed), shared.length, listed.length);
  const y = apart(
    inOrder(made.input(1), right, ofList + summed + columns.slice(-1)),
    ofList.length,
    besideRows,
  );
  const product = made.step('MatMul', [x, y]);
  return made.ending('Transpose', [product], { perm: orderOf(ofList + rows + columns.slice(-1), result) });
}

const orderOf = (from: string, to: string) => ints([...to].map((letter) => from.indexOf(letter)));

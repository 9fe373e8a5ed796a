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
 * An Einsum that is a product of matrices, as MatMul between transpositions: attention often has it so, and tables of
 * relative positions, of which each row of an image has another, and linear layers in Keras and Flax, which have heads.
 * @throws ModelError, without naming the node, for any other
 */
export function einsumAsProduct(node: Node): Node[] {
  const axes = axesOf(node);
  return axes.summed.length > 1 ? withJoinedSums(node, axes) : withListedMatrices(node, axes);
}

/** Of several columns all but the last are of a list of matrices; so are rows where the matrices are of a list already. */
function withListedMatrices(
  node: Node,
  { left, right, result, shared, rows, summed, columns }: Axes,
): Node[] {
  const made = new Primitives(node);
  const listed = columns.slice(0, -1);
  const ofList = shared + listed;
  const besideRows = ofList === '' ? 0 : Math.max(0, rows.length - 1);
  const apart = (x: string, at: number, count: number): string =>
    count === 0
      ? x
      : made.step('Unsqueeze', [x, made.integers(Array.from({ length: count }, (_, axis) => at + axis))]);
  const x = apart(turned(made, 0, left, shared + rows + summed), shared.length, listed.length);
  const y = apart(turned(made, 1, right, ofList + summed + columns.slice(-1)), ofList.length, besideRows);
  const product = made.step('MatMul', [x, y]);
  return made.ending('Transpose', [product], { perm: order(ofList + rows + columns.slice(-1), result) });
}

/** Several axes that are summed are one while matrices are multiplied. */
function withJoinedSums(node: Node, { left, right, result, shared, rows, summed, columns }: Axes): Node[] {
  const made = new Primitives(node);
  const joined = (slot: number, from: string, before: string, behind: string): string => {
    const x = turned(made, slot, from, before + summed + behind);
    const sizes = (letters: string): string =>
      made.step(
        'Gather',
        [made.step('Shape', [x]), made.integers(indices(before + summed + behind, letters))],
        {
          axis: int(0),
        },
      );
    const parts = [before && sizes(before), made.integers([-1]), behind && sizes(behind)];
    return made.step('Reshape', [x, made.step('Concat', parts.filter(Boolean), { axis: int(0) })]);
  };
  const x = joined(0, left, shared + rows, '');
  const y = joined(1, right, shared, columns);
  return made.ending('Transpose', [made.step('MatMul', [x, y])], {
    perm: order(shared + rows + columns, result),
  });
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
  // With sums of several axes, other groups of several are left out.
  const isFound = summed.length < 2 || (columns.length === 1 && (shared === '' || rows.length === 1));
  const isProduct = summed !== '' && columns !== '' && (rows !== '' || shared === '');
  if (node.inputs.length !== 2 || !isDistinct || !isWhole || !isFound || !isProduct)
    throw new ModelError(
      `${shown(equation)} is not supported, only products of two matrices, such as bij,bkj->bik or bsd,dhk->bshk`,
    );
  return { left, right, result, shared, rows, summed, columns };
}

const turned = (made: Primitives, slot: number, from: string, to: string): string =>
  made.step('Transpose', [made.input(slot)], { perm: order(from, to) });

const indices = (from: string, to: string): number[] => [...to].map((letter) => from.indexOf(letter));

const order = (from: string, to: string) => ints(indices(from, to));

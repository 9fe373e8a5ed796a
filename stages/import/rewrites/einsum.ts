import { ModelError } from '../../errors.js';
import { int, ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

const equationOf = (node: Node): string => textAttribute(node, 'equation', '').replaceAll(' ', '');

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

/** A tensor and a letter for each of its axes. */
interface Lettered {
  readonly name: string;
  readonly letters: string;
}

/**
 * An Einsum as other operations. A product of two matrices is MatMul between transpositions: attention often has it so, and
 * tables of relative positions, of which each row of an image has another, and linear layers in Keras and Flax, which have
 * heads. Any other product of two is taken number by number, and summed; of more, one is multiplied by the next.
 * @param equation with a letter for each axis
 * @throws ModelError, without naming the node, for one with an axis twice in a tensor, or with axes that it does not name
 */
export function einsumInPrimitives(node: Node, equation = equationOf(node)): Node[] {
  const { operands, result } = termsOf(node, equation);
  const made = new Primitives(node);
  const [first, ...others] = operands;
  if (!first) throw new ModelError('it has no inputs');
  const last = others.reduce(
    (product, next, index) => {
      const needed = others.slice(index + 1).map(({ letters }) => letters);
      return multiplied(made, product, next, [result, ...needed].join(''));
    },
    summed(made, first, others.map(({ letters }) => letters).join('') + result),
  );
  return made.ending('Transpose', [last.name], { perm: order(last.letters, result) });
}

function termsOf(
  node: Node,
  equation: string,
): { readonly operands: readonly Lettered[]; readonly result: string } {
  const [left = '', written] = equation.split('->');
  const terms = left.split(',');
  const all = terms.join('');
  // Without an arrow all axes stay that are there once, in the order of the alphabet.
  const once = [...all].filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  const result = written ?? once.join('');
  const isPlain = [...terms, result].every(
    (letters) => /^[a-zA-Z]*$/.test(letters) && new Set(letters).size === letters.length,
  );
  if (!isPlain || [...result].some((letter) => !all.includes(letter)) || terms.length !== node.inputs.length)
    throw new ModelError(
      `${shown(equationOf(node))} is not supported, only products of tensors whose axes all have letters of their own, such as bij,bkj->bik or bsd,dhk->bshk`,
    );
  return { operands: terms.map((letters, slot) => ({ letters, name: node.inputs[slot] ?? '' })), result };
}

/** A tensor summed over the axes that nothing else has. */
function summed(made: Primitives, x: Lettered, kept: string): Lettered {
  const letters = only(x.letters, kept, '');
  if (letters === x.letters) return x;
  const gone = made.integers(indices(x.letters, only(x.letters, x.letters, kept)));
  return { name: made.step('ReduceSum', [x.name, gone], { keepdims: int(0) }), letters };
}

/** The product of two tensors, summed over the axes that are not needed any more. */
function multiplied(made: Primitives, one: Lettered, other: Lettered, needed: string): Lettered {
  const [x, y] = [summed(made, one, other.letters + needed), summed(made, other, one.letters + needed)];
  const both = x.letters + only(y.letters, y.letters, x.letters);
  const axes = axesOf(x.letters, y.letters, only(both, needed, ''));
  if (isProductOfMatrices(axes))
    return axes.summed.length > 1
      ? withJoinedSums(made, x.name, y.name, axes)
      : withListedMatrices(made, x.name, y.name, axes);
  const all = axes.result + axes.summed;
  const [left, right] = [x, y].map(({ name, letters }) => {
    const missing = indices(all, only(all, all, letters));
    const own = turned(made, name, letters, only(all, letters, ''));
    return missing.length === 0 ? own : made.step('Unsqueeze', [own, made.integers(missing)]);
  });
  const product = { name: made.step('Mul', [left ?? '', right ?? '']), letters: all };
  return summed(made, product, axes.result);
}

/** Of several columns all but the last are of a list of matrices; so are rows where the matrices are of a list already. */
function withListedMatrices(
  made: Primitives,
  one: string,
  other: string,
  { left, right, shared, rows, summed, columns }: Axes,
): Lettered {
  const listed = columns.slice(0, -1);
  const ofList = shared + listed;
  const besideRows = ofList === '' ? 0 : Math.max(0, rows.length - 1);
  const apart = (x: string, at: number, count: number): string =>
    count === 0
      ? x
      : made.step('Unsqueeze', [x, made.integers(Array.from({ length: count }, (_, axis) => at + axis))]);
  const x = apart(turned(made, one, left, shared + rows + summed), shared.length, listed.length);
  const y = apart(turned(made, other, right, ofList + summed + columns.slice(-1)), ofList.length, besideRows);
  return { name: made.step('MatMul', [x, y]), letters: ofList + rows + columns.slice(-1) };
}

/** Several axes that are summed are one while matrices are multiplied. */
function withJoinedSums(
  made: Primitives,
  one: string,
  other: string,
  { left, right, shared, rows, summed, columns }: Axes,
): Lettered {
  const joined = (name: string, from: string, before: string, behind: string): string => {
    const x = turned(made, name, from, before + summed + behind);
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
  const x = joined(one, left, shared + rows, '');
  const y = joined(other, right, shared, columns);
  return { name: made.step('MatMul', [x, y]), letters: shared + rows + columns };
}

function axesOf(left: string, right: string, result: string): Axes {
  const shared = only(only(result, left, ''), right, '');
  const summed = only(left, right, result);
  const [rows, columns] = [only(result, left, right), only(result, right, left)];
  return { left, right, result, shared, rows, summed, columns };
}

/** Whether MatMul has it. With sums of several axes, other groups of several are left out. */
function isProductOfMatrices({ shared, rows, summed, columns }: Axes): boolean {
  const isFound = summed.length < 2 || (columns.length === 1 && (shared === '' || rows.length === 1));
  return isFound && summed !== '' && columns !== '' && (rows !== '' || shared === '');
}

const only = (letters: string, inside: string, outside: string): string =>
  [...letters].filter((letter) => inside.includes(letter) && !outside.includes(letter)).join('');

const turned = (made: Primitives, name: string, from: string, to: string): string =>
  made.step('Transpose', [name], { perm: order(from, to) });

const indices = (from: string, to: string): number[] => [...to].map((letter) => from.indexOf(letter));

const order = (from: string, to: string) => ints(indices(from, to));

import { ModelError } from '../../errors.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { einsumInPrimitives } from './einsum.js';

const ellipsis = '...';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Whether an Einsum leaves axes unnamed, so that it can only be written as others once their number is known. */
export function hasEllipsis(node: Node): boolean {
  return node.domain === '' && node.type === 'Einsum' && equationOf(node).includes(ellipsis);
}

/**
 * An Einsum whose operands have unnamed axes, as other operations: each of these gets a letter, counted from the last, by
 * which they broadcast.
 * @param ranks how many axes each input has; null where it is no tensor
 * @throws ModelError, without naming the node, where an operand has fewer axes than letters, or the result leaves them out
 */
export function einsumOfRanks(node: Node, ranks: readonly (number | null)[]): Node[] {
  const equation = equationOf(node);
  const [left = '', written] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== ranks.length)
    throw new ModelError(`${shown(equation)} is of ${terms.length} tensors, and it has ${ranks.length}`);
  const counts = terms.map((term, slot) => unnamedIn(term, ranks[slot] ?? null, slot, equation));
  const most = Math.max(...counts);
  const free = [...alphabet].filter((letter) => !equation.includes(letter)).slice(0, most);
  if (free.length < most)
    throw new ModelError(`${shown(equation)} has more axes than there are letters for them`);
  const named = (term: string, count: number): string =>
    term.replace(ellipsis, free.slice(most - count).join(''));
  const result = written ?? ellipsis + lettersThereOnce(terms);
  if (most > 0 && !result.includes(ellipsis))
    throw new ModelError(
      `${shown(equation)} leaves the axes of "..." out of its result, which not every runtime sums; give each axis a letter`,
    );
  const whole = `${terms.map((term, slot) => named(term, counts[slot] ?? 0)).join(',')}->${named(result, most)}`;
  return einsumInPrimitives(node, whole);
}

/** How many axes of an operand its term leaves to "...". */
function unnamedIn(term: string, rank: number | null, slot: number, equation: string): number {
  const letters = term.replace(ellipsis, '');
  const count = (rank ?? -1) - letters.length;
  if (count < 0 || (count > 0 && letters === term))
    throw new ModelError(
      `input ${slot} has ${rank ?? 'no'} axes, and ${shown(equation)} names ${letters.length} of them`,
    );
  return count;
}

/** The letters of the result where the equation has none, in the order of the alphabet. */
function lettersThereOnce(terms: readonly string[]): string {
  const all = terms.join('').replaceAll('.', '');
  return [...all]
    .filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter))
    .sort()
    .join('');
}

const equationOf = (node: Node): string => textAttribute(node, 'equation', '').replaceAll(' ', '');

import { ModelError } from '../../errors.js';
import type { Attribute, Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';

/**
 * An Einsum that is a matrix product, as MatMul between transpositions: attention often has it so.
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
  const isProduct = summed.length === 1 && columns.length === 1 && (rows.length === 1 || shared === '');
  if (node.inputs.length !== 2 || !isDistinct || !isWhole || !isProduct)
    throw new ModelError(
      `${shown(equation)} is not supported, only products of two matrices, such as bij,bkj->bik`,
    );
  const [x = '', y = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const made = (type: string, inputs: readonly string[], name: string, perm?: readonly number[]): Node => {
    const attributes = new Map<string, Attribute>(perm ? [['perm', { kind: 'ints', value: perm }]] : []);
    return { ...node, type, inputs, outputs: [name], attributes };
  };
  const order = (from: string, to: string): number[] => [...to].map((letter) => from.indexOf(letter));
  return [
    made('Transpose', [x], `${output}:left`, order(left, shared + rows + summed)),
    made('Transpose', [y], `${output}:right`, order(right, shared + summed + columns)),
    made('MatMul', [`${output}:left`, `${output}:right`], `${output}:product`),
    made('Transpose', [`${output}:product`], output, order(shared + rows + columns, result)),
  ];
}

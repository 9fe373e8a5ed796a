import { ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/**
 * alpha · A·B + beta · C with a matrix B that is computed, such as a normalised weight: as MatMul, Mul and Add.
 */
export function gemmOfComputed(node: Node): Node[] {
  const made = new Primitives(node);
  const perm = ints([1, 0]);
  const times = (x: string, factor: number): string =>
    factor === 1 ? x : made.step('Mul', [x, made.number(factor)]);
  const [a = '', b = '', c = ''] = node.inputs;
  const left = intAttribute(node, 'transA', 0) === 0 ? a : made.step('Transpose', [a], { perm });
  const right = intAttribute(node, 'transB', 0) === 0 ? b : made.step('Transpose', [b], { perm });
  const scaled = times(made.step('MatMul', [left, right]), floatAttribute(node, 'alpha', 1));
  if (c === '') return made.ending('Identity', [scaled]);
  return made.ending('Add', [scaled, times(c, floatAttribute(node, 'beta', 1))]);
}

import { ModelError } from '../../errors.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/**
 * A Gelu (operator set 20) that is approximated by tanh as the operations that earlier exports have in its place:
 * x · (1 + s) / 2, s being tanh(√(2/π) · (x + 0.044715 x³)).
 * @throws ModelError, without naming the node, for an approximation that is not known
 */
export function geluInPrimitives(node: Node): Node[] {
  const approximation = textAttribute(node, 'approximate', 'none');
  if (approximation === 'none') return [node];
  if (approximation !== 'tanh')
    throw new ModelError(`approximate is ${shown(approximation)}, expected none or tanh`);
  const made = new Primitives(node);
  const x = made.input(0);
  const cube = made.step('Pow', [x, made.number(3)]);
  const sum = made.step('Add', [x, made.step('Mul', [cube, made.number(0.044715)])]);
  const share = made.step('Tanh', [made.step('Mul', [sum, made.number(Math.sqrt(2 / Math.PI))])]);
  const raised = made.step('Add', [share, made.number(1)]);
  return made.ending('Mul', [made.step('Mul', [x, raised]), made.number(0.5)]);
}

import { ModelError } from '../../errors.js';
import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/**
 * A Gelu (operator set 20) as the operations that earlier exports have in its place: x · (1 + s) / 2, s being erf(x/√2),
 * or tanh(√(2/π) · (x + 0.044715 x³)).
 * @throws ModelError, without naming the node, for an approximation that is not known
 */
export function geluInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const x = made.input(0);
  const raised = made.step('Add', [stepOf(made, x), made.number(1)]);
  return made.ending('Mul', [made.step('Mul', [x, raised]), made.number(0.5)]);
}

function stepOf(made: Primitives, x: string): string {
  const approximation = textAttribute(made.node, 'approximate', 'none');
  switch (approximation) {
    case 'none':
      return made.step('Erf', [made.step('Mul', [x, made.number(Math.SQRT1_2)])]);
    case 'tanh': {
      const cube = made.step('Pow', [x, made.number(3)]);
      const sum = made.step('Add', [x, made.step('Mul', [cube, made.number(0.044715)])]);
      return made.step('Tanh', [made.step('Mul', [sum, made.number(Math.sqrt(2 / Math.PI))])]);
    }
    default:
      throw new ModelError(`approximate is ${shown(approximation)}, expected none or tanh`);
  }
}

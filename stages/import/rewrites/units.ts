import { ModelError } from '../../errors.js';
import { float } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/** γ · elu(x; α). */
export function seluInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const alpha = floatAttribute(node, 'alpha', 1.6732632423543772);
  const gamma = floatAttribute(node, 'gamma', 1.0507009873554805);
  const elu = made.step('Elu', [made.input(0)], { alpha: float(alpha) });
  return made.ending('Mul', [elu, made.number(gamma)]);
}

/** max(0, x) + min(0, α · (e^{x/α} − 1)), which is α · elu(x/α). @throws ModelError where α is not positive */
export function celuInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const alpha = floatAttribute(node, 'alpha', 1);
  if (alpha <= 0) throw new ModelError(`alpha is ${alpha}, expected a positive number`);
  const elu = made.step('Elu', [made.step('Div', [made.input(0), made.number(alpha)])]);
  return made.ending('Mul', [elu, made.number(alpha)]);
}

/** x · tanh(log(1 + eˣ)). */
export function mishInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const x = made.input(0);
  return made.ending('Mul', [x, made.step('Tanh', [made.step('Softplus', [x])])]);
}

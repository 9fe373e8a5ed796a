import type { Node } from '../../onnx/model.js';
import { Primitives } from './primitives.js';

/** The largest, or the smallest, of any number of tensors as that of two at a time. */
export function inPairs(node: Node): Node[] {
  const made = new Primitives(node);
  const [first = '', second, ...others] = node.inputs;
  if (second === undefined) return made.ending('Identity', [first]);
  const last = others.pop();
  if (last === undefined) return [node];
  const before = [second, ...others].reduce((found, next) => made.step(node.type, [found, next]), first);
  return made.ending(node.type, [before, last]);
}

/** The mean of any number of tensors. */
export function meanInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  return made.ending('Mul', [made.step('Sum', node.inputs), made.number(1 / node.inputs.length)]);
}

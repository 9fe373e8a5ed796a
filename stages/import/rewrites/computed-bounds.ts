import type { Node } from '../../onnx/model.js';
import { Primitives } from './primitives.js';

/** A Clip whose bounds are computed as the smaller and the larger of two. */
export function clippedByComputed(node: Node): Node[] {
  const made = new Primitives(node);
  const [x, low, high] = [made.input(0), made.input(1), made.input(2)];
  if (high === '') return made.ending('Max', [x, low]);
  return made.ending('Min', [low === '' ? x : made.step('Max', [x, low]), high]);
}

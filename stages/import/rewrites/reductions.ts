import { ModelError } from '../../errors.js';
import { type Attributes, int } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/** Σ|x| over axes. */
export function absoluteSumInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  return made.ending('ReduceSum', [made.step('Abs', [made.input(0)]), ...axesOf(node)], keeping(node));
}

/** Σx² over axes. */
export function squareSumInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const x = made.input(0);
  return made.ending('ReduceSum', [made.step('Mul', [x, x]), ...axesOf(node)], keeping(node));
}

/** log Σx over axes. */
export function logSumInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  return made.ending('Log', [made.step('ReduceSum', [made.input(0), ...axesOf(node)], keeping(node))]);
}

/** min x over axes, as −max −x. */
export function minimumInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const negative = made.step('Neg', [made.input(0)]);
  return made.ending('Neg', [made.step('ReduceMax', [negative, ...axesOf(node)], keeping(node))]);
}

/** x / √Σx² along an axis. @throws ModelError, without naming the node, for another norm */
export function unitInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const order = intAttribute(node, 'p', 2);
  if (order !== 2) throw new ModelError(`p is ${order}, only 2 is supported`);
  const axis = made.integers([intAttribute(node, 'axis', -1)]);
  return made.ending('Div', [made.input(0), made.step('ReduceL2', [made.input(0), axis])]);
}

/** (x − mean) / √(variance) over axes, which by default are the batch's too. */
export function meanVarianceInPrimitives(node: Node): Node[] {
  const made = new Primitives(node);
  const axes = made.integers(intsAttribute(node, 'axes', [0, 2, 3]));
  const x = made.input(0);
  const centred = made.step('Sub', [x, made.step('ReduceMean', [x, axes])]);
  const variance = made.step('ReduceMean', [made.step('Mul', [centred, centred]), axes]);
  // As ONNX defines it.
  const deviation = made.step('Add', [made.step('Sqrt', [variance]), made.number(1e-9)]);
  return made.ending('Div', [centred, deviation]);
}

const axesOf = ({ inputs }: Node): string[] => inputs.slice(1);

/** @throws ModelError where a list of no axes would mean none: versions of ONNX differ in what that gives */
function keeping(node: Node): Attributes {
  if (intAttribute(node, 'noop_with_empty_axes', 0) !== 0)
    throw new ModelError('noop_with_empty_axes is not supported: name the axes');
  return { keepdims: int(intAttribute(node, 'keepdims', 1)) };
}

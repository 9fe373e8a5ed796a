import { padding } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { pad as emitPad } from '../graph/layout.js';
import { normalizeAxis } from '../graph/shape.js';
import { textAttribute } from '../import/attributes.js';
import { sizesAt } from '../import/known-sizes.js';
import { listed, shown } from '../shown.js';
import { repeatEdges, repeatedEdgesGradient } from './edge-padding.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { reflect, reflectionGradient } from './reflection.js';

/** Padding with a constant, with what lies behind the edges, or with the edges themselves. */
export const pad: Operation = {
  type: 'Pad',
  inputs: [2, 4],
  batching: padding,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const mode = modeOf(context);
    if (mode === 'reflect') return [reflect(b, x, padsOf(context))];
    if (mode === 'edge') return [repeatEdges(b, x, padsOf(context))];
    const value = context.operands[2] ? (constantAt(context, 2).data[0] ?? 0) : 0;
    if (Number.isNaN(value)) throw new ModelError('the number that it pads with is NaN');
    return [emitPad(b, x, padsOf(context), value)];
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    const pads = padsOf(context);
    const { shape } = valueAt(context, 0);
    const mode = modeOf(context);
    if (mode === 'reflect') return reflectionGradient(b, cotangent, shape, pads);
    if (mode === 'edge') return repeatedEdgesGradient(b, cotangent, shape, pads);
    return emitPad(
      b,
      cotangent,
      pads.map((size) => -size),
    );
  },
};

const modes = ['constant', 'reflect', 'edge'] as const;

function modeOf({ node }: NodeContext): (typeof modes)[number] {
  const named = textAttribute(node, 'mode', 'constant');
  const mode = modes.find((one) => one === named);
  if (!mode) throw new ModelError(`mode ${shown(named)} is not supported, only constant, reflect and edge`);
  return mode;
}

/** [begin…, end…] over all axes. Since opset 18 a fourth input may name the axes. */
function padsOf(context: NodeContext): number[] {
  const { shape } = valueAt(context, 0);
  const rank = shape.length;
  const sizes = sizesAt(context, 1).map(Number);
  if (!sizes.every(Number.isSafeInteger))
    throw new ModelError(`pads are [${listed(sizesAt(context, 1))}], expected whole numbers`);
  const axes = context.operands[3]
    ? sizesAt(context, 3).map((axis) => normalizeAxis(Number(axis), rank))
    : [...Array(rank).keys()];
  if (sizes.length !== 2 * axes.length)
    throw new ModelError(`${sizes.length} pads for ${axes.length} axes, expected two for each`);
  if (new Set(axes).size !== axes.length) throw new ModelError(`axes [${listed(axes)}] name an axis twice`);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, index) => {
    pads[axis] = sizes[index] ?? 0;
    pads[axis + rank] = sizes[index + axes.length] ?? 0;
  });
  if (pads[0] !== 0 || pads[rank] !== 0) throw new ModelError('padding the batch axis is not supported');
  shape.forEach((size, axis) => {
    // What is cut off at one end is not made up for at the other.
    const left = Number(size) + Math.min(0, pads[axis] ?? 0) + Math.min(0, pads[axis + rank] ?? 0);
    if (left < 1)
      throw new ModelError(
        `pads [${listed(pads)}] leave nothing of axis ${axis}, which has ${size} elements`,
      );
  });
  return pads;
}

import type { Node } from '../../onnx/model.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import type { KnownNumbers } from './known-numbers.js';

/**
 * Axes that are gone from a value before it is the output, as nodes number them: from the front, from the end, or both. Ranks
 * are not known yet, so that axes which may be gone, too, are left out.
 */
export type GoneAxes = readonly number[];

/** What leaves axes as they are. */
const keeping: ReadonlySet<string> = new Set([
  ...['Cast', 'Dropout', 'Expand', 'GatherElements', 'Identity', 'Slice', 'Split', 'Tile'],
]);

/** Axes of what a node reads that are gone, by those that are of what it gives. */
export function goneBefore(node: Node, gone: GoneAxes, numbers: KnownNumbers): GoneAxes {
  if (keeping.has(node.type)) return gone;
  // Behind images and channels all axes are pooled, of which there is one at least.
  if (/^Global(Average|Max)Pool$/.test(node.type)) return union(gone, [2, 3, -1]);
  if (node.type.startsWith('Reduce')) {
    const own = axesOfReduction(node, numbers) ?? [];
    return intAttribute(node, 'keepdims', 1) === 0 ? own : union(gone, own);
  }
  if (node.type !== 'Transpose') return [];
  const order = intsAttribute(node, 'perm', []);
  const { length } = order;
  const before = gone.flatMap((axis) => {
    const from = order[axis < 0 ? axis + length : axis];
    return from === undefined ? [] : [from, from - length];
  });
  // Each axis once: it may be named from the front and from the end.
  return [...new Set(before)];
}

/** The axes that a reduction names, as it does; null where it names none, or they are not known. */
export function axesOfReduction(node: Node, numbers: KnownNumbers): readonly number[] | null {
  const named = node.inputs[1] ? numbers.tensor(node.inputs[1]) : null;
  const axes = named?.type === 'int64' ? Array.from(named.data, Number) : intsAttribute(node, 'axes', []);
  return axes.length === 0 ? null : axes;
}

/** Whether an axis is gone, as far as that is known. */
export const areGone = (axes: readonly number[] | null, gone: GoneAxes): boolean =>
  axes?.every((axis) => gone.includes(axis)) ?? false;

const union = (gone: GoneAxes, more: readonly number[]): GoneAxes => [...new Set([...gone, ...more])];

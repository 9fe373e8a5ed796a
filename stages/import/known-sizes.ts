import { ModelError } from '../errors.js';
import { normalizeAxis } from '../graph/shape.js';
import { listed } from '../shown.js';
import { type Operand, sizesOf } from './operand.js';
import type { Size } from './sizes.js';

/** What a node reads, per input slot; null where it is left out. */
interface Reading {
  readonly operands: readonly (Operand | null)[];
}

/** The sizes in a slot (int64 constant or computed shape). @throws ModelError when it is no such thing */
export function sizesAt({ operands }: Reading, slot: number): readonly Size[] {
  const operand = operands[slot];
  const sizes = operand ? sizesOf(operand) : null;
  if (!sizes) throw new ModelError(`input ${slot} must be known before any image is`);
  return sizes;
}

/** The axes that an input names, as they are given; null where it names none. */
export function givenAxes(node: Reading, slot: number): readonly number[] | null {
  const axes = node.operands[slot] ? sizesAt(node, slot).map(Number) : [];
  return axes.length > 0 ? axes : null;
}

/** The same, counted from the front. @throws RangeError for one that does not exist, or is named twice */
export function namedAxes(node: Reading, slot: number, rank: number): readonly number[] | null {
  const axes = givenAxes(node, slot)?.map((axis) => normalizeAxis(axis, rank)) ?? null;
  if (axes && new Set(axes).size !== axes.length)
    throw new RangeError(`axes [${listed(axes)}] name an axis twice`);
  return axes;
}

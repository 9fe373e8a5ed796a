import type { Json } from './plot.js';
import { classColours } from './theme.js';

/** Panels of one thing each, in a given order. @param order of the field's values */
export function panels(
  field: string,
  order: readonly string[],
  columns: number,
): Readonly<Record<string, Json>> {
  return { facet: { field, type: 'nominal', sort: [...order], title: null }, columns };
}

/** A channel that shows numbers. */
export function numeric(
  field: string,
  title: string | null,
  more: Readonly<Record<string, Json>> = {},
): Readonly<Record<string, Json>> {
  return { field, type: 'quantitative', title, ...more };
}

/** A channel of colours, one a name, in a given order. */
export function coloured(
  field: string,
  title: string | null,
  names: readonly string[],
  colours?: readonly string[],
): Readonly<Record<string, Json>> {
  const scale = { domain: [...names], ...(colours === undefined ? {} : { range: [...colours] }) };
  return { field, type: 'nominal', title, sort: [...names], scale };
}

/** What the two kinds of test images are called in figures. */
export const classNames = ['in-domain', 'out-of-domain'] as const;

/** A channel of the colours of these, for rows that name theirs in `images`. */
export const colouredByClass = coloured('images', 'Images', classNames, [
  classColours.inDomain,
  classColours.outlier,
]);

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

/** Dashes of lines, of which neighbours differ without colours, and one that lies upon another hides it in parts alone. */
const dashes = [
  [1, 0],
  [7, 2],
  [2, 2],
  [9, 2, 2, 2],
  [4, 4],
] as const;

/** Channels of lines, one a name, in a given order: a colour and a dash each. */
export function lined(
  field: string,
  title: string | null,
  names: readonly string[],
): Readonly<Record<string, Json>> {
  const range = names.map((_, place) => dashes[place % dashes.length] ?? dashes[0]);
  const scale = { domain: [...names], range };
  // Of lines with points too the legend shows the lines.
  const legend = { symbolType: 'stroke', symbolSize: 300, symbolStrokeWidth: 2 };
  return {
    color: { ...coloured(field, title, names), legend },
    strokeDash: { field, type: 'nominal', title, sort: [...names], scale, legend },
  };
}

/** What the two kinds of test images are called in figures. */
export const classNames = ['in-domain', 'out-of-domain'] as const;

/** A channel of the colours of these, for rows that name theirs in `images`. */
export const colouredByClass = coloured('images', 'Images', classNames, [
  classColours.inDomain,
  classColours.outlier,
]);

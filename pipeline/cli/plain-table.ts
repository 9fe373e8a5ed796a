import { printableLine } from '../../manifests/input/printable.js';

/** A table for a terminal: what a row is of, set left, and its figures, set right. */
export interface PlainTable {
  readonly keys: readonly string[];
  readonly figures: readonly string[];
  readonly rows: readonly { readonly keys: readonly string[]; readonly figures: readonly string[] }[];
}

const gap = '  ';

/**
 * A table whose lines are at most as wide as a terminal: where figures don't fit beside each other they go on in another
 * part below, with the same keys.
 * @param width in characters
 */
export function plainTable({ keys, figures, rows }: PlainTable, width: number): string {
  const cells = rows.map((row) => ({
    keys: row.keys.map(printableLine),
    figures: row.figures.map(printableLine),
  }));
  const keyWidths = keys.map((head, at) => widest([head, ...cells.map((row) => row.keys[at] ?? '')]));
  const figureWidths = figures.map((head, at) =>
    widest([head, ...cells.map((row) => row.figures[at] ?? '')]),
  );
  const room = width - keyWidths.reduce((sum, one) => sum + one + gap.length, 0);
  const parts = partsWithin(figureWidths, room).map((places) => {
    const line = (ofKeys: readonly string[], ofFigures: readonly string[]) =>
      [
        ...keyWidths.map((own, at) => padded(ofKeys[at] ?? '', own, 'left')),
        ...places.map((place) => padded(ofFigures[place] ?? '', figureWidths[place] ?? 0, 'right')),
      ]
        .join(gap)
        .trimEnd();
    return [line(keys, figures), ...cells.map((row) => line(row.keys, row.figures))]
      .map((one) => `${one}\n`)
      .join('');
  });
  return parts.join('\n');
}

/** Columns in their order, as many beside each other as there is room for, and one at least. */
function partsWithin(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const parts: number[][] = [];
  let left = 0;
  for (const [place, width] of widths.entries()) {
    const taken = width + gap.length;
    const last = parts.at(-1);
    if (last !== undefined && taken <= left) {
      last.push(place);
      left -= taken;
    } else {
      parts.push([place]);
      // The last column needs no gap behind it.
      left = room + gap.length - taken;
    }
  }
  return parts;
}

function padded(text: string, width: number, to: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return to === 'left' ? text + room : room + text;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(lengthOf));
}

function lengthOf(text: string): number {
  return [...text].length;
}

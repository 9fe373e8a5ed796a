import type { Table } from 'apache-arrow';
import { placeAmong } from '../arrow/column.js';
import { storedColumns } from '../arrow/table-file.js';

/** How a shard's file says where its images lie: a column behind the usual ones, of texts that are written once each. */
export function pathColumn(paths: readonly string[]) {
  const distinct = [...new Set(paths)];
  const places = new Map(distinct.map((path, place) => [path, place]));
  return {
    columns: { path: placeAmong(distinct) },
    /** @param image its place among the shard's images */
    cell: (image: number): number => places.get(paths[image] ?? '') ?? 0,
  };
}

/** The columns of files that have it. */
export const pathColumns = pathColumn([]).columns;

/** Whether a shard's file has the column. */
export function hasPaths(table: Table): boolean {
  return table.getChild('path') !== null;
}

/**
 * Where the images of a shard's file lie; undefined where it does not say.
 * @param images of each row, by their places
 * @param count of images
 * @param fault makes the error of a file whose rows do not agree
 */
export function pathsIn(
  table: Table,
  images: Int32Array,
  count: number,
  fault: () => Error,
): readonly string[] | undefined {
  if (!hasPaths(table)) return undefined;
  const { path } = storedColumns(table, pathColumns, fault);
  const placeOf = new Int32Array(count).fill(-1);
  for (const [row, image] of images.entries()) {
    const place = path.values[row] ?? -1;
    const known = placeOf[image] ?? -1;
    if (path.texts[place] === undefined || (known >= 0 && known !== place)) throw fault();
    placeOf[image] = place;
  }
  return Array.from(placeOf, (place) => path.texts[place] ?? '');
}

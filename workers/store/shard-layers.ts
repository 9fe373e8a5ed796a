import type { Table } from 'apache-arrow';
import { orNull, singles } from '../arrow/column.js';
import { storedColumns } from '../arrow/table-file.js';
import type { LayerNorms, ScoredCell } from './shard-scores.js';

/** How a shard's file keeps norms of layers: a column of lists behind the others, and the layers' names as metadata. */
export const layerColumns = { layer_log_norms: orNull(singles) };

const namesKey = 'layers';

/** What the file's metadata says of the layers. */
export const layerMetadata = ({ names }: LayerNorms): readonly [string, string] => [
  namesKey,
  JSON.stringify(names),
];

/** The norms of all layers in one row. */
export function normsAt({ names, logNorms }: LayerNorms, row: number): Float32Array {
  return logNorms.subarray(row * names.length, (row + 1) * names.length);
}

/** Whether a shard's file says that it has the column. */
export function hasLayers(table: Table): boolean {
  return table.schema.metadata.has(namesKey);
}

/**
 * The norms of layers that a shard's file holds; undefined where it holds none.
 * @param cells those of the rows, each with so many usable images
 * @param fault makes the error of a file that does not hold what it says
 */
export function layersIn(
  table: Table,
  cells: readonly ScoredCell[],
  usable: number,
  fault: () => Error,
): LayerNorms | undefined {
  const text = table.schema.metadata.get(namesKey);
  if (text === undefined) return undefined;
  const names = namesFrom(text);
  if (names === null) throw fault();
  const { layer_log_norms: column } = storedColumns(table, layerColumns, fault);
  const logNorms = new Float32Array(cells.length * usable * names.length).fill(Number.NaN);
  let place = 0;
  for (let row = 0; row < table.numRows; row += 1) {
    const holds = cells[Math.floor(row / usable)]?.gradient === true;
    const [start, end] = [column.offsets[row], column.offsets[row + 1]];
    const isWhole =
      column.isNull(row) !== holds && start === place && end === place + (holds ? names.length : 0);
    if (!isWhole) throw fault();
    for (let at = 0; holds && at < names.length; at += 1)
      logNorms[row * names.length + at] = column.values[place + at] ?? Number.NaN;
    if (holds) place += names.length;
  }
  return { names, logNorms };
}

function namesFrom(text: string): readonly string[] | null {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')
      ? names
      : null;
  } catch {
    return null;
  }
}

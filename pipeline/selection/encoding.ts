import type { Ablation } from '../../stages/cells.js';
import type { SelectionRow } from '../../stages/metrics/rows.js';
import { decodeRows, encodeRows, type RowFormat } from './row-format.js';

/** Every ablation, in the order of the paper's tables 6 and 7. */
export const ablations = [
  'vanilla',
  'only-epsilon',
  'only-temperature',
  'full',
] as const satisfies readonly Ablation[];

const format: RowFormat<SelectionRow> = {
  file: 'selection.arrow',
  version: 1,
  columns: [
    { name: 'model', kind: 'text', of: (row) => row.model },
    { name: 'outlier', kind: 'text', of: (row) => row.outlier },
    { name: 'detector', kind: 'text', of: (row) => row.detector },
    { name: 'ablation', kind: 'text', of: (row) => row.ablation },
    { name: 'epsilon', kind: 'number', of: (row) => row.epsilon },
    { name: 'temperature', kind: 'number', of: (row) => row.temperature },
    { name: 'validationAuroc', kind: 'number', of: (row) => row.validationAuroc },
  ],
  row: (cells) => ({
    model: cells.text('model'),
    outlier: cells.text('outlier'),
    detector: cells.text('detector'),
    ablation: cells.oneOf('ablation', ablations),
    epsilon: cells.number('epsilon'),
    temperature: cells.number('temperature'),
    validationAuroc: cells.number('validationAuroc'),
  }),
};

/** The bytes of `selection.arrow` (Arrow IPC file): equal for equal rows. */
export function encodeSelection(rows: readonly SelectionRow[]): Uint8Array {
  return encodeRows(format, rows);
}

/** @throws RunFailedError when the bytes are not those of a selection */
export function decodeSelection(bytes: Uint8Array): SelectionRow[] {
  return decodeRows(format, bytes);
}

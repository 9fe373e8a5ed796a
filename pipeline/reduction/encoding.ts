import { metrics } from '../../stages/metrics/curve.js';
import type { AccuracyRow, MetricRow } from '../../stages/metrics/rows.js';
import { ablations } from '../selection/encoding.js';
import { decodeRows, encodeRows, type RowFormat } from '../selection/row-format.js';

const metricFormat: RowFormat<MetricRow> = {
  file: 'metrics.arrow',
  version: 1,
  columns: [
    { name: 'model', kind: 'text', of: (row) => row.model },
    { name: 'outlier', kind: 'text', of: (row) => row.outlier },
    { name: 'detector', kind: 'text', of: (row) => row.detector },
    { name: 'ablation', kind: 'text', of: (row) => row.ablation },
    { name: 'epsilon', kind: 'number', of: (row) => row.epsilon },
    { name: 'temperature', kind: 'number', of: (row) => row.temperature },
    { name: 'metric', kind: 'text', of: (row) => row.metric },
    { name: 'value', kind: 'number', of: (row) => row.value },
    { name: 'mean', kind: 'number', of: (row) => row.mean },
    { name: 'deviation', kind: 'number', of: (row) => row.deviation },
    { name: 'low', kind: 'number', of: (row) => row.low },
    { name: 'high', kind: 'number', of: (row) => row.high },
    { name: 'inDomainImages', kind: 'count', of: (row) => row.inDomainImages },
    { name: 'outlierImages', kind: 'count', of: (row) => row.outlierImages },
  ],
  row: (cells) => ({
    model: cells.text('model'),
    outlier: cells.text('outlier'),
    detector: cells.text('detector'),
    ablation: cells.oneOf('ablation', ablations),
    epsilon: cells.number('epsilon'),
    temperature: cells.number('temperature'),
    metric: cells.oneOf('metric', metrics),
    value: cells.number('value'),
    mean: cells.number('mean'),
    deviation: cells.number('deviation'),
    low: cells.number('low'),
    high: cells.number('high'),
    inDomainImages: cells.number('inDomainImages'),
    outlierImages: cells.number('outlierImages'),
  }),
};

const accuracyFormat: RowFormat<AccuracyRow> = {
  file: 'accuracy.arrow',
  version: 1,
  columns: [
    { name: 'model', kind: 'text', of: (row) => row.model },
    { name: 'set', kind: 'text', of: (row) => row.set },
    { name: 'role', kind: 'text', of: (row) => row.role },
    { name: 'accuracy', kind: 'number or null', of: (row) => row.accuracy },
    { name: 'labelled', kind: 'count', of: (row) => row.labelled },
    { name: 'images', kind: 'count', of: (row) => row.images },
    { name: 'failed', kind: 'count', of: (row) => row.failed },
    { name: 'validationFailed', kind: 'count', of: (row) => row.validationFailed },
  ],
  row: (cells) => ({
    model: cells.text('model'),
    set: cells.text('set'),
    role: cells.oneOf('role', ['in-domain', 'outlier']),
    accuracy: cells.numberOrNull('accuracy'),
    labelled: cells.number('labelled'),
    images: cells.number('images'),
    failed: cells.number('failed'),
    validationFailed: cells.number('validationFailed'),
  }),
};

/** The bytes of `metrics.arrow` (Arrow IPC file): equal for equal rows. */
export function encodeMetrics(rows: readonly MetricRow[]): Uint8Array {
  return encodeRows(metricFormat, rows);
}

/** @throws RunFailedError when the bytes are not those of metrics */
export function decodeMetrics(bytes: Uint8Array): MetricRow[] {
  return decodeRows(metricFormat, bytes);
}

/** The bytes of `accuracy.arrow` (Arrow IPC file): equal for equal rows. */
export function encodeAccuracy(rows: readonly AccuracyRow[]): Uint8Array {
  return encodeRows(accuracyFormat, rows);
}

/** @throws RunFailedError when the bytes are not those of accuracies */
export function decodeAccuracy(bytes: Uint8Array): AccuracyRow[] {
  return decodeRows(accuracyFormat, bytes);
}

import { auprIn } from './aupr-in.js';
import { auprOut } from './aupr-out.js';
import { auroc } from './auroc.js';
import { detectionAccuracy } from './detection-accuracy.js';
import { fpr95 } from './fpr95.js';
import { fpr95In } from './fpr95-in.js';
import type { Metric } from './metric.js';

/** The metrics of the paper's table 4, which are OpenOOD's. */
export const paperMetrics = [auroc, fpr95, auprOut, auprIn] as const satisfies readonly Metric[];

/** What else the field reports, in a table of its own. To add a metric, write its file and list it here. */
export const furtherMetrics = [fpr95In, detectionAccuracy] as const satisfies readonly Metric[];

/** Every metric, in the order of `metrics.arrow`. */
export const metrics = [...paperMetrics, ...furtherMetrics] as const satisfies readonly Metric[];

/** What a metric is called in files. */
export type MetricName = (typeof metrics)[number]['name'];

/** The names of all metrics, in their order. */
export const metricNames: readonly MetricName[] = metrics.map(({ name }) => name);

/** One value a metric. */
export type ByMetric<Value> = Readonly<Record<MetricName, Value>>;

/** @param of gives the value of a metric, by its place in `metrics` and its name */
export function byMetric<Value>(of: (index: number, name: MetricName) => Value): ByMetric<Value> {
  // By the very names that the type lists, which `Object.fromEntries` forgets.
  return Object.fromEntries(metrics.map(({ name }, index) => [name, of(index, name)])) as ByMetric<Value>;
}

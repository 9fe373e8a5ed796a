import { auprIn } from './aupr-in.js';
import { auprOut } from './aupr-out.js';
import { auroc } from './auroc.js';
import { fpr95 } from './fpr95.js';
import type { Metric } from './metric.js';

/** Every metric, in the order of tables and of `metrics.arrow`. To add one, write its file and list it here. */
export const metrics = [auroc, fpr95, auprOut, auprIn] as const satisfies readonly Metric[];

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

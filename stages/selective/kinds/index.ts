import type { Failures } from '../risks.js';
import { augrc } from './augrc.js';
import { aurc } from './aurc.js';
import { eAurc } from './e-aurc.js';
import { oscr } from './oscr.js';
import type { SelectiveMetric } from './selective-metric.js';

/** Every metric that needs predictions and labels beside scores, in the order of tables. To add one, write its file and list it here. */
export const selectiveMetrics = [aurc, eAurc, augrc, oscr] as const satisfies readonly SelectiveMetric[];

/** What such a metric is called in files. */
export type SelectiveMetricName = (typeof selectiveMetrics)[number]['name'];

export const selectiveMetricNames: readonly SelectiveMetricName[] = selectiveMetrics.map(({ name }) => name);

/** One figure: a metric, and what counts as a failure in it. */
export interface SelectiveFigure {
  readonly metric: (typeof selectiveMetrics)[number];
  readonly failures: Failures;
}

/** All of them, in the order in which resamples have their values. */
export const selectiveFigures: readonly SelectiveFigure[] = selectiveMetrics.flatMap((metric) =>
  metric.failures.map((failures) => ({ metric, failures })),
);

/** Results in the forms of OpenOOD 1.5, for whoever compares with it, or adds to its leaderboard. */
import { auprIn } from '../../stages/metrics/kinds/aupr-in.js';
import { auprOut } from '../../stages/metrics/kinds/aupr-out.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { fpr95 } from '../../stages/metrics/kinds/fpr95.js';
import type { MetricName } from '../../stages/metrics/kinds/index.js';
import type { SetGroup } from '../experiment/experiment.js';
import type { SetRole } from '../experiment/sets.js';
import { csv } from '../tables/csv.js';
import type { TableDatum } from '../tables/table.js';
import { meanOf } from './mean.js';
import type { AccuracyRow, MetricRow } from './result-rows.js';
import { detectorNamesOf, mainAblation, metricFinder, modelNamesOf, pairsOf } from './results.js';

/** What they are made from. */
export interface OpenOodInput {
  /** In-domain, or with the full spectrum as in-domain. */
  readonly metrics: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
  /** Roles of the sets that are in-domain in the metrics. */
  readonly inDomainRoles: readonly SetRole[];
  readonly groups: readonly SetGroup[];
}

const evaluated: readonly (readonly [title: string, metric: MetricName])[] = [
  ['FPR@95', fpr95.name],
  ['AUROC', auroc.name],
  ['AUPR_IN', auprIn.name],
  ['AUPR_OUT', auprOut.name],
];

/** One line of a method: a set, or the mean over a group. */
interface Line {
  readonly dataset: string;
  readonly sets: readonly string[];
}

/**
 * What OpenOOD's evaluator writes for a postprocessor (`eval_ood_imagenet.py --save-csv`), for every model and detector one below
 * the other: sets of a group and then their mean, which of groups called near and far is `nearood` and `farood`; per cent with
 * two digits; ACC that of in-domain images in every line.
 */
export function openOodCsv(input: OpenOodInput): string {
  const find = metricFinder(input.metrics);
  return csv(
    ['model', 'postprocessor', 'dataset', ...evaluated.map(([title]) => title), 'ACC'],
    methodsOf(input).flatMap(({ model, detector }) =>
      linesOf(input, model).map(({ dataset, sets }): TableDatum[] => [
        ...[model, detector, dataset],
        ...evaluated.map(([, metric]) =>
          perCent(
            meanOf(
              sets.map(
                (outlier) =>
                  find({ model, outlier }, detector, mainAblation(detector), metric)?.value ?? null,
              ),
            ),
          ),
        ),
        perCent(accuracyOf(input, model)),
      ]),
    ),
  );
}

/**
 * Lines for a results file of OpenOOD's leaderboard, a method each. What a run doesn't know (how the network was trained, whether
 * on outliers, what else there is to say) is left empty.
 * @returns null where the experiment has no groups near and far
 */
export function openOodLeaderboard(input: OpenOodInput): string | null {
  const [near, far] = (['nearood', 'farood'] as const).map((name) =>
    input.groups.find((group) => meanName(group.name) === name),
  );
  if (near === undefined || far === undefined) return null;
  const find = metricFinder(input.metrics);
  return csv(
    [
      ...['Training', 'Postprocessor', 'Near-OOD_AUROC', 'Far-OOD_AUROC', 'ID_Accuracy'],
      ...['Outlier_Data', 'Arch', 'Additional_Description'],
    ],
    methodsOf(input).map(({ model, detector }) => {
      const mean = ({ sets }: SetGroup) =>
        meanOf(
          sets.map(
            (outlier) =>
              find({ model, outlier }, detector, mainAblation(detector), auroc.name)?.value ?? null,
          ),
        );
      const figures = [mean(near), mean(far), accuracyOf(input, model)].map(perCent);
      return [null, detector, ...figures, null, model, null];
    }),
  );
}

function methodsOf({
  metrics,
}: OpenOodInput): readonly { readonly model: string; readonly detector: string }[] {
  return modelNamesOf(metrics).flatMap((model) =>
    detectorNamesOf(metrics.filter((row) => row.model === model)).map((detector) => ({ model, detector })),
  );
}

/** Groups in their order, near before far as OpenOOD has them; then sets that are in none. */
function linesOf({ metrics, groups }: OpenOodInput, model: string): readonly Line[] {
  const sets = pairsOf(metrics.filter((row) => row.model === model)).map(({ outlier }) => outlier);
  const order = ['nearood', 'farood'];
  const place = ({ name }: SetGroup): number => {
    const at = order.indexOf(meanName(name));
    return at < 0 ? order.length : at;
  };
  const sorted = [...groups].sort((a, b) => place(a) - place(b));
  const alone = (set: string): Line => ({ dataset: set, sets: [set] });
  return [
    ...sorted.flatMap((group) => [
      ...group.sets.map(alone),
      { dataset: meanName(group.name), sets: group.sets },
    ]),
    ...sets.filter((set) => !groups.some((group) => group.sets.includes(set))).map(alone),
  ];
}

/** As OpenOOD calls the mean over its sets. */
function meanName(group: string): string {
  const [, which] = /^(near|far)[-_ ]?(?:ood)?$/i.exec(group.trim()) ?? [];
  return which === undefined ? group : `${which.toLowerCase()}ood`;
}

/** Over all labelled in-domain images, of several sets together; null where there are none. */
function accuracyOf({ accuracy, inDomainRoles }: OpenOodInput, model: string): number | null {
  let labelled = 0;
  let right = 0;
  for (const row of accuracy) {
    if (row.model !== model || row.accuracy === null || !inDomainRoles.includes(row.role)) continue;
    labelled += row.labelled;
    right += row.accuracy * row.labelled;
  }
  return labelled === 0 ? null : right / labelled;
}

function perCent(fraction: number | null): string | null {
  return fraction === null ? null : (100 * fraction).toFixed(2);
}

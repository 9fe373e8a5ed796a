import test from 'ava';
import type { AnalysisInput } from '../../pipeline/analyses/analysis.js';
import { selective } from '../../pipeline/analyses/selective.js';
import type { ExperimentSet } from '../../pipeline/experiment/experiment.js';
import { isOfNewClasses } from '../../pipeline/experiment/new-classes.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

/** Images by the log-odds of their predicted class at ε = 0; at other ε they are predicted otherwise. */
function split(
  set: string,
  logOdds: readonly number[],
  labels: readonly number[],
  predicted: readonly number[] = labels,
): SplitScores {
  return {
    set,
    size: logOdds.length,
    labels: Int32Array.from(labels),
    failed: 0,
    idAt: String,
    baseAt: (image: number) => `${set} ${image}`,
    at: ({ epsilon }) => ({
      predicted: Int32Array.from(predicted, (one) => one + (epsilon === 0 ? 0 : 1)),
      maxLogit: Float64Array.from(logOdds),
      logOdds: Float64Array.from(logOdds),
      logSG: null,
    }),
  } as SplitScores;
}

// From the least suspicious on: right, right, wrong, (no label), right.
const inDomain = split('clean', [9, 8, 7, 6, 5], [1, 2, 0, -1, 3], [1, 2, 1, 2, 3]);
// One outlier between the first two, one that no in-domain image is more suspicious than.
const logOdds = [8.5, 1];

const selection = (['only-epsilon', 'full'] as const).map((ablation): SelectionRow => {
  return {
    model: 'm',
    outlier: 'O',
    detector: 'ODIN',
    ablation,
    epsilon: 0.002,
    temperature: 1,
    validationAuroc: 1,
  };
});

async function reduced(
  labels: readonly number[],
  set: Partial<ExperimentSet> = {},
  known: SplitScores = inDomain,
  role: 'outlier' | 'in-domain' = 'outlier',
) {
  const analysed = (test: SplitScores) => ({ set: { name: test.set, role }, test });
  return selective.reduce({
    experiment: {
      outliers: [{ name: 'O', ...set }],
      seed: 1,
      resamplings: { deviation: 20, interval: 40 },
    },
    subject: { name: 'm', detectors: [detectorNamed('ODIN')] },
    selection,
    inDomain: analysed(known),
    analysed: analysed(split('O', logOdds, labels)),
    resampler: resampleHere,
  } as unknown as AnalysisInput);
}

const near = (t: { true: (is: boolean, what: string) => boolean }, found: number | null, expected: number) =>
  t.true(Math.abs(found! - expected) < 1e-12, `${found} instead of ${expected}`);

test('a failure is a wrong prediction at ε = 0, and in the second figure an outlier too', async (t) => {
  const rows = await reduced([-1, -1]);
  t.deepEqual(
    rows.map(({ metric, ablation }) => [metric, ablation]),
    [
      ['aurc', 'full'],
      ['e-aurc', 'full'],
      ['augrc', 'full'],
      ['oscr', 'full'],
    ],
  );
  const [aurc, eAurc, augrc, oscr] = rows;
  near(t, aurc!.value, (0 + 0 + 1 / 3 + 1 / 4) / 4);
  near(t, eAurc!.value, (0 + 0 + 1 / 3 + 1 / 4 - 1 / 4) / 4);
  near(t, augrc!.value, (0 + 0 + 1 / 2 + 1) / 16);
  near(t, aurc!.valueWithOutliers, (0 + 1 / 2 + 1 / 3 + 2 / 4 + 2 / 5 + 3 / 6) / 6);
  near(t, augrc!.valueWithOutliers, (0 + 1 / 2 + 1 + 1.5 + 2 + 2.5) / 36);
  // Rightly classified before the outliers: 1 of 4, then 3 of 4.
  near(t, oscr!.value, (1 / 4 + 3 / 4) / 2);
  t.is(oscr!.valueWithOutliers, null);
  for (const { labelled, wrong, outlierImages } of rows)
    t.deepEqual([labelled, wrong, outlierImages], [4, 1, 2]);
  for (const { low, value, high } of rows) t.true(low! <= value && value <= high!);
});

test('OSCR is of sets of new classes alone', async (t) => {
  const metricsOf = async (labels: readonly number[], set?: Partial<ExperimentSet>) =>
    (await reduced(labels, set)).map(({ metric }) => metric);
  t.true((await metricsOf([-1, -1])).includes('oscr'));
  t.deepEqual(await metricsOf([-1, 5]), ['aurc', 'e-aurc', 'augrc']);
  t.false((await metricsOf([-1, -1], { corruption: 'fog', severity: 1 })).includes('oscr'));
  const unlabelled = { labels: Int32Array.of(-1) };
  t.true(isOfNewClasses({ published: 'ImageNet-O' }, unlabelled));
  for (const published of ['ImageNet-R', 'ImageNet-A', 'ImageNet-C'] as const)
    t.false(isOfNewClasses({ published }, unlabelled));
});

test('there are no rows without labels in-domain, nor of a set that is none of outliers', async (t) => {
  t.deepEqual(await reduced([-1, -1], {}, split('clean', [1, 2], [-1, -1])), []);
  t.deepEqual(await reduced([-1, -1], {}, inDomain, 'in-domain'), []);
});

test('where a resample may lack labelled images there is a value, but no interval', async (t) => {
  const rows = await reduced([-1, -1], {}, split('clean', [1, 2, 3], [-1, -1, 0]));
  t.is(rows[0]!.value, 0);
  t.deepEqual([rows[0]!.deviation, rows[0]!.low, rows[0]!.high], [null, null, null]);
});

test('tables tell models from ensembles, and mark the best of each line', async (t) => {
  const rows = await reduced([-1, -1]);
  const better = rows.map((row) => ({ ...row, detector: 'MSP', value: row.metric === 'oscr' ? 1 : 0 }));
  const measures = rows.map((row) => ({ ...row, model: 'both', detector: 'MI' }));
  const tables = selective.tables([...rows, ...better, ...measures], {
    seed: 1,
    resamplings: { deviation: 100, interval: 2000 },
    ensembles: [{ name: 'both', models: ['a', 'b'] }],
  });
  t.deepEqual(
    tables.map(({ name, columns }) => [name, columns.map(({ keys }) => keys[0])]),
    [
      ['selective', ['ODIN', 'MSP']],
      ['selective-ensembles', ['MI']],
    ],
  );
  t.deepEqual(
    tables[0]!.sections[0]!.rows.map(({ headings, best }) => [headings[0], best]),
    [
      ['AURC', 'smallest'],
      ['E-AURC', 'smallest'],
      ['AUGRC', 'smallest'],
      ['OSCR', 'largest'],
      ['AURC, outliers too', 'smallest'],
      ['E-AURC, outliers too', 'smallest'],
      ['AUGRC, outliers too', 'smallest'],
    ],
  );
});

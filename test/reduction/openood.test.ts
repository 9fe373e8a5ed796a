import test from 'ava';
import { type OpenOodInput, openOodCsv, openOodLeaderboard } from '../../pipeline/reduction/openood.js';
import type { AccuracyRow, MetricRow } from '../../pipeline/reduction/result-rows.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';

// Of SSB 0.9, 0.8, 0.7, 0.6, … by metric; a twentieth less of every next set.
const sets = ['SSB', 'Textures', 'NINCO', 'alone'];
const metrics = ['MSP', 'G'].flatMap((detector) =>
  (detector === 'G' ? (['vanilla', 'full'] as const) : (['vanilla'] as const)).flatMap((ablation) =>
    sets.flatMap((outlier, nth) =>
      metricNames.map(
        (metric, place): MetricRow =>
          ({
            ...{ model: 'r50, 2', outlier, detector, ablation, epsilon: 0, temperature: 1, metric },
            value: (detector === 'G' && ablation === 'full' ? 0.05 : 0) + 0.9 - 0.1 * place - 0.05 * nth,
            ...{ mean: 0, deviation: 0, low: 0, high: 0, inDomainImages: 9, outlierImages: 9 },
          }) as MetricRow,
      ),
    ),
  ),
);
const accuracyRow = (set: string, role: AccuracyRow['role'], accuracy: number | null, labelled: number) => ({
  ...{ model: 'r50, 2', set, role, accuracy, labelled, images: labelled },
  ...{ accuracyAmongOwn: null, ownClasses: null, failed: 0, validationFailed: 0 },
});
const input: OpenOodInput = {
  metrics,
  accuracy: [
    accuracyRow('clean', 'in-domain', 0.8, 300),
    accuracyRow('shifted', 'covariate-shifted', 0.4, 100),
    accuracyRow('SSB', 'outlier', null, 0),
    accuracyRow('alone', 'outlier', 0.1, 50),
  ],
  inDomainRoles: ['in-domain'],
  groups: [
    { name: 'mine', sets: ['SSB', 'alone'] },
    { name: 'far', sets: ['Textures'] },
    { name: 'Near-OOD', sets: ['SSB', 'NINCO'] },
  ],
};

test('a method has the lines that OpenOOD’s evaluator writes: sets, nearood, sets, farood, in per cent', (t) => {
  const [header, ...lines] = openOodCsv(input).trimEnd().split('\n');
  t.is(header, 'model,postprocessor,dataset,FPR@95,AUROC,AUPR_IN,AUPR_OUT,ACC');
  t.deepEqual(lines.slice(0, 8), [
    '"r50, 2",MSP,SSB,80.00,90.00,60.00,70.00,80.00',
    '"r50, 2",MSP,NINCO,70.00,80.00,50.00,60.00,80.00',
    '"r50, 2",MSP,nearood,75.00,85.00,55.00,65.00,80.00',
    '"r50, 2",MSP,Textures,75.00,85.00,55.00,65.00,80.00',
    '"r50, 2",MSP,farood,75.00,85.00,55.00,65.00,80.00',
    '"r50, 2",MSP,SSB,80.00,90.00,60.00,70.00,80.00',
    '"r50, 2",MSP,alone,65.00,75.00,45.00,55.00,80.00',
    '"r50, 2",MSP,mine,72.50,82.50,52.50,62.50,80.00',
  ]);
  t.is(lines.length, 16);
  // The detector itself, not its ablation.
  t.is(lines[8], '"r50, 2",G,SSB,85.00,95.00,65.00,75.00,80.00');
  const ungrouped = openOodCsv({ ...input, groups: [] }).split('\n');
  t.deepEqual(
    ungrouped.slice(1, 5).map((line) => line.split(',')[3]),
    sets,
  );
});

test('the leaderboard has a line a method, and nothing that a run does not know', (t) => {
  t.is(
    openOodLeaderboard(input),
    [
      'Training,Postprocessor,Near-OOD_AUROC,Far-OOD_AUROC,ID_Accuracy,Outlier_Data,Arch,Additional_Description',
      ',MSP,85.00,85.00,80.00,,"r50, 2",',
      ',G,90.00,90.00,80.00,,"r50, 2",',
      '',
    ].join('\n'),
  );
  t.is(openOodLeaderboard({ ...input, groups: input.groups.slice(0, 2) }), null);
});

test('with the full spectrum as in-domain accuracy is over all its labelled images, as OpenOOD takes it', (t) => {
  const text = openOodLeaderboard({ ...input, inDomainRoles: ['in-domain', 'covariate-shifted'] });
  t.is(text!.split('\n')[1], ',MSP,85.00,85.00,70.00,,"r50, 2",');
});

test('a mean of which a set is missing is no figure', (t) => {
  const without = metrics.filter(({ outlier }) => outlier !== 'NINCO');
  const lines = openOodCsv({ ...input, metrics: without }).split('\n');
  t.is(lines[3], '"r50, 2",MSP,nearood,,,,,80.00');
});

import test from 'ava';
import type { AnalysedSet, AnalysisInput, WholeAnalysis } from '../../pipeline/analyses/analysis.js';
import { comparisons, fullSpectrumComparisons } from '../../pipeline/analyses/comparisons.js';
import { groupMeans } from '../../pipeline/analyses/group-means.js';
import { fullSpectrumRanks, ranks } from '../../pipeline/analyses/ranks.js';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import { belowChance } from '../../pipeline/reduction/below-chance.js';
import { reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import { resultTables } from '../../pipeline/reduction/tables.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';
import { NormalDraws } from '../../scripts/statistics/normal-draws.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

const resamplings = { deviation: 50, interval: 400 };
const detectors = ['MSP', 'ML', 'SG'].map(detectorNamed);
const ablations = { MSP: 'vanilla', ML: 'vanilla', SG: 'full' } as const;

/** MSP sees what is true with little noise, ML with a little more, SG nothing. */
function split(set: string, size: number, shift: number, photographs: string = set): SplitScores {
  const draws = new NormalDraws(set, size);
  const base = new NormalDraws('photographs', photographs, size).next(size);
  const seen = (noise: number) => {
    const own = draws.next(size);
    return base.map((x, i) => shift + x + noise * (own[i] ?? 0));
  };
  const [msp, ml, sg] = [seen(0.2), seen(0.3), draws.next(size)];
  return {
    set,
    size,
    labels: new Int32Array(size).fill(-1),
    idAt: (image) => `${set} ${image}`,
    baseAt: (image) => `${photographs} ${image}`,
    failed: 0,
    at: () => ({
      predicted: new Int32Array(size),
      maxLogit: ml.map((x) => -x),
      logOdds: msp.map((x) => -x),
      logSG: sg,
    }),
  };
}

type Listed = { readonly name: string; readonly corruption?: string; readonly severity?: number };

function inputs(
  outliers: readonly (Listed & { readonly test: SplitScores })[],
  inDomain: SplitScores,
  groups: readonly { readonly name: string; readonly sets: readonly string[] }[] = [],
  fullSpectrum: SplitScores | null = null,
): readonly AnalysisInput[] {
  const setOf = (test: SplitScores, role: 'in-domain' | 'outlier') =>
    ({ set: { name: test.set, role }, test }) as unknown as AnalysedSet;
  const known = setOf(inDomain, 'in-domain');
  const selection = outliers.flatMap(({ name }) =>
    (['MSP', 'ML', 'SG'] as const).map((detector) => ({
      ...{ model: 'net', outlier: name, detector, ablation: ablations[detector] },
      ...{ epsilon: 0, temperature: 1, validationAuroc: 0.5 },
    })),
  );
  const common = {
    experiment: { seed: 5, resamplings, outliers, groups, ensembles: [], inDomain: { name: inDomain.set } },
    subject: { name: 'net', detectors },
    selection,
    surfaces: [],
    inDomain: known,
    fullSpectrum,
    resampler: resampleHere,
  };
  return [known, ...outliers.map(({ test }) => setOf(test, 'outlier'))].map(
    (analysed) => ({ ...common, analysed }) as unknown as AnalysisInput,
  );
}

async function whole<Row>(
  analysis: WholeAnalysis<Row>,
  all: readonly AnalysisInput[],
): Promise<readonly Row[]> {
  const look = analysis.begin();
  for (const input of all) await look.add(input);
  return look.rows();
}

const clean = split('clean', 200, 0);

test('the best detector is told from a useless one, and not from its like', async (t) => {
  const near = { name: 'near', test: split('near', 150, 1) };
  const all = inputs([near], clean);
  t.deepEqual(await comparisons.reduce(all[0]!), []);
  const rows = await comparisons.reduce(all[1]!);
  t.deepEqual(
    rows.map(({ best, detector, verdict }) => [best, detector, verdict]),
    [
      ['ML', 'MSP', 'level'],
      ['ML', 'SG', 'worse'],
    ],
  );
  t.is(rows[0]!.photographs, 350);
  for (const { difference, bestAuroc, auroc, p, adjustedP } of rows) {
    t.is(difference, bestAuroc - auroc);
    t.true((p ?? 2) <= (adjustedP ?? -1));
  }
  const [table] = comparisons.tables(rows, all[1]!.experiment);
  const text = renderMarkdown(table!);
  t.regex(text, /\| MSP † /);
  t.notRegex(text, /SG †/);
});

test('the same scores say more where classes share photographs, and intervals are of photographs then', async (t) => {
  const corrupted = split('fog', 200, 0.3, 'clean');
  const stranger: SplitScores = { ...corrupted, baseAt: (image) => `stranger ${image}` };
  const errors = async (test: SplitScores) => {
    const rows = await comparisons.reduce(inputs([{ name: 'fog', test }], clean)[1]!);
    return { photographs: rows[0]!.photographs, errors: rows.map((row) => row.standardError ?? 0) };
  };
  const [shared, apart] = [await errors(corrupted), await errors(stranger)];
  t.deepEqual([shared.photographs, apart.photographs], [200, 400]);
  const intervals = async (outlier: SplitScores) => {
    const { selection } = inputs([{ name: 'fog', test: outlier }], clean)[1]!;
    const input = { model: 'net', inDomain: clean, outlier, selection, seed: 5, resamplings };
    const rows = await reducePair({ ...input, resampler: resampleHere });
    return rows.find(({ metric, detector }) => metric === 'auroc' && detector === 'MSP')!;
  };
  const [clustered, independent] = [await intervals(corrupted), await intervals(stranger)];
  // The paper's figures stay row by row.
  t.is(clustered.mean, independent.mean);
  t.is(clustered.deviation, independent.deviation);
  const widths = (row: typeof clustered) => [
    row.high - row.low,
    (row.logitHigh ?? 0) - (row.logitLow ?? 0),
    (row.bcaHigh ?? 0) - (row.bcaLow ?? 0),
  ];
  for (const [nth, width] of widths(clustered).entries())
    t.true(width > 0 && width < 0.6 * (widths(independent)[nth] ?? 0), `${nth}`);
});

test('with covariate-shifted sets as in-domain too, tests and ranks are those of an in-domain set of all their images', async (t) => {
  const outliers = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, test: split(name, 100, 1.2) }));
  // As a corruption of the clean images would, it shares their photographs.
  const spectrum = poolScores('all', [clean, split('late', 200, 0.4, 'clean')]);
  const [, ...both] = inputs(outliers, clean, [], spectrum);
  const [, ...pooled] = inputs(outliers, spectrum);
  for (const [nth, input] of both.entries()) {
    const rows = await fullSpectrumComparisons.reduce(input);
    t.deepEqual(rows, await comparisons.reduce(pooled[nth]!));
    t.deepEqual([rows[0]!.inDomainImages, rows[0]!.photographs], [400, 300]);
    t.notDeepEqual(rows, await comparisons.reduce(input));
  }
  t.deepEqual(await whole(fullSpectrumRanks, both), await whole(ranks, pooled));
  const [alone] = inputs(outliers, clean).slice(1);
  t.deepEqual(await fullSpectrumComparisons.reduce(alone!), []);
  t.deepEqual(await whole(fullSpectrumRanks, [alone!]), []);
  const [table] = fullSpectrumRanks.tables(await whole(fullSpectrumRanks, both), alone!.experiment);
  t.is(table?.name, 'ranks-full-spectrum');
  t.regex(renderMarkdown(table!), /^Full spectrum, with covariate-shifted sets as in-domain: Average ranks/m);
});

test('ranks need five independent sets, of which all corrupted ones are one', async (t) => {
  const cells = ['fog', 'snow', 'frost'].map((corruption, nth) => ({
    name: corruption,
    corruption,
    severity: 1,
    test: split(corruption, 100, 0.8 + 0.1 * nth, 'clean'),
  }));
  const plain = ['a', 'b', 'c', 'd'].map((name) => ({ name, test: split(name, 100, 1.2) }));
  const few = await whole(ranks, inputs([...cells, ...plain.slice(1)], clean));
  t.deepEqual(
    [...new Set(few.map(({ blocks, averageRank, cliques }) => `${blocks} ${averageRank} ${cliques}`))],
    ['4 null null'],
  );
  const [short] = ranks.tables(few, inputs([], clean)[0]!.experiment);
  t.regex(renderMarkdown(short!), /no ranks, as of 4 independent outlier sets/);
  const rows = await whole(ranks, inputs([...cells, ...plain], clean));
  t.deepEqual([...new Set(rows.map(({ blocks }) => blocks))], [5]);
  t.is(
    rows.reduce((sum, { averageRank }) => sum + (averageRank ?? 0), 0),
    6,
  );
  t.is(rows.find(({ detector }) => detector === 'SG')!.averageRank, 3);
  t.true((rows[0]!.fP ?? 1) < 0.05);
  // 2.343 √(3 · 4 / (6 · 5)), Demšar's table 5.
  t.true(Math.abs((rows[0]!.criticalDifference ?? 0) - 1.482) < 1e-3);
  const [table] = ranks.tables(rows, inputs([], clean)[0]!.experiment);
  t.regex(renderMarkdown(table!), /not told apart: (MSP, ML|ML, MSP)/);
});

test('a mean over sets lies between them, and sets beside the same images don’t narrow it as independent ones would', async (t) => {
  const small = split('few', 60, 0);
  const sets = ['a', 'b', 'c', 'd'].map((name) => ({ name, test: split(name, 500, 0.6) }));
  const all = inputs(sets, small, [
    { name: 'two', sets: ['a', 'b'] },
    { name: 'four', sets: ['a', 'b', 'c', 'd'] },
  ]);
  const rows = await whole(groupMeans, all);
  const of = (name: string) =>
    rows.find((row) => row.name === name && row.metric === 'auroc' && row.detector === 'MSP')!;
  t.deepEqual([of('two').sets, of('four').sets], [2, 4]);
  const width = (name: string) => of(name).high - of(name).low;
  for (const name of ['two', 'four']) t.true(of(name).low < of(name).value && of(name).value < of(name).high);
  // Independent ones would be narrower by √2.
  t.true(width('four') > 0.85 * width('two'));
  t.deepEqual(await whole(groupMeans, all), rows);
});

test('corruptions are averaged over severities first, the extra ones are not counted, and doubles are left out', async (t) => {
  const cell = (corruption: string, severity: number) => ({
    ...{ name: `${corruption} ${severity}`, corruption, severity },
    test: split(`${corruption} ${severity}`, 80, 0.3 * severity, 'clean'),
  });
  const cells = [cell('fog', 1), cell('fog', 2), cell('snow', 1), cell('spatter', 1)];
  const doubled = [
    { name: 'weather', sets: ['fog 1', 'snow 1'] },
    { name: 'again', sets: ['snow 1', 'fog 1'] },
  ];
  const rows = (await whole(groupMeans, inputs(cells, clean, doubled))).filter(
    ({ metric, detector }) => metric === 'auroc' && detector === 'MSP',
  );
  t.deepEqual(
    rows.map(({ kind, name, sets }) => [kind, name, sets]),
    [
      ['group', 'weather', 2],
      ['corruption', 'fog', 2],
      ['corruption', 'snow', 1],
      ['corruption', 'spatter', 1],
      ['all-corruptions', 'all', 3],
    ],
  );
  const [, fog, snow, , mean] = rows.map(({ value }) => value);
  t.true(Math.abs((mean ?? 0) - ((fog ?? 0) + (snow ?? 0)) / 2) < 1e-12);
});

test('a detector below 0.5 on every set is pointed out below table 5, one that is not is not', (t) => {
  const row = (detector: 'MSP' | 'ML', outlier: string, value: number) => ({
    ...{ model: 'net', outlier, detector, ablation: 'vanilla' as const, epsilon: 0, temperature: 1 },
    ...{ metric: 'auroc' as const, value, mean: value, deviation: 0.01, low: value, high: value },
    ...{ inDomainImages: 9, outlierImages: 8, photographs: 17, ...noAurocIntervals },
  });
  const metrics = [row('MSP', 'a', 0.3), row('MSP', 'b', 0.49), row('ML', 'a', 0.3), row('ML', 'b', 0.5)];
  t.is(belowChance(metrics).length, 1);
  t.regex(belowChance(metrics)[0]!, /^MSP of net is below 0\.5 on every outlier set \(2\)/);
  const tables = resultTables(
    {
      ...{ metrics, fullSpectrum: [], selection: [], accuracy: [] },
      comparisons: [
        { model: 'net', outlier: 'a', detector: 'MSP', verdict: 'untested' },
        { model: 'net', outlier: 'b', detector: 'MSP', verdict: 'level' },
      ],
    },
    { seed: 1, resamplings, outliers: [] },
  );
  const text = renderMarkdown(tables.find(({ name }) => name === 'table-5')!);
  t.regex(text, /MSP of net is below 0\.5/);
  t.regex(text, /0\.490 ± 0\.010 †/);
  t.regex(text, /†: the paired test can't tell it from the best/);
  t.is(text.match(/±[^|]*†/g)?.length, 1);
  t.regex(text, /0\.300 ± 0\.010 ‡/);
  t.regex(text, /‡: not tested against the best of the row/);
});

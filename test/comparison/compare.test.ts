import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { RunComparison } from '../../pipeline/comparison/compare-runs.js';
import { grodinHere } from '../cli/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const outlier = (name: string, manifest = name) => ({ name, manifest: `${manifest}.csv`, validation: 15 });

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment();
  // The same images in another order.
  const [head = '', ...rows] = (await readFile(join(folder, 'noisy.csv'), 'utf8')).trim().split('\n');
  await writeFile(join(folder, 'turned.csv'), `${[head, ...rows.toReversed()].join('\n')}\n`);
  const common = { inDomain: { name: 'clean', manifest: 'clean.csv', validation: 15 } };
  const experiments = {
    first: {
      ...{ detectors: ['MSP', 'ML', 'G'], models: [{ name: 'net', file: 'net.onnx', preprocess }] },
      outlierSets: [outlier('noisy'), outlier('dark'), outlier('late')],
    },
    // Of "dark" there are other images.
    second: {
      models: [{ name: 'net', file: 'net.onnx', preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] } }],
      ...{ detectors: ['MSP', 'ML', 'SG'], seed: 0 },
      outlierSets: [outlier('noisy', 'turned'), outlier('dark', 'late')],
    },
  };
  for (const [name, experiment] of Object.entries(experiments)) {
    await writeExperiment(folder, { ...common, ...experiment }, `${name}.json`);
    const { code, err } = await grodinHere(['run', `${name}.json`, '--out', name, '--no-report'], folder);
    t.is(code, 0, err);
  }
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function scoresOf(run: string): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const asked = ['--wide', '--split', 'test', '--detectors', 'MSP', '--out', `${run}.csv`];
  await grodinHere(['export', run, ...asked], folder);
  const [head = '', ...lines] = (await readFile(join(folder, `${run}.csv`), 'utf8')).trim().split('\n');
  const at = (name: string) => head.split(',').indexOf(name);
  const sets = new Map<string, Map<string, number>>();
  for (const cells of lines.map((line) => line.split(','))) {
    if (cells[at('outlier')] !== 'noisy') continue;
    const set = cells[at('set')] ?? '';
    sets.set(set, (sets.get(set) ?? new Map()).set(cells[at('id')] ?? '', Number(cells[at('MSP')])));
  }
  return sets;
}

/** DeLong's paired test from all pairs of images, as the paper's sums are written. */
function pairedByPairs(first: Awaited<ReturnType<typeof scoresOf>>, second: typeof first) {
  const ids = (set: string) => [...(first.get(set)?.keys() ?? [])];
  const [known, found] = [ids('clean'), ids('noisy')];
  const wins = (run: typeof first, out: string, inside: string) => {
    const gap = (run.get('noisy')?.get(out) ?? Number.NaN) - (run.get('clean')?.get(inside) ?? Number.NaN);
    return gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const gains = found.map((out) => known.map((one) => wins(second, out, one) - wins(first, out, one)));
  const byOutlier = gains.map(mean);
  const byKnown = known.map((_, nth) => mean(gains.map((row) => row[nth] ?? Number.NaN)));
  const difference = mean(byOutlier);
  const variance = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (values.length - 1) / values.length;
  return { difference, error: Math.sqrt(variance(byOutlier) + variance(byKnown)) };
}

test('two runs are compared in configuration and results, paired where they scored the same images', async (t) => {
  const { code, out, err } = await grodinHere(['compare', 'first', 'second', '--json'], folder);
  t.is(code, 0, err);
  const found: RunComparison = JSON.parse(out);
  const { settings } = found;
  t.deepEqual(
    settings.filter(({ setting }) => !setting.endsWith('rowsSha256')),
    [
      { setting: 'detectors', first: 'MSP, ML, G', second: 'MSP, ML, SG' },
      { setting: 'models."net".preprocess.mean', first: '0.5, 0.5, 0.5', second: '0.4, 0.4, 0.4' },
      { setting: 'outliers."late"', first: 'present', second: null },
    ],
  );
  t.deepEqual(
    settings.filter(({ setting }) => setting.endsWith('rowsSha256')).map(({ setting }) => setting),
    ['outliers."noisy".rowsSha256', 'outliers."dark".rowsSha256'],
  );
  const [noisy, dark, ...others] = found.pairs;
  t.deepEqual(others, []);
  t.deepEqual([noisy?.outlier, noisy?.whyUnpaired], ['noisy', null]);
  t.deepEqual(
    noisy?.detectors.map(({ detector, test: kind }) => [detector, kind]),
    [
      ['MSP', 'paired'],
      ['ML', 'paired'],
    ],
  );
  const expected = pairedByPairs(await scoresOf('first'), await scoresOf('second'));
  const msp = noisy?.detectors[0];
  t.true(Math.abs((msp?.difference ?? Number.NaN) - expected.difference) < 1e-12);
  t.true(Math.abs((msp?.error ?? Number.NaN) - expected.error) < 1e-12);
  t.not(expected.difference, 0);
  t.regex(
    dark?.whyUnpaired ?? '',
    /^dark: 15 of 15 test images are in the first run alone, 15 in the second$/,
  );
  t.deepEqual(
    dark?.detectors.map(({ test: kind }) => kind),
    ['unpaired', 'unpaired'],
  );
  t.deepEqual(
    found.only.map(({ run, outlier: set, detector }) => [run, set, detector]),
    [
      ['first', 'noisy', 'G'],
      ['first', 'dark', 'G'],
      ['first', 'late', null],
      ['second', 'noisy', 'SG'],
      ['second', 'dark', 'SG'],
    ],
  );
});

test('models and sets that the second run calls otherwise are compared as if it did not, and those that are named alone', async (t) => {
  const json = async (...args: string[]): Promise<RunComparison> => {
    const { code, out, err } = await grodinHere(['compare', ...args, '--json'], folder);
    t.is(code, 0, err);
    return JSON.parse(out);
  };
  await cp(join(folder, 'second'), join(folder, 'renamed'), { recursive: true });
  const experiment = await readFile(join(folder, 'second.json'), 'utf8');
  const named = experiment
    .replace('"name":"net"', '"name":"other"')
    .replace('"name":"noisy"', '"name":"loud"');
  await writeFile(join(folder, 'renamed.json'), named);
  const { code, err } = await grodinHere(['run', 'renamed.json', '--out', 'renamed', '--no-report'], folder);
  t.is(code, 0, err);

  t.deepEqual((await json('first', 'renamed')).pairs, []);
  const asked = ['--models', 'net=other', '--sets', 'noisy=loud,dark'];
  const [found, known] = [await json('first', 'renamed', ...asked), await json('first', 'second')];
  // Ends of intervals hang on draws that names are part of.
  const alike = (pairs: RunComparison['pairs']) =>
    pairs.map(({ detectors, inSecond: _, ...pair }) => ({
      ...pair,
      tests: detectors.map(({ first: _a, second: _b, ...compared }) => compared),
    }));
  t.deepEqual(alike(found.pairs), alike(known.pairs));
  t.deepEqual(
    found.pairs.map(({ inSecond }) => inSecond),
    [
      { model: 'other', outlier: 'loud' },
      { model: 'other', outlier: 'dark' },
    ],
  );
  t.deepEqual(
    found.only.map(({ run, model, outlier: set, detector }) => [run, model, set, detector]),
    [
      ['first', 'net', 'noisy', 'G'],
      ['first', 'net', 'dark', 'G'],
      ['second', 'other', 'loud', 'SG'],
      ['second', 'other', 'dark', 'SG'],
    ],
  );
  const text = await grodinHere(['compare', 'first', 'renamed', ...asked], folder);
  t.regex(text.out, /^net \/ other {2}noisy \/ loud {2}MSP /m);

  // Sets of one run beside each other.
  const [one, ...others] = (await json('first', 'first', '--sets', 'noisy=late')).pairs;
  t.deepEqual(others, []);
  t.deepEqual([one?.outlier, one?.inSecond.outlier], ['noisy', 'late']);
  t.not(one?.detectors[0]?.difference, 0);
});

for (const [asked, message] of [
  [['--models', 'nett'], /^grodin: first: the experiment has no model "nett"; did you mean "net"\?\n$/],
  [
    ['--sets', 'noisy=late'],
    /^grodin: second: the experiment has no outlier set "late"; it has noisy, dark\n$/,
  ],
  [['--sets', 'noisy=dark,noisy'], /noisy is there twice/],
  [['--sets', 'noisy=a=b'], /Expected names with commas between them, as a,b=c/],
] as const)
  test(`${asked.join(' ')} is refused`, async (t) => {
    const { code, out, err } = await grodinHere(['compare', 'first', 'second', ...asked], folder);
    t.deepEqual([code, out], [2, '']);
    t.regex(err, message);
  });

test('for people it is a text of lines that fit a terminal, printed or in a file', async (t) => {
  const { code, out } = await grodinHere(['compare', 'first', 'second'], folder);
  t.is(code, 0);
  t.regex(out, /^A: first\nB: second\n\nConfiguration: what differs\n/);
  t.regex(out, /^net {4}dark ‡ {2}MSP /m);
  t.regex(out, /^ {2}A: net on noisy, dark: G$/m);
  t.true(out.split('\n').every((line) => line.length <= 100));
  const written = await grodinHere(['compare', 'first', 'second', '--out', 'new/c.txt'], folder);
  t.deepEqual([written.code, written.out], [0, '']);
  t.is(await readFile(join(folder, 'new/c.txt'), 'utf8'), out);
});

test('the same run, a folder without one and a run that is not finished are told of', async (t) => {
  await symlink(join(folder, 'first'), join(folder, 'link'));
  const same = await grodinHere(['compare', 'first', 'link'], folder);
  t.is(same.code, 2);
  t.is(same.err, 'grodin: link: is the same folder as first; name different runs to compare\n');
  const none = await grodinHere(['compare', 'first', 'noisy'], folder);
  t.is(none.code, 2);
  t.regex(none.err, /noisy: holds no run/);
  const asked = ['run', 'second.json', '--out', 'begun', '--no-reduce'];
  t.is((await grodinHere(asked, folder)).code, 0);
  const { code, out, err } = await grodinHere(['compare', 'first', 'begun'], folder);
  t.is(code, 75);
  t.regex(out, /models."net".preprocess.mean/);
  t.regex(out, /^Results: not compared/m);
  t.regex(err, /begun: has all scores but no results .*; make them with grodin reduce, then compare again/);
});

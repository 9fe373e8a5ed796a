import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  compare,
  InputError,
  InterruptedError,
  readExperiment,
  report,
  run,
  runWithoutReducing,
} from 'grodin';
import { grodinHere } from '../cli/here.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;
let first: string;
let second: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 8, outliers: ['noisy'], epsilon: [0], temperature: [1] });
  [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const options = { workers: 1, cache: null };
  await run(experiment, { ...options, out: first });
  await run({ ...experiment, detectors: ['MSP', 'ML'] }, { ...options, out: second });
  await runWithoutReducing(experiment, { ...options, out: join(folder, 'begun') });
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test('compare gives what grodin compare --json prints', async (t) => {
  const found = await compare(first, second);
  const { out } = await grodinHere(['compare', first, second, '--json'], folder);
  t.deepEqual(JSON.parse(out), found);
  t.deepEqual(
    found.settings.map(({ setting }) => setting),
    ['detectors'],
  );
  const [noisy, ...others] = found.pairs;
  t.deepEqual(others, []);
  t.deepEqual(
    noisy?.detectors.map(({ detector, test: kind, difference, p, verdict }) => [
      ...[detector, kind, difference, p, verdict],
    ]),
    [
      ['MSP', 'paired', 0, 1, 'level'],
      ['ML', 'paired', 0, 1, 'level'],
    ],
  );
  t.deepEqual(new Set(found.only.map(({ run: of }) => of)), new Set(['first']));
});

test('of a run that is not finished compare names it, and gives the configuration alone', async (t) => {
  const begun = join(folder, 'begun');
  const { unfinished, pairs, settings } = await compare(second, begun);
  t.deepEqual(unfinished, [begun]);
  t.deepEqual(pairs, []);
  t.is(settings.length, 1);
});

test('report of several runs is the page that grodin report writes of them', async (t) => {
  const file = join(folder, 'pages/library.html');
  const written = await report([first, second], { file });
  t.deepEqual(written, {
    ...{ file, plots: join(folder, 'pages/library-plots'), figures: 1, isFinished: true },
  });
  const asked = ['report', first, second, '--out', 'printed.html'];
  t.is((await grodinHere(asked, folder)).code, 0);
  const page = (path: string) => readFile(path, 'utf8').then((text) => text.replaceAll('printed', 'library'));
  t.is(await page(file), await page(join(folder, 'printed.html')));
  const one = await report([second], { file: join(folder, 'pages/one.html'), thumbnails: 'none' });
  t.true(one.isFinished);
  t.false((await readFile(one.file, 'utf8')).includes('runs compared'));
});

test('what several runs can’t be asked for is refused, by the command too', async (t) => {
  await t.throwsAsync(report([first, second], { thumbnails: 'none' }), {
    instanceOf: InputError,
    message: /^thumbnails: "none": the page of several runs shows no images; leave it out, or give one run /,
  });
  const { code, err } = await grodinHere(['report', first, second, '--thumbnails', 'none'], folder);
  t.is(code, 2);
  t.regex(err, /^grodin: --thumbnails none: the page of several runs shows no images; .*\n$/);
  for (const call of [() => compare(first, first), () => report([first, first])])
    await t.throwsAsync(call(), { instanceOf: InputError, message: /is the same folder as the one before/ });
  await t.throwsAsync(compare(first, folder), { instanceOf: InputError, message: /holds no run/ });
  await t.throwsAsync(compare(first, second, { signal: AbortSignal.abort() }), {
    instanceOf: InterruptedError,
  });
});

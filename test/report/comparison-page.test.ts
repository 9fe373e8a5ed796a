import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Browser } from 'puppeteer-core';
import { grodinHere } from '../cli/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';
import { inPage, openPage, startBrowser, violationsIn } from './browser.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
/** A folder may be called whatever has no slash. */
const hostile = '"><img src=x onerror="window.broken=3">';

let folder: string;
let browser: Browser | null = null;

test.before(async (t) => {
  folder = await sharedExperiment();
  const set = (name: string, manifest: string) => ({ name, manifest: `${manifest}.csv`, validation: 15 });
  for (const [run, mean, more] of [
    ['first', 0.5, {}],
    ['second', 0.4, { seed: 3 }],
    ['third', 0.3, { detectors: ['MSP', 'G'] }],
  ] as const) {
    const experiment = {
      ...{ name: run, detectors: ['MSP', 'ML', 'G'], ...more },
      models: [{ name: 'net', file: 'net.onnx', preprocess: { ...preprocess, mean: [mean, mean, mean] } }],
      inDomain: set('clean', 'clean'),
      outlierSets: [set('noisy', 'noisy'), set('late', 'late')],
    };
    await writeExperiment(folder, experiment, `${run}.json`);
    const { code, err } = await grodinHere(['run', `${run}.json`, '--out', run, '--no-report'], folder);
    t.is(code, 0, err);
  }
  await rename(join(folder, 'third'), join(folder, hostile));
  browser = await startBrowser(t);
});

test.after.always(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test.serial('several runs make a page that asks for nothing, in which names are texts', async (t) => {
  const { code, out, err } = await grodinHere(['report', 'first', 'second', hostile], folder);
  t.is(code, 0, err);
  t.is(out, 'report: first/comparison.html\n');
  const file = join(folder, 'first/comparison.html');
  const text = await readFile(file, 'utf8');
  t.false(text.includes(folder), 'no absolute path is told');
  t.deepEqual((await readdir(join(folder, 'first/comparison-plots'))).sort(), [
    '.grodin-files.json',
    ...['csv', 'svg', 'vl.json'].map((end) => `values-1-net.${end}`),
  ]);
  const shown = await openPage(browser, file, folder);
  if (shown === null) return;
  const { page, faults } = shown;
  const titles = await inPage<string[]>(
    page,
    `[...document.querySelectorAll('h2')].map((one) => one.textContent)`,
  );
  t.deepEqual(titles, [
    ...[
      'Runs',
      'Configuration: A and B',
      'Results: A and B',
      'Configuration: A and C',
      'Results: A and C',
      'Values',
    ],
  ]);
  const told = await inPage<string>(page, 'document.body.textContent');
  t.true(told.includes(hostile));
  t.regex(told, /The tests are not paired, .*test images are in the first run alone/);
  t.regex(told, /Tests are paired/);
  for (const [scheme, width] of [
    ['light', 360],
    ['dark', 1280],
  ] as const) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.setViewport({ width, height: 900 });
    t.deepEqual(await violationsIn(page), [], `${scheme}, ${width} pixels`);
    const [scrolled, inner] = await inPage<[number, number]>(
      page,
      '[document.documentElement.scrollWidth, window.innerWidth]',
    );
    t.true(scrolled <= inner, `${scrolled} of ${inner} pixels`);
  }
  t.false(await inPage(page, `'broken' in window`));
  t.deepEqual(faults, []);
  await page.close();
});

test.serial('it tells the same as the command, of a run that is not finished too', async (t) => {
  const compared = await grodinHere(['compare', 'first', hostile, '--json'], folder);
  const { pairs, settings } = JSON.parse(compared.out);
  t.is((await grodinHere(['report', 'first', hostile, '--out', 'two.html'], folder)).code, 0);
  const page = (await openPage(browser, join(folder, 'two.html'), folder))?.page;
  if (page !== undefined) {
    const values = await inPage<number[]>(
      page,
      `[...document.querySelectorAll('#results-b tbody td:nth-child(6)')].map(({ dataset }) => Number(dataset.v))`,
    );
    t.deepEqual(
      values,
      pairs.flatMap(({ detectors }: { detectors: { difference: number }[] }) =>
        detectors.map((one) => one.difference),
      ),
    );
    const lines = await inPage<string[]>(
      page,
      `[...document.querySelectorAll('#configuration-b tbody th')].map(({ textContent }) => textContent)`,
    );
    t.deepEqual(
      lines,
      settings.map(({ setting }: { setting: string }) => setting),
    );
    await page.close();
  }
  await rm(join(folder, 'second/finished.json'));
  const { code } = await grodinHere(['report', 'first', 'second', '--out', 'two.html'], folder);
  t.is(code, 0);
  t.regex(await readFile(join(folder, 'two.html'), 'utf8'), /Not finished: B\./);
  const same = await grodinHere(['report', 'first', 'first'], folder);
  t.is(same.code, 2);
  t.regex(
    same.err,
    /^grodin: first: is the same folder as the one before it; name different runs to compare\n$/,
  );
});

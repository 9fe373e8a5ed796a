import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Browser } from 'puppeteer-core';
import { titleOf } from '../../stages/ensembles/title-of.js';
import { grodinHere } from '../cli/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';
import { inPage, openPage, startBrowser, violationsIn } from './browser.js';

const script = '<script>window.broken=1</script>';
const image = '"><img src=x onerror="window.broken=2">';
const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const set = (name: string, more: object = {}) => ({ name, manifest: `${name}.csv`, validation: 15, ...more });

let folder: string;
let browser: Browser | null = null;

test.before(async (t) => {
  folder = await sharedExperiment();
  // Names of images are the user's, or their archives'.
  const rows = (await readFile(join(folder, 'noisy.csv'), 'utf8')).trim().split('\n');
  const [head = '', ...others] = rows;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const named = others.map(
    (row, place) => `${row},${quoted(`${place % 2 === 0 ? script : image} ${place}`)}`,
  );
  await writeFile(join(folder, 'noisy.csv'), `${[`${head},id`, ...named].join('\n')}\n`);
  const experiment = {
    name: 'pages',
    models: [
      { name: 'net', file: 'net.onnx', preprocess },
      { name: 'other', file: 'net.onnx', preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] } },
    ],
    ensembles: [{ name: 'both', models: ['net', 'other'] }],
    inDomain: set('clean'),
    outlierSets: [
      set('noisy', { corruption: 'fog', severity: 1 }),
      set('dark', { corruption: 'fog', severity: 2 }),
      set('late'),
    ],
    detectors: ['MSP', 'ODIN', 'ML', 'G', 'SG'],
    shardSeconds: 1,
  };
  await writeExperiment(folder, experiment, 'experiment.json');
  const ran = await grodinHere(['run', 'experiment.json', '--out', 'run'], folder);
  t.is(ran.code, 0, ran.err);
  browser = await startBrowser(t);
});

test.after.always(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface PageFacts {
  readonly broken: boolean;
  readonly scripts: number;
  readonly text: string;
  readonly images: number;
  readonly figures: number;
  readonly ids: readonly string[];
}

/** A page of the run that was opened from disk; null where there is no browser. */
const opened = (file: string) => openPage(browser, file, folder);

test.serial(
  'a report is one page that asks for nothing, in which names are texts and images are shown',
  async (t) => {
    for (const thumbnails of ['linked', 'none', 'embedded']) {
      const { code, out, err } = await grodinHere(['report', 'run', '--thumbnails', thumbnails], folder);
      t.is(code, 0, err);
      t.is(out, 'report: run/report.html\n');
      const text = await readFile(join(folder, 'run/report.html'), 'utf8');
      t.false(text.includes(folder), 'no absolute path is told');
      t.notRegex(text, /https?:\/\/(?!vega|www\.w3\.org)/);
      const shown = await opened(join(folder, 'run/report.html'));
      if (shown === null) return;
      const { page, faults } = shown;
      const found = await inPage<PageFacts>(
        page,
        `({
        broken: 'broken' in window,
        scripts: document.scripts.length,
        text: document.body.textContent,
        images: document.images.length,
        figures: document.querySelectorAll('figure svg[role=img][aria-label]').length,
        ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      })`,
      );
      t.deepEqual(faults, []);
      t.false(found.broken);
      t.is(found.scripts, 1);
      t.is(found.text.includes(script) && found.text.includes(image), thumbnails !== 'none');
      t.is(new Set(found.ids).size, found.ids.length, 'every id is of one element');
      t.true(found.figures >= 10, `${found.figures} figures`);
      t.is(found.images, thumbnails === 'none' ? 0 : 4 * 2 * 8);
      await inPage(page, `{ for (const one of document.images) one.loading = 'eager'; }`);
      await page.waitForFunction('[...document.images].every(({ complete }) => complete)');
      t.true(await inPage(page, '[...document.images].every(({ naturalWidth }) => naturalWidth > 0)'));
      await page.close();
    }
  },
);

test.serial('it is accessible, light and dark, and fits a phone, a desk and paper', async (t) => {
  // The last that was written: with images in it.
  const shown = await opened(join(folder, 'run/report.html'));
  if (shown === null) return;
  const { page, faults } = shown;
  await inPage(page, `{ for (const one of document.querySelectorAll('details')) one.open = true; }`);
  for (const [scheme, width] of [
    ['light', 360],
    ['dark', 1280],
  ] as const) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.setViewport({ width, height: 900 });
    const violations = await violationsIn(page);
    t.deepEqual(violations, [], `${scheme}, ${width} pixels`);
    const [scrollWidth, innerWidth] = await inPage<[number, number]>(
      page,
      '[document.documentElement.scrollWidth, window.innerWidth]',
    );
    t.true(scrollWidth <= innerWidth, `${scrollWidth} of ${innerWidth} pixels`);
  }
  await page.setViewport({ width: 360, height: 900 });
  const longName = `for (const one of document.querySelectorAll('.notes p')) one.append(' ', 'n'.repeat(80));`;
  await inPage(page, `{ ${longName} }`);
  const wide = await inPage<number>(page, 'document.documentElement.scrollWidth');
  t.is(wide, 360, 'long names in notes are broken');
  await page.emulateMediaType('print');
  t.is(await inPage(page, `getComputedStyle(document.querySelector('nav')).display`), 'none');
  // What a sheet of A4 has between its margins.
  await page.setViewport({ width: 718, height: 900 });
  const outside = `[...document.querySelectorAll('figure svg, table, pre, .thumbs')]
    .filter((one) => one.getBoundingClientRect().right > 718).map(({ id, outerHTML }) => outerHTML.slice(0, 200))`;
  t.deepEqual(await inPage(page, outside), [], 'nothing is cut off on paper');
  const sizes = `['table .i', 'table b.best'].map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize))`;
  const [range = 0, estimate = 0] = await inPage<number[]>(page, sizes);
  t.true(range < estimate, 'intervals are smaller than what they are of');
  const paper = await page.pdf({ format: 'A4' });
  t.true(paper.length > 10_000);
  t.deepEqual(faults, []);
  await page.close();
});

test.serial('it replaces a page alone, and nothing that a run is made of or reads', async (t) => {
  await writeFile(join(folder, 'notes.html'), '<!doctype html><p>mine</p>');
  for (const [out, why] of [
    ['notes.html', /^grodin: notes\.html: is there and no page that grodin wrote/],
    ['run', /^grodin: run: is a folder/],
    ['noisy.csv', /^grodin: noisy\.csv: is read by the run in .*run; choose another name/],
    ['net.onnx', /^grodin: net\.onnx: is read by/],
    [
      'run/metrics.arrow',
      /^grodin: run\/metrics\.arrow: is among the files that the run in .*run is made of/,
    ],
    ['run/tables/page.html', /^grodin: run\/tables\/page\.html: is among/],
  ] as const) {
    const { code, err } = await grodinHere(['report', 'run', '--out', out], folder);
    t.is(code, 2, out);
    t.regex(err, new RegExp(`${why.source}.*\\n$`), out);
  }
  t.is(await readFile(join(folder, 'notes.html'), 'utf8'), '<!doctype html><p>mine</p>');
  const exported = await grodinHere(['export', 'run', '--out', 'noisy.csv'], folder);
  t.is(exported.code, 2, exported.err);
  const compared = await grodinHere(['compare', 'run', 'run2', '--out', 'run/finished.json'], folder);
  t.regex(compared.err, /^grodin: run\/finished\.json: is among/);
  t.is((await grodinHere(['report', 'run', '--out', 'run/second.html'], folder)).code, 0);
  t.is((await grodinHere(['report', 'run', '--out', 'run/second.html'], folder)).code, 0, 'its own again');
});

test.serial('its tables are sorted by the keyboard', async (t) => {
  const shown = await opened(join(folder, 'run/report.html'));
  if (shown === null) return;
  const { page } = shown;
  await page.keyboard.press('Tab');
  t.is(await inPage(page, `document.activeElement.getAttribute('href')`), '#content');
  await page.keyboard.press('Tab');
  t.is(await inPage(page, `document.activeElement.getAttribute('href')`), '#summary');
  const values = () =>
    inPage<number[]>(
      page,
      `[...document.querySelectorAll('#summary tbody tr td:nth-child(5)')].map(({ dataset }) => Number(dataset.v))`,
    );
  const before = await values();
  t.true(before.length >= 9);
  await page.focus('#summary th:nth-child(5) button');
  await page.keyboard.press('Enter');
  t.deepEqual(
    await values(),
    before.toSorted((a, b) => b - a),
  );
  await page.keyboard.press('Enter');
  t.deepEqual(
    await values(),
    before.toSorted((a, b) => a - b),
  );
  t.is(await inPage(page, `document.querySelector('#summary th[aria-sort]').ariaSort`), 'ascending');
  await page.keyboard.press('Enter');
  t.deepEqual(await values(), before);
  await page.close();
});

test.serial('the summary names what the paired test can’t tell from the best', async (t) => {
  const shown = await opened(join(folder, 'run/report.html'));
  if (shown === null) return;
  const { page } = shown;
  const lines = await inPage<string[][]>(
    page,
    `[...document.querySelectorAll('#summary tbody tr')].map(({ cells }) => [...cells].map(({ textContent }) => textContent))`,
  );
  const csv = await readFile(join(folder, 'run/analyses/comparisons.csv'), 'utf8');
  const [head = '', ...rows] = csv.trim().split('\n');
  const at = (name: string) => head.split(',').indexOf(name);
  // Those of the ensemble, which has more measures than are named, are left out.
  const ofModels = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('both,')).sort();
  const level = rows
    .map((row) => row.split(','))
    .filter((row) => row[at('verdict')] === 'level')
    .map((row) => [row[at('model')], row[at('outlier')], titleOf(row[at('detector')] ?? '')].join());
  const named = lines.flatMap(([model, outlier, , names = '']) =>
    names === '—' ? [] : names.split(', ').map((name) => [model, outlier, name].join()),
  );
  t.deepEqual(ofModels(named), ofModels(level));
  t.true(level.length > 0);
  await page.close();
});

test.serial(
  'each plot lies beside the page as a drawing, a specification with its data, and data',
  async (t) => {
    const names = await readdir(join(folder, 'run/plots'));
    const drawings = names.filter((name) => name.endsWith('.svg'));
    t.true(drawings.length >= 10);
    for (const name of drawings) {
      const stem = name.slice(0, -4);
      const svg = await readFile(join(folder, 'run/plots', name), 'utf8');
      t.regex(svg, /^<svg /);
      t.false(svg.includes('<script>') || svg.includes('<img'), name);
      const specification = JSON.parse(await readFile(join(folder, 'run/plots', `${stem}.vl.json`), 'utf8'));
      const [head = '', ...lines] = (await readFile(join(folder, 'run/plots', `${stem}.csv`), 'utf8'))
        .trim()
        .split('\n');
      t.is(specification.data.values.length, lines.length, name);
      t.deepEqual(head.split(','), Object.keys(specification.data.values[0]));
    }
    // Those of an earlier report are removed; what is somebody else's is kept.
    const again = await grodinHere(['report', 'run', '--out', 'elsewhere/page.html', '--json'], folder);
    t.is(again.code, 0, again.err);
    t.is(JSON.parse(again.out).figures, drawings.length);
    const beside = await readdir(join(folder, 'elsewhere/page-plots'));
    t.is(beside.filter((name) => name !== '.grodin-files.json').length, 3 * drawings.length);
  },
);

test.serial('the report of an unfinished run says what is missing', async (t) => {
  const shards = join(folder, 'run/shards');
  for (const name of (await readdir(shards)).slice(0, 3)) await rm(join(shards, name));
  await rm(join(folder, 'run/finished.json'));
  const { code, err } = await grodinHere(['report', 'run'], folder);
  t.is(code, 0, err);
  const text = await readFile(join(folder, 'run/report.html'), 'utf8');
  t.regex(text, /This run is not finished/);
  t.regex(text, /Missing/);
  const shown = await opened(join(folder, 'run/report.html'));
  t.deepEqual(shown?.faults ?? [], []);
});

test('a folder without a run is refused in one line', async (t) => {
  const { code, err } = await grodinHere(['report', 'nowhere'], folder);
  t.is(code, 2);
  t.regex(err, /^grodin: .*nowhere: holds no run.*\n$/);
});

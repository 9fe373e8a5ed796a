import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { titleOf } from '../../stages/ensembles/title-of.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { compareRuns, type RunComparison } from '../comparison/compare-runs.js';
import { openCompared } from '../comparison/compared-run.js';
import { requireDifferent } from '../comparison/require-different.js';
import { type ComparedValue, comparedValuesPlot } from '../plots/compared-values.js';
import { preparePlots } from '../plots/files.js';
import type { Plot } from '../plots/plot.js';
import { packageVersion } from '../store/package-version.js';
import { shownName } from '../tables/table.js';
import { PageBudget } from './budget.js';
import { drawFigures } from './draw-figures.js';
import { html } from './html.js';
import { pageOf, type Section } from './page.js';
import { plotFolder, usualPage, withoutFolders } from './page-places.js';
import { requirePagePlace } from './page-target.js';
import { mainRows } from './report-data.js';
import { comparedResults } from './sections/compared-results.js';
import { comparedRuns, type NamedRun } from './sections/compared-runs.js';
import { comparedSettings } from './sections/compared-settings.js';
import type { ReportSettings, WrittenReport } from './write-report.js';

/**
 * Writes a page that compares the first of several runs with each other one: what differs in configuration and in results, and
 * plots of the values of all.
 * @param paths two run directories or more
 * @throws InputError when a folder holds no run, one is given twice, or the page's place is taken by what is no page
 */
export async function writeComparison(
  paths: readonly string[],
  { file = null, withPaths = false }: Omit<ReportSettings, 'thumbnails'>,
): Promise<WrittenReport> {
  await requireDifferent(paths);
  const runs: NamedRun[] = [];
  for (const [nth, path] of paths.entries()) {
    const directory = runDirectory(path);
    const folder = withPaths ? directory.path : basename(directory.path);
    runs.push({ label: labelOf(nth), folder, run: await openCompared(directory) });
  }
  const [first, ...others] = runs;
  if (first === undefined) throw new RangeError('no run to compare');
  const page = resolve(file ?? usualPage(first.run.directory.path, 2));
  const plots = valuePlots(runs);
  await requirePagePlace(
    file ?? page,
    runs.map(({ run }) => run.directory),
  );
  await makeFolder(dirname(page));
  await preparePlots(plotFolder(page), plots);
  const budget = new PageBudget();
  const sections: Section[] = [{ id: 'runs', title: 'Runs', content: comparedRuns(runs) }];
  const comparisons: RunComparison[] = [];
  for (const second of others) {
    const found = await compareRuns([first.run, second.run], [first.folder, second.folder]);
    const comparison = withPaths ? found : hiding(found);
    comparisons.push(comparison);
    const labels = { first: first.label, second: second.label };
    const id = second.label.toLowerCase();
    const of = others.length === 1 ? '' : `: ${first.label} and ${second.label}`;
    const settings = comparedSettings(comparison.settings, labels, {
      withProcessors: withPaths,
      isScorerKnown: first.run.scores !== null && second.run.scores !== null,
    });
    sections.push({ id: `configuration-${id}`, title: `Configuration${of}`, content: settings });
    const results = comparedResults(comparison, labels, budget);
    if (results !== null) sections.push({ id: `results-${id}`, title: `Results${of}`, content: results });
  }
  if (plots.length > 0) {
    const [figures] = await drawFigures([plots], { page, folder: plotFolder(page), budget });
    const lead = html`<p>The values of all runs on test images, each at the cell that the run chose.</p>`;
    sections.push({ id: 'values', title: 'Values', content: html`${lead}${figures}` });
  }
  const title = `${runs.map(({ folder }) => shownName(folder)).join(', ')}: runs compared`;
  const intro = html`<p class="faint">${runs.length} runs, the first of which, ${first.label}, is compared with ${others.length === 1 ? 'the other' : 'each other one'}.</p>`;
  const about = html`Written by grodin ${await packageVersion()}.`;
  const of = createHash('sha256').update(JSON.stringify(comparisons)).digest('hex');
  await writeAtomically(page, pageOf({ title, intro, about, of }, sections));
  return {
    ...{ file: page, plots: plotFolder(page), figures: plots.length },
    isFinished: runs.every(({ run }) => run.results !== null),
  };
}

/** A, B, … Z, A2, B2, … */
function labelOf(nth: number): string {
  const round = Math.floor(nth / 26);
  return `${String.fromCharCode(65 + (nth % 26))}${round === 0 ? '' : round + 1}`;
}

/** Without folders in what tells why rows are not paired. */
function hiding(comparison: RunComparison): RunComparison {
  const pairs = comparison.pairs.map((pair) => ({
    ...pair,
    whyUnpaired: pair.whyUnpaired === null ? null : withoutFolders(pair.whyUnpaired),
  }));
  return { ...comparison, pairs };
}

/** A plot of each model that at least two runs have results of. */
function valuePlots(runs: readonly NamedRun[]): readonly Plot[] {
  const values = runs.flatMap(({ label, run }) =>
    mainRows(run.results?.metrics ?? [])
      .filter(({ metric }) => metric === 'auroc')
      .map(({ model, outlier, detector, value, low, high }) => {
        const of: ComparedValue = { run: label, outlier, detector, auroc: value, low, high };
        return { model, of };
      }),
  );
  const byModel = new Map<string, ComparedValue[]>();
  for (const { model, of } of values) byModel.set(model, [...(byModel.get(model) ?? []), of]);
  return [...byModel].flatMap(([model, own], place) => {
    const inSeveral = new Set(own.map(({ run }) => run)).size > 1;
    return inSeveral ? [comparedValuesPlot({ model, place, titleOf }, own)] : [];
  });
}

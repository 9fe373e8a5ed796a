import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { DEFAULT_MAX_PIXELS } from '../../workers/images/source.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { preparePlots } from '../plots/files.js';
import { packageVersion } from '../store/package-version.js';
import { shownName } from '../tables/table.js';
import { PageBudget } from './budget.js';
import { drawFigures } from './draw-figures.js';
import { type Html, html } from './html.js';
import { pageIsOf, pageOf, type Section } from './page.js';
import { plotFolder, usualPage, withoutFolders } from './page-places.js';
import { requirePagePlace } from './page-target.js';
import { plotsOf, throughputOf } from './plots.js';
import { type ReportData, readReportData } from './report-data.js';
import { errors } from './sections/errors.js';
import { images, type ShownImage, shownExtremes } from './sections/images.js';
import { reproduce } from './sections/reproduce.js';
import { summary } from './sections/summary.js';
import { tables } from './sections/tables.js';
import { unfinished } from './sections/unfinished.js';
import type { ThumbnailMode } from './thumbnail-modes.js';
import { thumbnailer } from './thumbnails.js';

/** How a report is written. */
export interface ReportSettings {
  /** The page's file; null for `report.html` in the run directory. */
  readonly file?: string | null | undefined;
  /** Default: `linked`. */
  readonly thumbnails?: ThumbnailMode | undefined;
  /** Whether absolute paths and the processor's name are told. Default: false. */
  readonly withPaths?: boolean | undefined;
}

/** What was written. */
export interface WrittenReport {
  /** Absolute path of the page. */
  readonly file: string;
  /** Absolute path of the folder of its plots. */
  readonly plots: string;
  /** How many plots there are. */
  readonly figures: number;
  /** Whether the run was finished, so that the page has its results. */
  readonly isFinished: boolean;
}

/**
 * Writes the report of a run: a page that needs nothing but itself, and its plots as files beside it.
 * @throws InputError when the folder holds no run, or the page's place is taken by what is no page
 */
export async function writeReport(
  directory: RunDirectory,
  { file = null, thumbnails = 'linked', withPaths = false }: ReportSettings,
): Promise<WrittenReport> {
  const data = await readReportData(directory);
  const page = resolve(file ?? reportFile(directory));
  const plots = plotFolder(page);
  const groups = [...(data.results === null ? [] : plotsOf(data, data.results)), ...throughputOf(data)];
  const all = groups.flatMap((group) => group.plots);
  await requirePagePlace(file ?? page, [directory]);
  await makeFolder(dirname(page));
  await preparePlots(plots, all);
  const budget = new PageBudget();
  const sections: (Section | null)[] = [];
  const add = (id: string, title: string, content: Html | null) =>
    sections.push(content === null ? null : { id, title, content });
  add('missing', 'What is missing', unfinished(data));
  add('summary', 'Summary', budget.spend(summary(data)));
  // First of all what everyone wants to see has its room: the main tables, pictures, figures; what is folded has what is left.
  const tableFolder = dirname(page) === directory.path ? 'tables' : null;
  const allTables = data.results?.tables ?? [];
  const open = tables(allTables, 'open', tableFolder, budget);
  const shown = data.results === null ? [] : await shownImages(data, thumbnails, page);
  const pictures = thumbnails === 'none' ? null : images(shown, budget);
  const figures = await drawFigures(
    groups.map((group) => group.plots),
    { page, folder: plots, budget },
  );
  if (data.results !== null) {
    const folded = tables(allTables, 'folded', tableFolder, budget);
    add('tables', 'Tables', html`${open}${folded}`);
    add('images', 'Images', pictures);
  }
  for (const [nth, { id, title, lead }] of groups.entries())
    add(id, title, html`<p>${lead}</p>${figures[nth]}`);
  if (data.results !== null) {
    const hide = (message: string) => (withPaths ? message : withoutFolders(message));
    add('errors', 'Left out', errors(data.results.errors, data.experiment.models.length, hide));
  }
  add('reproduce', 'To reproduce', reproduce(data, withPaths));
  const title = `${shownName(data.experiment.name)}: out-of-domain detection`;
  const intro = html`<p class="faint">${data.results === null ? 'An unfinished run' : 'Results'} of experiment ${shownName(
    data.experiment.name,
  )}, seed ${data.experiment.seed}.</p>`;
  const about = html`Written by grodin ${await packageVersion()}. Estimates are on test images, ± σ over ${
    data.experiment.resamplings.deviation
  } resamplings, with 95 % intervals over ${data.experiment.resamplings.interval}.`;
  const text = pageOf(
    { title, intro, about, of: await contentOf(directory) },
    sections.filter((section) => section !== null),
  );
  await writeAtomically(page, text);
  return { file: page, plots, figures: all.length, isFinished: data.results !== null };
}

/** Whether the page in a run directory is of the results that are there now. */
export async function isReportCurrent(directory: RunDirectory): Promise<boolean> {
  const text = await readFile(reportFile(directory), 'utf8').catch(() => null);
  return text !== null && pageIsOf(text) === (await contentOf(directory));
}

/** Where the report of a run lies, unless it is asked for elsewhere. */
export function reportFile(directory: RunDirectory): string {
  return usualPage(directory.path);
}

/** A digest of the results of a run; that of nothing where there are none. */
async function contentOf({ finished }: RunDirectory): Promise<string> {
  const note = await readFile(finished).catch(() => new Uint8Array());
  return createHash('sha256').update(note).digest('hex');
}

async function shownImages(
  data: ReportData,
  mode: ThumbnailMode,
  page: string,
): Promise<readonly ShownImage[]> {
  if (mode === 'none') return [];
  const thumbnailOf = thumbnailer(mode, page, DEFAULT_MAX_PIXELS);
  const sets = new Map(data.sets.map((set) => [set.name, set]));
  const shown: ShownImage[] = [];
  for (const row of shownExtremes(data)) {
    const set = sets.get(row.set);
    if (set !== undefined) shown.push({ row, thumbnail: await thumbnailOf(set, row) });
  }
  return shown;
}

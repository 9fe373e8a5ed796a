import { relative, sep } from 'node:path';
import { jsonLine, printableLine } from '../../manifests/input/printable.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { costTable } from '../costs/cost-table.js';
import { type ErrorRow, failedImages } from '../inputs/errors-table.js';
import { belowChance } from '../reduction/below-chance.js';
import type { RunResults } from '../results/stored-results.js';
import type { RunOutcome, ScoringOutcome } from '../run.js';
import { terminalText } from '../tables/formats.js';
import type { PrintedTables } from '../tables/printed-tables.js';
import { compactTable, resultsSummary } from './results-summary.js';
import { shownPath } from './shown-path.js';

/** The results of a run as one JSON document for scripts. @param page the report's file; null where there is none */
export function resultsJson(directory: RunDirectory, results: RunOutcome, page: string | null): string {
  const below = (file: string): string => relative(process.cwd(), file).split(sep).join('/');
  return jsonLine({
    out: directory.path,
    nothingToDo: results.nothingToDo,
    memory: results.memory,
    leftOut: results.leftOut,
    failedImages: failedImages(results.errors),
    selection: results.selection,
    metrics: results.metrics,
    ...(results.fullSpectrum.length > 0 ? { fullSpectrum: results.fullSpectrum } : {}),
    accuracy: results.accuracy,
    ...(results.costs.length > 0 ? { costs: results.costs } : {}),
    tables: results.tables.map(({ name }) => below(`${directory.tables}/${name}.md`)),
    ...(page === null ? {} : { report: below(page) }),
  });
}

/** A run whose scores are there and not reduced, as one JSON document for scripts. */
export function scoringJson(
  directory: RunDirectory,
  { nothingToDo, memory, leftOut }: ScoringOutcome,
): string {
  return jsonLine({ out: directory.path, nothingToDo, memory, leftOut });
}

/**
 * The results of a run for people, with what was measured of the time that its passes take, and where the rest is.
 * @param page the report's file; null where there is none
 * @param printed which tables are printed
 */
export function resultsText(
  directory: RunDirectory,
  results: RunResults & Pick<RunOutcome, 'costs'>,
  page: string | null,
  printed: PrintedTables,
): string {
  const { tables, costs } = results;
  const folder = printableLine(relative(process.cwd(), directory.tables));
  const table = costTable(costs);
  const measured = table === null ? [] : [table];
  const blocks = {
    all: () => [terminalText([...tables, ...measured], folder)],
    main: () => [
      resultsSummary(results, terminalWidth()),
      ...measured.map((one) => compactTable(one, terminalWidth())),
    ],
    none: () => [],
  }[printed]();
  const rest = printed === 'all' ? '' : `${tables.length} tables: ${folder}/*.md\n`;
  const report = page === null ? '' : `report: ${shownPath(page)}\n`;
  return [...blocks, `${rest}${report}`].filter((block) => block !== '').join('\n');
}

/** What is not a terminal, a file for example, has lines that fit most of them. */
function terminalWidth(): number {
  return Math.max(60, process.stdout.columns ?? 100);
}

/** Detectors that a run has the wrong way round on every set, a line each. */
export function belowChanceText({ metrics }: RunResults): string {
  return belowChance(metrics)
    .map((text) => `${printableLine(text)}\n`)
    .join('');
}

/** Which devices a run had to do without, and what to do about them. */
export function leftOutText(devices: readonly string[]): string {
  return `devices left out, since they kept failing on shards that others could score: ${devices.join(', ')}; see grodin doctor --device ${devices[0]}\n`;
}

/** So many images are printed; all are in `errors.arrow`. */
const PRINTED = 100;

/** The images for which a run failed, a line each. */
export function badImagesText(directory: RunDirectory, rows: readonly ErrorRow[]): string {
  const all = [...new Set(rows.map(({ set, message }) => `${set}: ${message}`))];
  const lines = all.slice(0, PRINTED);
  if (all.length > PRINTED) lines.push(`and ${all.length - PRINTED} more: ${directory.errors}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** The images for which a run failed, as one JSON document for scripts. */
export function badImagesJson(directory: RunDirectory, rows: readonly ErrorRow[]): string {
  return `${JSON.stringify({ out: directory.path, failedImages: failedImages(rows), errors: rows })}\n`;
}

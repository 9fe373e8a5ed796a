import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { announceOwnFiles, keepOwnFiles } from '../../manifests/output/own-files.js';
import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import { listed } from '../../stages/shown.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import type { SplitName } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { type AnalysisRows, analysisRows, listedAnalyses } from '../analyses/index.js';
import { rowsCsv } from '../analyses/rows-csv.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { goneManifest } from '../experiment/gone-manifest.js';
import { type ErrorRow, errorRows } from '../inputs/errors-table.js';
import type { OpenRun } from '../opening/opened.js';
import { softwareVersions } from '../opening/software.js';
import { intervalTable } from '../reduction/interval-table.js';
import { type AccuracyRow, accuracyRows, type MetricRow, metricRows } from '../reduction/result-rows.js';
import { resultTables } from '../reduction/tables.js';
import { type SelectionRow, selectionRows } from '../selection/selection-rows.js';
import { readLatestRevision } from '../store/revisions.js';
import { tableFormats } from '../tables/formats.js';
import type { Table } from '../tables/table.js';
import { metricFiles } from './metric-files.js';

/** All results of a finished run. */
export interface RunResults {
  readonly selection: readonly SelectionRow[];
  readonly metrics: readonly MetricRow[];
  /** Metrics with the covariate-shifted sets as in-domain too; empty where the experiment has none. */
  readonly fullSpectrum: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
  readonly errors: readonly ErrorRow[];
  /** What every analysis found, by its name. */
  readonly analyses: AnalysisRows;
  readonly tables: readonly Table[];
}

/** As much of a run as its results are read by: neither its manifests nor its models. */
export type RecordedRun = Pick<OpenRun, 'directory' | 'revision' | 'experiment'>;

const finishedFile = z.object({
  /** `contentId` of the revision that the results are of. */
  content: z.string(),
  /** Hash of what the results were made from, down to the bytes of every shard. */
  made: z.string(),
  /** sha256 (hex) by path below the run directory. */
  files: z.record(z.string(), z.string()),
});

/** Writes the chosen cells before there are results, so that `grodin status` can show that they are there. */
export async function writeSelection(
  { directory, revision }: OpenRun,
  rows: readonly SelectionRow[],
): Promise<void> {
  await writeAtomically(directory.chosen(revision.contentId), selectionRows.encode(rows));
}

/**
 * The cells that were chosen for a state of a run; null where none are yet.
 * @param content `contentId` of that state
 */
export async function readSelection(
  directory: RunDirectory,
  content: string,
): Promise<readonly SelectionRow[] | null> {
  return readFile(directory.chosen(content))
    .then(selectionRows.decode)
    .catch(() => null);
}

/**
 * Writes the results, and last the note that they are complete.
 * @param shards checksum (hex) of each shard that they were made from, by id
 */
export async function writeResults(
  run: OpenRun,
  shards: ReadonlyMap<string, string>,
  rows: Omit<RunResults, 'tables'>,
): Promise<void> {
  const { directory, experiment } = run;
  const tables = allTables(rows, experiment);
  // What is the same in every row, so that a file that lies alone still tells what it is of.
  const about = { experiment: experiment.name, in_domain: experiment.inDomain.name };
  const onSplit = (split: SplitName) => ({ ...about, split });
  const files = new Map<string, Uint8Array | string>([
    [directory.selection, selectionRows.encode(rows.selection, onSplit('validation'))],
    ...metricFiles(directory, rows, experiment, onSplit('test')),
    [directory.accuracy, accuracyRows.encode(rows.accuracy, onSplit('test'))],
    [directory.errors, errorRows.encode(rows.errors, about)],
    ...askedAnalyses(experiment).flatMap(([key, analysis]) => [
      [directory.analysis(analysis.name, 'arrow'), analysis.rows.encode(rows.analyses[key], about)] as const,
      [directory.analysis(analysis.name, 'csv'), rowsCsv(analysis, rows.analyses[key])] as const,
    ]),
    ...tables.flatMap((table) =>
      tableFormats.map(({ extension, render }): [string, string] => [
        join(directory.tables, `${table.name}.${extension}`),
        render(table),
      ]),
    ),
  ]);
  const folders = [directory.tables, directory.analyses];
  const namesIn = (folder: string, paths: Iterable<string>): readonly string[] =>
    [...paths].filter((file) => dirname(file) === folder).map((file) => basename(file));
  const before = await notedFiles(directory);
  for (const folder of folders)
    await announceOwnFiles(folder, namesIn(folder, files.keys()), namesIn(folder, before));
  // Until the note is written anew these results count as unfinished.
  await rm(directory.finished, { force: true });
  for (const [file, content] of files) await writeAtomically(file, content);
  for (const folder of folders) await keepOwnFiles(folder, namesIn(folder, files.keys()));
  for (const file of [directory.fullSpectrum, directory.fullSpectrumJson])
    if (!files.has(file)) await rm(file, { force: true });
  const note: z.infer<typeof finishedFile> = {
    content: run.revision.contentId,
    made: await madeFrom(run, shards),
    files: Object.fromEntries([...files].map(([file, content]) => [below(directory, file), sha256(content)])),
  };
  await writeAtomically(directory.finished, `${JSON.stringify(note, null, 2)}\n`);
}

/**
 * Whether the results on disk are complete, unaltered, and made from this experiment and these shards.
 * @param shards checksum (hex) of each shard, by id
 */
export async function areResultsCurrent(run: OpenRun, shards: ReadonlyMap<string, string>): Promise<boolean> {
  const { directory } = run;
  try {
    const note = finishedFile.parse(JSON.parse(await readFile(directory.finished, 'utf8')));
    // They may be from before there was one of the analyses.
    const isComplete = wantedFiles(run).every((file) => below(directory, file) in note.files);
    return (
      isComplete && note.made === (await madeFrom(run, shards)) && (await areWhole(directory, note.files))
    );
  } catch {
    // Missing or damaged in whatever way: results can always be made again from the shards.
    return false;
  }
}

/**
 * Reads the results of a finished run.
 * @throws RunFailedError when the run is not finished, or what is there are results of something else, as when it has grown meanwhile
 */
export async function readResults(run: RecordedRun): Promise<RunResults> {
  const { directory, experiment } = run;
  const files = await readWhole(run);
  const rows = {
    selection: selectionRows.decode(files(directory.selection)),
    metrics: metricRows.decode(files(directory.metrics)),
    fullSpectrum: isFullSpectrum(experiment) ? metricRows.decode(files(directory.fullSpectrum)) : [],
    accuracy: accuracyRows.decode(files(directory.accuracy)),
    errors: errorRows.decode(files(directory.errors)),
    analyses: analysisRows((_, analysis) =>
      analysis.isAsked(experiment)
        ? analysis.rows.decode(files(directory.analysis(analysis.name, 'arrow')))
        : [],
    ),
  };
  return { ...rows, tables: allTables(rows, experiment) };
}

/** Those of the metrics, their intervals, then those of the analyses. */
function allTables(rows: Omit<RunResults, 'tables'>, experiment: PlannedExperiment): readonly Table[] {
  return [
    ...resultTables(
      {
        ...rows,
        comparisons: rows.analyses.comparisons,
        fullSpectrumComparisons: rows.analyses.fullSpectrumComparisons,
      },
      experiment,
    ),
    ...(rows.metrics.length > 0 ? [intervalTable(rows, experiment)] : []),
    ...listedAnalyses.flatMap(([key, analysis]) => analysis.tables(rows.analyses[key], experiment)),
  ];
}

const askedAnalyses = (experiment: PlannedExperiment) =>
  listedAnalyses.filter(([, analysis]) => analysis.isAsked(experiment));

function isFullSpectrum({ covariateShifted = [] }: OpenRun['experiment']): boolean {
  return covariateShifted.length > 0;
}

/** The files that results are read from. */
function wantedFiles({
  directory,
  experiment,
}: Pick<RecordedRun, 'directory' | 'experiment'>): readonly string[] {
  const { selection, metrics, fullSpectrum, accuracy, errors } = directory;
  return [
    selection,
    metrics,
    accuracy,
    errors,
    ...(isFullSpectrum(experiment) ? [fullSpectrum] : []),
    ...askedAnalyses(experiment).map(([, analysis]) => directory.analysis(analysis.name, 'arrow')),
  ];
}

/** Reads the files of this run's results, all written by the same process. */
async function readWhole(run: RecordedRun): Promise<(file: string) => Uint8Array> {
  const { directory, revision } = run;
  const wanted = wantedFiles(run);
  let why: string | null = null;
  // Another process of the same run may be writing the same bytes once more.
  for (let round = 0; round < 5; round += 1) {
    if (round > 0) await pause(200);
    const note = await readNote(directory);
    if (note === null) continue;
    if (note.content !== revision.contentId) {
      why = await ofAnother(run);
      break;
    }
    const found = new Map<string, Uint8Array>();
    for (const file of wanted) {
      const content = await readFile(file).catch(() => null);
      if (content !== null && sha256(content) === note.files[below(directory, file)])
        found.set(file, content);
    }
    if (found.size === wanted.length) return (file) => found.get(file) ?? new Uint8Array();
    const changed = wanted.filter((file) => !found.has(file)).map((file) => below(directory, file));
    why = `${listed(changed)} ${changed.length === 1 ? 'is' : 'are'} missing or not as written; ${await anew(run)}`;
  }
  throw new RunFailedError(`${directory.path}: ${why ?? (await notFinished(run))}`);
}

/** How results are made anew, which takes manifests. */
async function anew({ experiment }: RecordedRun): Promise<string> {
  const gone = await goneManifest(experiment);
  return gone === null
    ? `the scores are kept: ${call('reduce')} for the results anew`
    : `the scores are kept, but results made anew take ${gone}`;
}

/** Why there are no results to be read where none are complete. */
async function notFinished({ directory }: RecordedRun): Promise<string> {
  const stale = (await hasOldResults(directory))
    ? ', and what lies there is out of date'
    : ', so that there are no results';
  return `the run is not finished${stale}; finish it: ${call('run')}`;
}

/** Why the results that lie there are not those that are read. */
async function ofAnother({ directory, revision }: RecordedRun): Promise<string> {
  const latest = await readLatestRevision(directory);
  return latest.contentId === revision.contentId
    ? `its results are those from before its experiment was changed; finish the run as it is now: ${call('run')}`
    : `another process has meanwhile written the results of another experiment here; the scores are kept: ${call('again')} for the results of this one`;
}

/**
 * Whether files of results lie there, of whatever state of the run: where `hasResultsOf` finds that they are not its own, shards
 * have been set aside since they were written, or its experiment was changed.
 */
export async function hasOldResults({ selection, metrics }: RunDirectory): Promise<boolean> {
  return (await isThere(selection)) || (await isThere(metrics));
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const readNote = (directory: RunDirectory): Promise<z.infer<typeof finishedFile> | null> =>
  readFile(directory.finished, 'utf8')
    .then((text) => finishedFile.parse(JSON.parse(text)))
    .catch(() => null);

/**
 * Whether the results of one state of the run are there, complete and unaltered.
 * @param content `contentId` of that state
 */
export async function hasResultsOf(directory: RunDirectory, content: string): Promise<boolean> {
  const note = await readNote(directory);
  return note?.content === content && (await areWhole(directory, note.files));
}

/** Whether files below the run directory have the sha256 (hex) that they should. */
async function areWhole(directory: RunDirectory, files: Readonly<Record<string, string>>): Promise<boolean> {
  for (const [file, hash] of Object.entries(files)) {
    const content = await readFile(join(directory.path, file)).catch(() => null);
    if (content === null || sha256(content) !== hash) return false;
  }
  return true;
}

/** The files that the note of earlier results names. */
async function notedFiles(directory: RunDirectory): Promise<readonly string[]> {
  return readFile(directory.finished, 'utf8')
    .then((text) => Object.keys(finishedFile.parse(JSON.parse(text)).files))
    .then((names) => names.map((name) => join(directory.path, name)))
    .catch(() => []);
}

async function madeFrom({ revision }: OpenRun, shards: ReadonlyMap<string, string>) {
  const { grodin } = await softwareVersions();
  return hashJson({ grodin, content: revision.contentId, shards: Object.fromEntries(shards) });
}

function below(directory: RunDirectory, file: string): string {
  return relative(directory.path, file).split(sep).join('/');
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

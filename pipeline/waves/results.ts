import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { AccuracyRow, MetricRow, SelectionRow } from '../../stages/metrics/rows.js';
import type { PlannedShard } from '../plan/planned-shard.js';
import { decodeAccuracy, decodeMetrics, encodeAccuracy, encodeMetrics } from '../reduction/encoding.js';
import type { RenderedTable } from '../reduction/results.js';
import { renderTables } from '../reduction/tables.js';
import { decodeSelection, encodeSelection } from '../selection/encoding.js';
import { writeAtomically } from '../store/atomic-file.js';
import { hashJson } from '../store/canonical-json.js';
import type { RunDirectory } from '../store/run-directory.js';
import { asJson } from '../store/run-file.js';
import { SCORE_SCHEMA_VERSION } from '../store/shard-scores.js';
import { decodeErrors, type ErrorRow, encodeErrors } from './errors-table.js';
import type { OpenRun } from './open-run.js';
import { softwareVersions } from './software.js';

/** All results of a finished run. */
export interface RunResults {
  readonly selection: readonly SelectionRow[];
  readonly metrics: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
  readonly errors: readonly ErrorRow[];
  readonly tables: readonly RenderedTable[];
}

const finishedFile = z.object({
  /** Hash of what the results were made from. */
  made: z.string(),
  /** sha256 (hex) by path below the run directory. */
  files: z.record(z.string(), z.string()),
});

export async function writeSelection(directory: RunDirectory, rows: readonly SelectionRow[]): Promise<void> {
  await writeAtomically(directory.selection, encodeSelection(rows));
}

/** Writes the results, and last the note that they are complete. */
export async function writeResults(
  run: OpenRun,
  planned: readonly PlannedShard[],
  rows: Omit<RunResults, 'tables'>,
): Promise<void> {
  const { directory, experiment } = run;
  const tables = renderTables({ ...rows, seed: experiment.seed, resamplings: experiment.resamplings });
  const files = new Map<string, Uint8Array | string>([
    [directory.selection, encodeSelection(rows.selection)],
    [directory.metrics, encodeMetrics(rows.metrics)],
    [directory.accuracy, encodeAccuracy(rows.accuracy)],
    [directory.errors, encodeErrors(rows.errors)],
    ...tables.flatMap(({ name, markdown, csv }): [string, string][] => [
      [join(directory.tables, `${name}.md`), markdown],
      [join(directory.tables, `${name}.csv`), csv],
    ]),
  ]);
  // Until the note is written anew these results count as unfinished.
  await rm(directory.finished, { force: true });
  for (const [file, content] of files) await writeAtomically(file, content);
  for (const name of await readdir(directory.tables)) {
    const file = join(directory.tables, name);
    if (!files.has(file)) await rm(file, { force: true });
  }
  const note: z.infer<typeof finishedFile> = {
    made: await madeFrom(run, planned),
    files: Object.fromEntries([...files].map(([file, content]) => [below(directory, file), sha256(content)])),
  };
  await writeAtomically(directory.finished, `${JSON.stringify(note, null, 2)}\n`);
}

/** Whether the results on disk are complete, unaltered, and made from this experiment and this plan. */
export async function areResultsCurrent(run: OpenRun, planned: readonly PlannedShard[]): Promise<boolean> {
  const { directory } = run;
  try {
    const note = finishedFile.parse(JSON.parse(await readFile(directory.finished, 'utf8')));
    if (note.made !== (await madeFrom(run, planned))) return false;
    for (const [file, hash] of Object.entries(note.files)) {
      if (sha256(await readFile(join(directory.path, file))) !== hash) return false;
    }
    return true;
  } catch {
    // Missing or damaged in whatever way: results can always be made again from the shards.
    return false;
  }
}

/** Reads the results of a finished run. */
export async function readResults({ directory, experiment }: OpenRun): Promise<RunResults> {
  const rows = {
    selection: decodeSelection(await readFile(directory.selection)),
    metrics: decodeMetrics(await readFile(directory.metrics)),
    accuracy: decodeAccuracy(await readFile(directory.accuracy)),
    errors: decodeErrors(await readFile(directory.errors)),
  };
  const { seed, resamplings } = experiment;
  return { ...rows, tables: renderTables({ ...rows, seed, resamplings }) };
}

async function madeFrom({ experiment, models, sets }: OpenRun, planned: readonly PlannedShard[]) {
  const { grodin } = await softwareVersions();
  return hashJson({
    grodin,
    scoreSchema: SCORE_SCHEMA_VERSION,
    experiment: asJson(experiment),
    models: models.map(({ identity }) => identity.sha256),
    manifests: sets.map(({ rows }) => rows.sha256),
    shards: planned.map((shard) => shard.id),
  });
}

function below(directory: RunDirectory, file: string): string {
  return relative(directory.path, file).split(sep).join('/');
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

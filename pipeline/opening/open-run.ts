import type { Manifest } from '../../manifests/manifest.js';
import { isErrno } from '../../manifests/output/file-system.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { prepareRunDirectory, type RunDirectory } from '../../workers/store/run-directory.js';
import { SCORE_SCHEMA_VERSION } from '../../workers/store/shard-scores.js';
import type { ExperimentModel, PlannedExperiment } from '../experiment/experiment.js';
import { goneManifest } from '../experiment/gone-manifest.js';
import { setsOf } from '../experiment/sets.js';
import { readHashedModel } from '../model/read-model.js';
import { changeTexts, checkGrowth, conflictBetween } from '../plan/growth.js';
import { readPlan } from '../plan/plan-file.js';
import { splitSets } from '../plan/split-sets.js';
import { identities } from '../plan/valid-shards.js';
import { leaseHolders } from '../store/lease.js';
import {
  appendRevision,
  contentId,
  type Revision,
  type RevisionContents,
  readLatestRevision,
  readRevisions,
  type WrittenRevision,
} from '../store/revisions.js';
import { requireOwnScores } from '../store/score-version.js';
import { modelIdentity } from './model-identity.js';
import type { OpenExperiment, OpenModel, OpenRun, OpenSet } from './opened.js';
import { readManifests } from './read-manifests.js';
import { scoredSoFar } from './scored-so-far.js';
import { softwareVersions } from './software.js';

const readOnly = ['EROFS', 'EACCES', 'EPERM'];

/** How an experiment is put in its run directory. */
export interface OpenRunOptions {
  /** Whether scores that were made from something else are given up. Default: false. */
  readonly rescore?: boolean;
  /** Told what has changed where they are. */
  readonly note?: ((text: string) => void) | undefined;
  /** Called before anything is written, if this is not what the run is already. Throws where a run can't succeed. */
  readonly check?: (open: OpenExperiment) => Promise<void>;
}

/**
 * Reads manifests, hashes models with their external data and splits the sets.
 * @param sha256Of the sha256 (hex) of a model; read from its files unless it is known otherwise
 * @throws InputError or ModelError when a file can't be read or a set can't be split
 */
export async function openExperiment(
  experiment: PlannedExperiment,
  sha256Of: (model: ExperimentModel) => Promise<string> = async (model) =>
    (await readHashedModel(model.file, model)).sha256,
): Promise<OpenExperiment> {
  const sets = setsOf(experiment);
  // Corrupted sets are of the same photographs: each manifest is read once, and its rows are shared.
  const read = await readManifests(sets.map(({ manifest }) => manifest));
  const manifests = sets.map(({ manifest: file, corrupt }) => {
    const manifest = read.get(file);
    return manifest && corrupt ? { ...manifest, corrupt } : manifest;
  });
  const splits = splitSets(
    sets.flatMap((set, index) => {
      const rows = manifests[index]?.rows;
      return rows === undefined ? [] : [{ ...set, rows }];
    }),
    experiment.seed,
  );
  const models: OpenModel[] = [];
  // One after the other, so that the weights of only one model are in memory.
  for (const model of experiment.models) {
    models.push({ ...model, identity: modelIdentity(model, experiment, await sha256Of(model)) });
  }
  const opened = sets.flatMap((set, index): OpenSet[] => {
    const rows = manifests[index];
    const split = splits.get(set.name);
    if (rows === undefined || split === undefined) return [];
    const { ownClasses, ...others } = set;
    return [{ ...others, rows, split, ...(ownClasses ? { ownClasses: classesOf(rows) } : {}) }];
  });
  return {
    experiment,
    models,
    sets: opened,
    identityOf: identities(),
    contents: {
      experiment,
      models: Object.fromEntries(models.map(({ name, identity }) => [name, identity.sha256])),
      manifests: Object.fromEntries(opened.map(({ name, rows }) => [name, rows.sha256])),
      scoreSchema: SCORE_SCHEMA_VERSION,
      engine: experiment.engine,
    },
  };
}

/** The classes that the labels of a manifest name, ascending. @throws InputError where there is no label */
function classesOf({ file, rows }: Manifest): readonly number[] {
  const classes = new Set<number>();
  for (let row = 0; row < rows.length; row += 1) classes.add(rows.labelAt(row) ?? -1);
  classes.delete(-1);
  if (classes.size === 0)
    throw new InputError(
      `${file}: has no labels, but "ownClasses" is set; list labels, or drop "ownClasses"`,
    );
  return [...classes].sort((a, b) => a - b);
}

/**
 * Opens an experiment in its run directory, which is made if it isn't there, and records it as the latest
 * revision.
 * @throws InputError when finished work of the run was made from something else
 */
export async function openRun(
  experiment: PlannedExperiment,
  directory: RunDirectory,
  options: OpenRunOptions = {},
): Promise<OpenRun> {
  const open = await openExperiment(experiment);
  const { revisions, next } = await checkFit(open, directory, options);
  const isNew = contentId(next) !== idOf(revisions.at(-1));
  if (isNew) await options.check?.(open);
  await prepareRunDirectory(directory);
  const revision = await appendRevision(directory, next, async (earlier) => {
    // Another process has come first.
    if (earlier.length > revisions.length)
      await checkFit(open, directory, { rescore: options.rescore ?? false });
  }).catch((error: unknown) => {
    // Only folders and versions are others than before: an archive that can only be read needs no note of it.
    const latest = revisions.at(-1);
    if (latest === undefined || isNew || !readOnly.some((code) => isErrno(error, code))) throw error;
    return latest;
  });
  return inDirectory(open, directory, revision);
}

/**
 * Opens an experiment as another process of this run has recorded it. Records nothing.
 * @param id `contentId` of the revision
 * @throws InputError when a file is no longer what it was then
 */
export async function joinRun(
  experiment: PlannedExperiment,
  directory: RunDirectory,
  id: string,
): Promise<OpenRun> {
  const open = await openExperiment(experiment);
  const revision = (await readRevisions(directory)).findLast((one) => contentId(one) === id);
  if (revision === undefined)
    throw new RunFailedError(
      `${directory.revisions}: the revision that this process works on was removed; ${call('again')}`,
    );
  if (contentId(open.contents) !== id) {
    checkGrowth([revision], { ...revision, ...open.contents }, everything(open), directory.path);
    throw new InputError(
      `${directory.path}: a model or manifest changed while the run was in progress; ${call('again')}`,
    );
  }
  return inDirectory(open, directory, revision);
}

/**
 * Opens the latest experiment of a run without its models: what they were is on record.
 * @throws InputError when the folder holds no run, its scores are another version's, or a manifest has changed since
 */
export async function openRecorded(directory: RunDirectory): Promise<OpenRun> {
  const revision = await readLatestRevision(directory);
  requireOwnScores(directory.path, revision);
  const gone = await goneManifest(revision.experiment);
  if (gone !== null) throw new InputError(gone);
  const open = await openExperiment(revision.experiment, async ({ name }) => revision.models[name] ?? '');
  for (const { name, rows } of open.sets) {
    if (rows.sha256 === revision.manifests[name]) continue;
    throw new InputError(
      `${rows.file}: the manifest of set "${name}" has changed since the run was made; restore it, or run the experiment again`,
    );
  }
  return inDirectory(open, directory, revision);
}

function inDirectory(open: OpenExperiment, directory: RunDirectory, revision: WrittenRevision): OpenRun {
  const manifests = new Map(open.sets.map(({ name, rows }) => [name, rows]));
  return { ...open, directory, revision, manifestOf: (set) => manifests.get(set) };
}

/**
 * Checks that an experiment fits what was done in a run directory, if it is there. Writes nothing.
 * @throws InputError when finished work of the run was made from something else
 */
export async function checkFit(
  open: OpenExperiment,
  directory: RunDirectory,
  { rescore = false, note }: Pick<OpenRunOptions, 'rescore' | 'note'> = {},
): Promise<{ readonly revisions: readonly WrittenRevision[]; readonly next: Revision }> {
  const revisions = await readRevisions(directory);
  const next = { ...open.contents, software: await softwareVersions() };
  const latest = revisions.at(-1);
  if (latest === undefined || contentId(next) === contentId(latest)) return { revisions, next };
  // Without anybody to tell it to, what is given up need not be found.
  if (!rescore || note !== undefined) {
    const scored = await scoredSoFar(open, directory, await readPlan(directory), latest);
    if (rescore) for (const text of changeTexts(revisions, next, scored)) note?.(text);
    else checkGrowth(revisions, next, scored, directory.path);
  }
  await requireNobody(directory, latest, next);
  return { revisions, next };
}

/** Refuses to change an experiment that another process is working on: that process would fail and lose its work. */
async function requireNobody(
  directory: RunDirectory,
  latest: RevisionContents,
  next: RevisionContents,
): Promise<void> {
  const conflict = conflictBetween(latest, next);
  const [holder] = conflict === null ? [] : await leaseHolders(directory.leases);
  if (conflict === null || holder === undefined) return;
  throw new InputError(
    `${directory.path}: process ${holder.pid} on ${holder.host} works on this run, in which ${conflict.what} is ` +
      `${JSON.stringify(conflict.before)}, not ${JSON.stringify(conflict.now)}; stop it first (if it has ended, remove ` +
      `${directory.leases}), or start another run with another ${setting('out')}`,
  );
}

function idOf(revision: RevisionContents | undefined): string | null {
  return revision === undefined ? null : contentId(revision);
}

function everything({ models, sets }: OpenExperiment) {
  return {
    models: new Set(models.map(({ name }) => name)),
    sets: new Set(sets.map(({ name }) => name)),
    lost: null,
  };
}

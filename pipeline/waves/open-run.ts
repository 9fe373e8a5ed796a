import type { Manifest } from '../../manifests/manifest.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import type { ExperimentModel, ExperimentSet, PlannedExperiment } from '../experiment/experiment.js';
import { readHashedModel } from '../model/read-model.js';
import { checkGrowth } from '../plan/growth.js';
import { readPlan } from '../plan/plan-file.js';
import type { ModelIdentity } from '../plan/shard-identity.js';
import { type SetSplit, splitSets } from '../plan/splits.js';
import { prepareRunDirectory, type RunDirectory } from '../store/run-directory.js';
import { appendRevision, type Revision, readRevisions } from '../store/run-file.js';
import { SCORE_SCHEMA_VERSION } from '../store/shard-scores.js';
import { softwareVersions } from './software.js';

/** An experiment with its files read, except for the models' contents. */
export interface OpenExperiment {
  readonly experiment: PlannedExperiment;
  readonly models: readonly OpenModel[];
  /** The in-domain set first. */
  readonly sets: readonly OpenSet[];
}

export interface OpenModel extends ExperimentModel {
  readonly identity: ModelIdentity;
}

export interface OpenSet extends ExperimentSet {
  readonly role: 'in-domain' | 'outlier';
  readonly rows: Manifest;
  readonly split: SetSplit;
}

/** An experiment in the run directory that it fits. */
export interface OpenRun extends OpenExperiment {
  readonly directory: RunDirectory;
}

/**
 * Reads manifests, hashes models with their external data and splits the sets.
 * @throws InputError or ModelError when a file can't be read or a set can't be split
 */
export async function openExperiment(experiment: PlannedExperiment): Promise<OpenExperiment> {
  const sets = [experiment.inDomain, ...experiment.outliers];
  const manifests = await Promise.all(sets.map((set) => readManifest(set.manifest)));
  const splits = splitSets(
    sets.map((set, index) => ({ ...set, rows: manifests[index]?.rows ?? [] })),
    experiment.seed,
  );
  const models: OpenModel[] = [];
  // One after the other, so that the weights of only one model are in memory.
  for (const model of experiment.models) {
    const { sha256 } = await readHashedModel(model.file);
    models.push({
      ...model,
      identity: {
        sha256,
        preprocess: model.preprocess,
        parameters: model.parameters,
        tie: model.tie,
        untie: model.untie,
        epsilonScale: epsilonScale(model.preprocess, experiment.perturbation.space),
        batchSize: experiment.batchSize,
        engine: experiment.engine,
      },
    });
  }
  return {
    experiment,
    models,
    sets: sets.flatMap((set, index): OpenSet[] => {
      const rows = manifests[index];
      const split = splits.get(set.name);
      if (rows === undefined || split === undefined) return [];
      return [{ ...set, role: index === 0 ? 'in-domain' : 'outlier', rows, split }];
    }),
  };
}

/**
 * Opens an experiment in its run directory, which is made if it isn't there, and records it as the latest
 * revision.
 * @throws InputError when finished work of the run was made from something else
 */
export async function openRun(experiment: PlannedExperiment, directory: RunDirectory): Promise<OpenRun> {
  const open = await openExperiment(experiment);
  const { revisions, next } = await checkFit(open, directory);
  await prepareRunDirectory(directory);
  await appendRevision(directory, revisions, next);
  return { ...open, directory };
}

/**
 * Checks that an experiment fits what was done in a run directory, if it is there. Writes nothing.
 * @throws InputError when finished work of the run was made from something else
 */
export async function checkFit(
  open: OpenExperiment,
  directory: RunDirectory,
): Promise<{ readonly revisions: readonly Revision[]; readonly next: Revision }> {
  const { experiment } = open;
  const revisions = await readRevisions(directory);
  const next = {
    experiment,
    models: Object.fromEntries(open.models.map(({ name, identity }) => [name, identity.sha256])),
    manifests: Object.fromEntries(open.sets.map(({ name, rows }) => [name, rows.sha256])),
    scoreSchema: SCORE_SCHEMA_VERSION,
    engine: experiment.engine,
    software: await softwareVersions(),
  };
  // Reading a plan makes its folder.
  const steps = revisions.length === 0 ? [] : await readPlan(directory.plan);
  const planned = steps.flatMap((step) => step.shards);
  checkGrowth(revisions, next, planned, directory.path);
  return { revisions, next };
}

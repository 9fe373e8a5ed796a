import type { Manifest } from '../../manifests/manifest.js';
import { changedPreprocess } from '../../workers/images/preprocess.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { ShardSource } from '../../workers/store/shard-store.js';
import type { ExperimentModel, PlannedExperiment } from '../experiment/experiment.js';
import type { SetInRole } from '../experiment/sets.js';
import type { SetSplit } from '../plan/split-sets.js';
import type { IdentityOf } from '../plan/valid-shards.js';
import type { RevisionContents, WrittenRevision } from '../store/revisions.js';

/** An experiment with its files read, except for the models' contents. */
export interface OpenExperiment {
  readonly experiment: PlannedExperiment;
  readonly models: readonly OpenModel[];
  /** The in-domain set first. */
  readonly sets: readonly OpenSet[];
  readonly contents: RevisionContents;
  /** Computes the identity that a shard made of these files has. */
  readonly identityOf: IdentityOf;
}

export interface OpenModel extends ExperimentModel {
  /** On sets that change nothing of its preprocessing. */
  readonly identity: ModelIdentity;
}

/** The identity of a model on a set, which may have images preprocessed otherwise. */
export function identityOn(
  { identity }: OpenModel,
  { preprocess, ownClasses }: Pick<OpenSet, 'preprocess' | 'ownClasses'>,
): ModelIdentity {
  return {
    ...identity,
    preprocess: changedPreprocess(identity.preprocess, preprocess),
    ...(ownClasses === undefined ? {} : { ownClasses }),
  };
}

export interface OpenSet extends Omit<SetInRole, 'ownClasses'> {
  /** The classes that its labels name, ascending; absent where accuracy among them is not asked for. */
  readonly ownClasses?: readonly number[];
  readonly rows: Manifest;
  readonly split: SetSplit;
}

/** An experiment in the run directory that it fits. */
export interface OpenRun extends OpenExperiment, ShardSource {
  readonly directory: RunDirectory;
  /** The revision that this process works for. */
  readonly revision: WrittenRevision;
}

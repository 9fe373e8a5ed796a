import type { Manifest } from '../../manifests/manifest.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardImagesOf } from '../../workers/store/shard-store.js';
import { type ReadStep, readPlan } from '../plan/plan-file.js';
import { type PlanFiles, validShards } from '../plan/valid-shards.js';
import { identityOn, type OpenExperiment, type OpenRun } from './opened.js';

/** All shards planned so far that are made of this run's own files. */
export async function allPlanned(run: OpenRun): Promise<readonly PlannedShard[]> {
  return (await validSteps(run, run.directory, await readPlan(run.directory))).flatMap(
    ({ shards }) => shards,
  );
}

/** The steps of a plan, each with only those shards that are made of an experiment's own files. */
export async function validSteps(
  open: OpenExperiment,
  directory: RunDirectory,
  steps: readonly ReadStep[],
): Promise<readonly ReadStep[]> {
  const files = planFiles(open);
  const moved = movedRows(directory);
  const replaced = await replacedShards(open, steps);
  return Promise.all(
    steps.map(async (step) => {
      const relocate = async (shard: PlannedShard, manifest: Manifest): Promise<Int32Array | null> => {
        const isOfManifest = step.madeFor.manifests[shard.set] === manifest.sha256;
        return isOfManifest || replaced.has(shard.id) ? null : moved(shard, manifest);
      };
      return { ...step, shards: await validShards(step.shards, files, open.identityOf, relocate) };
    }),
  );
}

/** The former shards of those that have their scores and are of an experiment's own files: their rows need not be found. */
export async function replacedShards(
  open: OpenExperiment,
  steps: readonly ReadStep[],
): Promise<ReadonlyMap<string, string>> {
  const replaced = new Map<string, string>();
  const files = planFiles(open);
  for (const { shards, relabelled = {} } of steps) {
    const news = shards.filter(({ id }) => relabelled[id] !== undefined);
    for (const { id } of await validShards(news, files, open.identityOf, async () => null))
      replaced.set(relabelled[id] ?? '', id);
  }
  return replaced;
}

/** The files of an experiment, by the names that plans use. */
function planFiles({ models, sets }: OpenExperiment): PlanFiles {
  const identities = new Map<string, ReadonlyMap<string, ModelIdentity>>(
    sets.map((set) => [set.name, new Map(models.map((model) => [model.name, identityOn(model, set)]))]),
  );
  return {
    identityOn: (model, set) => identities.get(set)?.get(model),
    manifests: new Map(sets.map(({ name, rows }) => [name, rows])),
  };
}

/**
 * Finds the rows of finished shards in a manifest that has lost or gained rows: a plan counts rows, and a shard names
 * its images.
 */
function movedRows(directory: RunDirectory) {
  const rowOf = new WeakMap<Manifest, Map<string, number>>();
  return async (shard: PlannedShard, manifest: Manifest): Promise<Int32Array | null> => {
    const images = await shardImagesOf(directory, shard.id);
    if (images === null) return null;
    let rows = rowOf.get(manifest);
    if (rows === undefined) {
      rows = new Map(
        Array.from({ length: manifest.rows.length }, (_, row) => [manifest.rows.idAt(row), row]),
      );
      rowOf.set(manifest, rows);
    }
    const found = images.ids.map((id) => rows.get(id) ?? -1);
    return found.includes(-1) ? null : Int32Array.from(found);
  };
}

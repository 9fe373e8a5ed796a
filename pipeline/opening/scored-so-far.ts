import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readShard, shardIdsIn } from '../../workers/store/shard-store.js';
import { scoredFrom, setsOf } from '../experiment/sets.js';
import { areScoredAlike, type Scored } from '../plan/growth.js';
import type { ReadStep } from '../plan/plan-file.js';
import type { RevisionContents } from '../store/revisions.js';
import { sameJson } from '../store/sealed-json.js';
import { carriedShards } from './carried-shards.js';
import type { OpenExperiment } from './opened.js';
import { validSteps } from './valid-steps.js';

/**
 * The models and sets that finished shards of a run were made from, as far as they are the same in the latest revision.
 * @param open the experiment that is to come next
 * @param steps the plan of the run
 * @param latest the latest revision
 */
export async function scoredSoFar(
  open: OpenExperiment,
  directory: RunDirectory,
  steps: readonly ReadStep[],
  latest: RevisionContents,
): Promise<Scored> {
  const finished = await shardIdsIn(directory);
  const standing = steps.map((step) => ({
    ...step,
    shards: step.shards.filter(
      ({ id, model, set }) => finished.has(id) && agree(step.madeFor, latest, model, set),
    ),
  }));
  const shards = standing.flatMap((step) => step.shards);
  const valid = await validSteps(open, directory, standing);
  const carried = await carriedShards(open, directory, standing);
  const kept = new Set([
    ...valid.flatMap((step) => step.shards.map(({ id }) => id)),
    ...carried.map(({ former }) => former.id),
  ]);
  const names = new Set(open.models.map(({ name }) => name));
  const present = new Map(
    shards
      .filter(({ model, set }) => names.has(model) && open.contents.manifests[set] !== undefined)
      .map(({ id }) => [id, kept.has(id)]),
  );
  let lost: Scored['lost'] = null;
  for (const shard of shards) {
    const manifest = open.contents.manifests[shard.set];
    if (kept.has(shard.id) || lost !== null || !names.has(shard.model) || manifest === undefined) continue;
    if (manifest === latest.manifests[shard.set]) continue;
    const found = await readShard({ directory, manifestOf: () => undefined }, shard);
    // A shard with failed images may be lost: correcting the manifest is how they are fixed.
    if (found !== null && found.scores.failures.length === 0)
      lost = { set: shard.set, image: found.scores.ids[0] ?? '' };
  }
  return {
    models: new Set(shards.map(({ model }) => model)),
    sets: new Set(shards.map(({ set }) => set)),
    lost,
    shards: { all: present.size, kept: [...present.values()].filter(Boolean).length },
  };
}

/** Whether a model and a set are the same, settings and contents, in two revisions; also where the second lacks them. */
function agree(a: RevisionContents, b: RevisionContents, model: string, set: string): boolean {
  const of = (contents: RevisionContents) => {
    const { file: _, ...found } = contents.experiment.models.find(({ name }) => name === model) ?? {
      file: '',
    };
    const of = setsOf(contents.experiment).find(({ name }) => name === set);
    return {
      ...{ found, model: contents.models[model], manifest: contents.manifests[set] },
      ...scoredFrom(of ?? {}),
    };
  };
  const isLeftOut = b.models[model] === undefined || b.manifests[set] === undefined;
  return areScoredAlike(a, b) && (isLeftOut || sameJson(of(a), of(b)));
}

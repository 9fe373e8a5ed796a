import { digestOfFormerRows } from '../../manifests/digest.js';
import type { Manifest } from '../../manifests/manifest.js';
import { shardIdentity } from '../../workers/shard-identity.js';
import type { PlannedShard, Wave } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { type ShardImages, shardIdsIn, shardImagesOf } from '../../workers/store/shard-store.js';
import type { ReadStep } from '../plan/plan-file.js';
import type { RevisionContents } from '../store/revisions.js';
import { identityOn, type OpenExperiment, type OpenModel, type OpenSet } from './opened.js';
import { replacedShards, validSteps } from './valid-steps.js';

/** A shard of an experiment whose scores are there, in a finished shard that was planned for a former one. */
export interface CarriedShard {
  /** As the experiment would plan it. */
  readonly shard: PlannedShard;
  /** The finished shard, whose id is another one where labels have changed. */
  readonly former: PlannedShard;
  readonly wave: Wave;
  /** Whether it is planned already, so that only its file is missing. */
  readonly isPlanned: boolean;
  /** The rows of the manifest that have another label now. */
  readonly relabelled: readonly number[];
}

/**
 * Finds what finished shards of a run hold of an experiment although they were planned under other names of models or sets, or with
 * other labels, or before a manifest told photographs (`base`): scores depend on none of these. That nothing else is different
 * follows from identities, which must be what this experiment's files give with the labels that the finished shard tells.
 */
export async function carriedShards(
  open: OpenExperiment,
  directory: RunDirectory,
  steps: readonly ReadStep[],
): Promise<readonly CarriedShard[]> {
  const present = new PresentNames(
    open,
    steps.map(({ madeFor }) => madeFor),
  );
  if (steps.every((step) => step.shards.every((shard) => present.isAsIs(step.madeFor, shard)))) return [];
  const finished = await shardIdsIn(directory);
  const valid = (await validSteps(open, directory, steps)).flatMap(({ shards }) => shards);
  const replaced = await replacedShards(open, steps);
  const own = new Set(valid.map(({ id }) => id));
  const planned = new Set(valid.map(nameOf));
  const found = new Map<string, CarriedShard>();
  for (const { madeFor, shards, wave } of steps) {
    for (const former of shards) {
      if (own.has(former.id) && present.has(former)) continue;
      if (!finished.has(former.id) || present.isAsIs(madeFor, former)) continue;
      if (finished.has(replaced.get(former.id) ?? '')) continue;
      const now = await present.find(madeFor, former, () => shardImagesOf(directory, former.id));
      if (now === null || found.has(nameOf(now.shard))) continue;
      const isPlanned = planned.has(nameOf(now.shard));
      if (isPlanned && finished.has(now.shard.id)) continue;
      found.set(nameOf(now.shard), { ...now, former, wave, isPlanned });
    }
  }
  return [...found.values()];
}

const nameOf = ({ id, model, set }: PlannedShard): string => `${id}\0${model}\0${set}`;

/** What former names stand for in an experiment: itself, or else what has the same content. */
class PresentNames {
  readonly #open: OpenExperiment;
  readonly #former: ReadonlySet<RevisionContents>;
  readonly #models: ReadonlyMap<string, OpenModel>;
  readonly #sets: ReadonlyMap<string, OpenSet>;
  readonly #rowsById = new Map<Manifest, ReadonlyMap<string, number>>();

  /** @param former the states of the run that shards were planned for */
  constructor(open: OpenExperiment, former: readonly RevisionContents[]) {
    this.#open = open;
    this.#former = new Set(former);
    this.#models = new Map(open.models.map((model) => [model.name, model]));
    this.#sets = new Map(open.sets.map((set) => [set.name, set]));
  }

  has({ model, set }: PlannedShard): boolean {
    return this.#models.has(model) && this.#sets.has(set);
  }

  /** Whether a former shard's names stand for the same files in the experiment, so that it is what it is, or of other settings. */
  isAsIs({ manifests, models }: RevisionContents, { model, set }: PlannedShard): boolean {
    return (
      manifests[set] === this.#sets.get(set)?.rows.sha256 &&
      models[model] === this.#models.get(model)?.identity.sha256
    );
  }

  /** @param imagesOf reads what the former shard's file tells of its images */
  async find(
    madeFor: RevisionContents,
    former: PlannedShard,
    imagesOf: () => Promise<ShardImages | null>,
  ): Promise<Pick<CarriedShard, 'shard' | 'relabelled'> | null> {
    for (const set of this.#setsFor(former.set)) {
      const isSameManifest = set.rows.sha256 === madeFor.manifests[former.set];
      const images = isSameManifest ? null : await imagesOf();
      for (const model of this.#modelsFor(former.model)) {
        const named = { ...former, model: model.name, set: set.name };
        if (isSameManifest) {
          if (this.#open.identityOf(identityOn(model, set), set.rows, named) === former.id)
            return { shard: named, relabelled: [] };
          continue;
        }
        const found = images && this.#relabelled(model, set, named, images);
        if (found) return found;
      }
    }
    return null;
  }

  /** @returns null where more than labels and photographs are others */
  #relabelled(
    model: OpenModel,
    set: OpenSet,
    former: PlannedShard,
    { ids, labels }: ShardImages,
  ): Pick<CarriedShard, 'shard' | 'relabelled'> | null {
    const places = this.#placesIn(set.rows);
    const rows = Int32Array.from(ids, (id) => places.get(id) ?? -1);
    if (rows.includes(-1)) return null;
    const identity = identityOn(model, set);
    const manifest = set.rows.rows;
    // A manifest that tells no photographs takes each image for its own.
    const isIt = [true, false].some((hasBases) => {
      const digest = digestOfFormerRows(manifest, rows, labels, hasBases);
      return shardIdentity(identity, digest, former, set.rows.corrupt) === former.id;
    });
    if (!isIt) return null;
    const shard = { ...former, rows };
    return {
      shard: { ...shard, id: this.#open.identityOf(identity, set.rows, shard) },
      relabelled: [...rows].filter((row, index) => manifest.labelAt(row) !== labels[index]),
    };
  }

  #modelsFor(name: string): readonly OpenModel[] {
    const own = this.#models.get(name);
    const contents = new Set([...this.#former].map(({ models }) => models[name]));
    const others = this.#open.models.filter((model) => model !== own && contents.has(model.identity.sha256));
    return own === undefined ? others : [own, ...others];
  }

  /** Manifests may have grown before their set was given another name, which may be one that another set had. */
  #setsFor(name: string): readonly OpenSet[] {
    const own = this.#sets.get(name);
    const contents = new Set([...this.#former].map(({ manifests }) => manifests[name]));
    const others = this.#open.sets.filter((set) => set !== own && contents.has(set.rows.sha256));
    return own === undefined ? others : [own, ...others];
  }

  #placesIn(manifest: Manifest): ReadonlyMap<string, number> {
    const known = this.#rowsById.get(manifest);
    if (known !== undefined) return known;
    const places = new Map(
      Array.from({ length: manifest.rows.length }, (_, row) => [manifest.rows.idAt(row), row]),
    );
    this.#rowsById.set(manifest, places);
    return places;
  }
}

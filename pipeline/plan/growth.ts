import { InputError } from '../errors.js';
import { canonicalJson } from '../store/canonical-json.js';
import { asJson, type Revision } from '../store/run-file.js';
import type { PlannedShard } from './planned-shard.js';

/**
 * An experiment under an existing run may grow, or leave models, sets and detectors out; what planned shards
 * were made from must not change.
 * @param earlier all revisions of the run
 * @param planned all planned shards of the run
 * @throws InputError naming what changed, the old and the new value, and the remedy
 */
export function checkGrowth(
  earlier: readonly Revision[],
  next: Revision,
  planned: readonly PlannedShard[],
  folder: string,
): void {
  const latest = earlier.at(-1);
  if (latest === undefined || planned.length === 0) return;
  const require = (what: string, before: unknown, now: unknown): void => {
    if (canonicalJson(asJson(before)) === canonicalJson(asJson(now))) return;
    throw new InputError(
      `${folder}: ${what} was ${JSON.stringify(before)} and is now ${JSON.stringify(now)}, but scores of this ` +
        'run were made with the former; restore it, or start another run with another --out',
    );
  };
  require('the score schema', latest.scoreSchema, next.scoreSchema);
  require('the engine', latest.engine, next.engine);
  require('"batchSize"', latest.experiment.batchSize, next.experiment.batchSize);
  require('"seed"', latest.experiment.seed, next.experiment.seed);
  require('"perturbation"', latest.experiment.perturbation, next.experiment.perturbation);

  const modelsInUse = new Set(planned.map((shard) => shard.model));
  for (const model of next.experiment.models) {
    const before = modelsInUse.has(model.name) ? lastModel(earlier, model.name) : undefined;
    if (before === undefined) continue;
    const of = `of model "${model.name}"`;
    require(`the file ${of} (sha256)`, before.sha256, next.models[model.name]);
    require(`"preprocess" ${of}`, before.model.preprocess, model.preprocess);
    require(`"parameters" ${of}`, before.model.parameters, model.parameters);
    require(`"tie" ${of}`, before.model.tie, model.tie);
    require(`"untie" ${of}`, before.model.untie, model.untie);
  }
  const setsInUse = new Set(planned.map((shard) => shard.set));
  for (const set of [next.experiment.inDomain, ...next.experiment.outliers]) {
    const before = setsInUse.has(set.name) ? lastSet(earlier, set.name) : undefined;
    if (before === undefined) continue;
    require(`the manifest of set "${set.name}" (sha256)`, before.sha256, next.manifests[set.name]);
    require(`"validation" of set "${set.name}"`, before.validation, set.validation);
  }
}

function lastModel(earlier: readonly Revision[], name: string) {
  const revision = earlier.findLast(({ experiment }) =>
    experiment.models.some((model) => model.name === name),
  );
  const model = revision?.experiment.models.find((candidate) => candidate.name === name);
  return model === undefined ? undefined : { model, sha256: revision?.models[name] };
}

function lastSet(earlier: readonly Revision[], name: string) {
  const sets = ({ experiment }: Revision) => [experiment.inDomain, ...experiment.outliers];
  const revision = earlier.findLast((candidate) => sets(candidate).some((set) => set.name === name));
  const set = revision && sets(revision).find((candidate) => candidate.name === name);
  return set === undefined ? undefined : { validation: set.validation, sha256: revision?.manifests[name] };
}

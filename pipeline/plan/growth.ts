import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { scoredFrom, setsOf } from '../experiment/sets.js';
import type { RevisionContents } from '../store/revisions.js';
import { requireOwnScores } from '../store/score-version.js';
import { sameJson } from '../store/sealed-json.js';

/** The models and sets, by name, that scores of a run were made from so far. */
export interface Scored {
  readonly models: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
  /** A set whose manifest changed in rows that were scored, with one of their images; null where none did. */
  readonly lost: { readonly set: string; readonly image: string } | null;
  /** How many finished shards of the latest state there are, and how many of them hold still; absent where it was not counted. */
  readonly shards?: { readonly all: number; readonly kept: number };
}

/** One difference between two states of a run. */
export interface Difference {
  readonly what: string;
  readonly before: unknown;
  readonly now: unknown;
  /** Why scores depend on it, where that is not plain. */
  readonly because?: string;
  /** Where no score depends on it, but which images are scored for what. */
  readonly isOfSplits?: true;
}

/**
 * An experiment under an existing run may grow, or leave models, sets and detectors out; what scores were made from
 * must not change. Manifests may change in rows that were not scored, or could not be.
 * @param earlier all revisions of the run
 * @throws InputError naming what changed, the old and the new value, and the remedy
 */
export function checkGrowth(
  earlier: readonly RevisionContents[],
  next: RevisionContents,
  scored: Scored,
  folder: string,
): void {
  if (scored.models.size === 0) return;
  const latest = earlier.at(-1);
  if (latest !== undefined) requireOwnScores(folder, latest);
  const elsewhere = `or start another run with another ${setting('out')}`;
  const remedy = `restore it, replace those scores with ${setting('rescore')}, ${elsewhere}`;
  const found = firstDifference(earlier, next, scored);
  if (found !== null) {
    throw new InputError(
      `${folder}: ${wasAndIs(found)}, ` +
        (found.isOfSplits
          ? `by which other images are tested; restore it, go on with ${setting('rescore')}, which keeps all scores and makes those ` +
            `that are lacking, ${elsewhere}`
          : `but scores of this run were made with the old value${found.because ?? ''}; ${remedy}`),
    );
  }
  if (scored.lost === null) return;
  const { set, image } = scored.lost;
  const hasOwn = setsOf(next.experiment).some((one) => one.name === set && one.ownClasses === true);
  const what = hasOwn
    ? 'paths, ids or photographs, or in the classes that its labels name,'
    : 'paths, ids or photographs';
  throw new InputError(
    `${folder}: the manifest of set "${set}" changed in rows that were scored (${image}, and maybe others), in ${what} and not in ` +
      `labels alone; ${remedy}`,
  );
}

/**
 * What is said of a run that goes on although it has changed: what has, and how many shards hold still.
 * @returns nothing where there is none
 */
export function changeTexts(
  earlier: readonly RevisionContents[],
  next: RevisionContents,
  scored: Scored,
): readonly string[] {
  const texts = [...differences(earlier, next, scored)]
    .filter(({ before, now }) => !sameJson(before, now))
    .map((found) => `${wasAndIs(found)}${found.isOfSplits ? ', by which other images are tested' : ''}`);
  if (scored.lost !== null)
    texts.push(`the manifest of set "${scored.lost.set}" changed in rows that were scored`);
  const { shards } = scored;
  if (texts.length === 0 || shards === undefined) return texts;
  const { all, kept } = shards;
  const hold = kept === all ? 'all hold still' : `${kept} hold still, the others are scored anew`;
  return [...texts, `of ${all} finished ${all === 1 ? 'shard' : 'shards'} ${hold}`];
}

function wasAndIs({ what, before, now }: Difference): string {
  return `${what} was ${JSON.stringify(before)} and is now ${JSON.stringify(now)}`;
}

/** The first setting or file that scores were made from and that is different in a later state of the run. */
function firstDifference(
  earlier: readonly RevisionContents[],
  next: RevisionContents,
  inUse: Pick<Scored, 'models' | 'sets'>,
): Difference | null {
  for (const difference of differences(earlier, next, inUse))
    if (!sameJson(difference.before, difference.now)) return difference;
  return null;
}

/** Shards keep what is predicted among a set's own classes, at every cell. */
const amongOwn =
  ', and its shards keep the predictions among its own classes (another set of another name with the same manifest leaves them)';

/** What the scores of every model and set are made from, as it is in two states of a run. */
function* ofAllScores(before: RevisionContents, now: RevisionContents): Generator<Difference> {
  yield { what: 'the score schema', before: before.scoreSchema, now: now.scoreSchema };
  yield { what: 'the engine', before: before.engine, now: now.engine };
  for (const key of ['batchSize', 'perturbation', 'layerNorms'] as const)
    yield { what: `"${key}"`, before: before.experiment[key], now: now.experiment[key] };
  const together = ({ experiment }: RevisionContents): number => experiment.stepsTogether ?? 1;
  yield { what: 'the number of ε scored together', before: together(before), now: together(now) };
}

/** Whether all scores of two states of a run are made alike, as far as it hangs on no model and no set. */
export function areScoredAlike(a: RevisionContents, b: RevisionContents): boolean {
  return [...ofAllScores(a, b)].every(({ before, now }) => sameJson(before, now));
}

function* differences(
  earlier: readonly RevisionContents[],
  next: RevisionContents,
  inUse: Pick<Scored, 'models' | 'sets'>,
): Generator<Difference> {
  const latest = earlier.at(-1);
  if (latest === undefined) return;
  yield* ofAllScores(latest, next);
  yield {
    ...{ what: '"seed"', before: latest.experiment.seed, now: next.experiment.seed },
    isOfSplits: true,
  };
  for (const model of next.experiment.models) {
    const before = inUse.models.has(model.name) ? lastModel(earlier, model.name) : undefined;
    if (before === undefined) continue;
    const of = `of model "${model.name}"`;
    yield { what: `the file ${of} (sha256)`, before: before.sha256, now: next.models[model.name] };
    for (const key of ['preprocess', 'parameters', 'tie', 'untie'] as const)
      yield { what: `"${key}" ${of}`, before: before.model[key], now: model[key] };
    for (const key of ['literals', 'trainable'] as const)
      yield { what: `"${key}" ${of}`, before: before.model[key] ?? [], now: model[key] ?? [] };
    for (const key of ['output', 'size'] as const)
      yield { what: `"${key}" ${of}`, before: before.model[key] ?? null, now: model[key] ?? null };
  }
  for (const set of setsOf(next.experiment)) {
    const before = inUse.sets.has(set.name) ? lastSet(earlier, set.name) : undefined;
    if (before === undefined) continue;
    yield {
      what: `"validation" of set "${set.name}"`,
      before: before.validation ?? 'all',
      now: set.validation ?? 'all',
      isOfSplits: true,
    };
    const [was, is] = [scoredFrom(before), scoredFrom(set)];
    for (const key of ['ownClasses', 'preprocess', 'corrupt'] as const)
      yield {
        ...{ what: `"${key}" of set "${set.name}"`, before: was[key], now: is[key] },
        ...(key === 'ownClasses' ? { because: amongOwn } : {}),
      };
  }
}

/** The first difference that changes scores which two states of a run both have; null where one only extends the other. */
export function conflictBetween(before: RevisionContents, now: RevisionContents): Difference | null {
  const inUse = {
    models: new Set(now.experiment.models.map(({ name }) => name)),
    sets: new Set(Object.keys(now.manifests)),
  };
  return firstDifference([before], now, inUse) ?? changedManifest(before, now);
}

function changedManifest(before: RevisionContents, now: RevisionContents): Difference | null {
  for (const [set, sha256] of Object.entries(now.manifests)) {
    const former = before.manifests[set];
    if (former !== undefined && former !== sha256)
      return { what: `the manifest of set "${set}" (sha256)`, before: former, now: sha256 };
  }
  return null;
}

function lastModel(earlier: readonly RevisionContents[], name: string) {
  const revision = earlier.findLast(({ experiment }) =>
    experiment.models.some((model) => model.name === name),
  );
  const model = revision?.experiment.models.find((candidate) => candidate.name === name);
  return model === undefined ? undefined : { model, sha256: revision?.models[name] };
}

function lastSet(earlier: readonly RevisionContents[], name: string) {
  const sets = ({ experiment }: RevisionContents) => setsOf(experiment);
  const revision = earlier.findLast((candidate) => sets(candidate).some((set) => set.name === name));
  return revision && sets(revision).find((candidate) => candidate.name === name);
}

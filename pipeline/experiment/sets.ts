/** The sets of an experiment, in their roles. */
import { corruptionContent } from '../../manifests/imagenet/corruptions.js';
import type { Experiment, ListedSet, SetGroup } from './experiment.js';

/** What a set is to its experiment. */
export const setRoles = ['in-domain', 'outlier', 'covariate-shifted', 'validation'] as const;
export type SetRole = (typeof setRoles)[number];

/** A set, and the sizes of its splits. */
export interface SetInRole extends ListedSet {
  readonly role: SetRole;
  /** Whether accuracy is also told among the classes alone that its labels name. */
  readonly ownClasses?: true | undefined;
  /** Rows that are drawn to choose ε and T; null for all of them, 0 for none. */
  readonly validation: number | null;
  /** Rows that are reported on; null for all that remain, 0 for none. */
  readonly test: number | null;
}

/** As much of an experiment as says which sets it has. */
type Sets = Pick<Experiment, 'inDomain' | 'outliers' | 'covariateShifted' | 'validationSets'>;

/** All sets of an experiment: first the in-domain set, then the outlier sets, in the order of the experiment. */
export function setsOf(experiment: Sets): readonly SetInRole[] {
  const { inDomain, outliers, covariateShifted = [], validationSets = [] } = experiment;
  return [
    ...[inDomain, ...outliers].map(({ validation = 0, test, ...set }, index): SetInRole => {
      return { ...placed(set), role: index === 0 ? 'in-domain' : 'outlier', validation, test };
    }),
    ...covariateShifted.map(({ test, ...set }): SetInRole => {
      return { ...placed(set), role: 'covariate-shifted', validation: 0, test };
    }),
    ...validationSets.map(({ validation = null, ...set }): SetInRole => {
      return { ...placed(set), role: 'validation', validation, test: 0 };
    }),
  ];
}

function placed({
  name,
  manifest,
  corrupt,
  preprocess,
  ownClasses,
}: ListedSet & Pick<SetInRole, 'ownClasses'>) {
  return {
    ...{ name, manifest },
    ...(corrupt === undefined ? {} : { corrupt }),
    ...(preprocess === undefined ? {} : { preprocess }),
    ...(ownClasses === undefined ? {} : { ownClasses }),
  };
}

/** What scores of a set are made from besides its rows, by the experiment's keys, wherever files lie; null where it says nothing. */
export function scoredFrom(set: Pick<SetInRole, 'preprocess' | 'corrupt' | 'ownClasses'>) {
  const { ownClasses, preprocess, corrupt } = set;
  return {
    ownClasses: ownClasses ?? null,
    preprocess: preprocess ?? null,
    corrupt: corrupt === undefined ? null : corruptionContent(corrupt),
  };
}

/** The sets on whose validation rows, taken together, the cells of a set are chosen. */
export interface SelectionPools {
  readonly inDomain: readonly string[];
  /** By outlier set, in the order of the experiment. */
  readonly outliers: ReadonlyMap<string, readonly string[]>;
}

interface SelectingSet {
  readonly name: string;
  readonly validation?: number | undefined;
  readonly selectOn?: string | undefined;
}

/** As much of an experiment as says what is selected on what. */
interface Selecting {
  readonly inDomain: SelectingSet;
  readonly outliers: readonly SelectingSet[];
  readonly groups?: readonly SetGroup[] | undefined;
}

/** Finds them; a set that says nothing of it is its own pool. The names must be those of sets and groups. */
export function selectionPools({ inDomain, outliers, groups = [] }: Selecting): SelectionPools {
  const tuned = new Set(
    outliers.filter(({ validation }) => validation !== undefined).map(({ name }) => name),
  );
  const poolOf = (name: string): readonly string[] => {
    const group = groups.find((one) => one.name === name);
    return group === undefined ? [name] : group.sets.filter((set) => tuned.has(set));
  };
  return {
    inDomain: [inDomain.selectOn ?? inDomain.name],
    outliers: new Map(outliers.map(({ name, selectOn }) => [name, poolOf(selectOn ?? name)])),
  };
}

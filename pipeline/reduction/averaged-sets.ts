import { extraCorruptions } from '../../manifests/corruptions.js';
import type { ExperimentSet, SetGroup } from '../experiment/experiment.js';

/** Outlier sets that have a mean, and what each counts in it. */
export interface AveragedSets {
  /** A group of the experiment; the severities of one corruption; or all corruptions. */
  readonly kind: (typeof averageKinds)[number];
  /** Of the group or the corruption. */
  readonly name: string;
  /** By set; their sum is 1. */
  readonly weights: ReadonlyMap<string, number>;
}

/** What a mean is over. */
export const averageKinds = ['group', 'corruption', 'all-corruptions'] as const;

/** As much of an experiment as says which sets have means. */
interface Averaged {
  readonly outliers: readonly ExperimentSet[];
  readonly groups?: readonly SetGroup[] | undefined;
}

/** The means of an experiment; one that is another by a second name is left out. */
export function averagedSets({ outliers, groups }: Averaged): readonly AveragedSets[] {
  const severities = setsByCorruption(outliers);
  const means: AveragedSets[] = [
    ...reportedGroups({ outliers, groups }).map(({ name, sets }): AveragedSets => {
      return { kind: 'group', name, weights: evenly(sets) };
    }),
    ...Array.from(severities, ([name, sets]): AveragedSets => {
      return { kind: 'corruption', name, weights: evenly(sets) };
    }),
    ...(severities.size > 1
      ? [{ kind: 'all-corruptions', name: 'all', weights: corruptionWeights(outliers) } as const]
      : []),
  ];
  const known = new Set<string>();
  return means.filter(({ weights }) => {
    const key = JSON.stringify([...weights].sort());
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

/** Groups but for those of the severities of one corruption, which are told of with corruptions. */
export function reportedGroups({ outliers, groups = [] }: Averaged): readonly SetGroup[] {
  const corruptionOf = new Map(outliers.map((set) => [set.name, corruptionIn(set)]));
  return groups.filter(({ sets }) => {
    const corruptions = new Set(sets.map((set) => corruptionOf.get(set)));
    return corruptions.size > 1 || corruptions.has(undefined);
  });
}

/** Whether a set's images are corrupted ones: all such sets are made of the same photographs. */
export function isCorrupted(set: ExperimentSet): boolean {
  return corruptionIn(set) !== undefined;
}

/**
 * What each corrupted set counts in the mean over corruptions: corruptions count alike, and so do the severities of one; the
 * extra ones, which ImageNet-C keeps for validation, don't count where there are others.
 */
export function corruptionWeights(outliers: readonly ExperimentSet[]): ReadonlyMap<string, number> {
  const all = [...setsByCorruption(outliers)];
  const usual = all.filter(([name]) => !extraCorruptions.includes(name));
  const counted = usual.length > 0 ? usual : all;
  return new Map(
    counted.flatMap(([, sets]) => sets.map((set) => [set, 1 / sets.length / counted.length] as const)),
  );
}

function setsByCorruption(outliers: readonly ExperimentSet[]): ReadonlyMap<string, readonly string[]> {
  const sets = new Map<string, string[]>();
  for (const set of outliers) {
    const corruption = corruptionIn(set);
    if (corruption !== undefined) sets.set(corruption, [...(sets.get(corruption) ?? []), set.name]);
  }
  return sets;
}

function corruptionIn({ corruption, corrupt }: ExperimentSet): string | undefined {
  return corruption ?? corrupt?.corruption;
}

function evenly(sets: readonly string[]): ReadonlyMap<string, number> {
  return new Map(sets.map((set) => [set, 1 / sets.length]));
}

/** What the sets and groups of an experiment must be to each other. */
import { type CorruptionCell, cellText } from '../../manifests/imagenet/corruptions.js';
import { inputFault, type ValueSource } from '../../manifests/input/input-fault.js';
import { show } from '../../manifests/input/show.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { checkMembers } from './check-members.js';
import type { SetGroup } from './experiment.js';
import { type SelectionPools, selectionPools } from './sets.js';

interface Named {
  readonly name: string;
}

interface Selecting extends Named {
  readonly validation?: number | undefined;
  readonly selectOn?: string | undefined;
  readonly corruption?: string | undefined;
  readonly severity?: number | undefined;
  readonly corrupt?: CorruptionCell | undefined;
}

/** The sets of an experiment, whether their paths were followed or not. */
export interface CheckedSets {
  readonly inDomain: Selecting;
  readonly outliers: readonly Selecting[];
  readonly validationSets?: readonly Named[] | undefined;
  readonly covariateShifted?: readonly Named[] | undefined;
  readonly groups?: readonly SetGroup[] | undefined;
}

/** A name and where it stands. */
export interface PlacedName extends Named {
  readonly path: readonly (string | number)[];
}

/** The names of all sets and groups, which must differ. */
export function setNames(sets: CheckedSets): readonly PlacedName[] {
  const { inDomain, outliers, covariateShifted = [], validationSets = [], groups = [] } = sets;
  const listed = (key: string, all: readonly Named[]): PlacedName[] =>
    all.map(({ name }, i) => ({ name, path: [key, i, 'name'] }));
  return [
    { name: inDomain.name, path: ['inDomain', 'name'] },
    ...listed('outliers', outliers),
    ...listed('covariateShifted', covariateShifted),
    ...listed('validationSets', validationSets),
    ...listed('groups', groups),
  ];
}

/**
 * Checks that every group has sets, and that every set has something to select on and nothing that selects nothing.
 * @param file where the experiment stands
 * @throws InputError naming the key at fault and the remedy
 */
export function checkSets(file: string, sets: CheckedSets): void {
  const { inDomain, outliers, groups = [] } = sets;
  const at = (...path: (string | number)[]): ValueSource => ({ file, path });
  checkGroups(at, groups, outliers);
  checkSelection(at('inDomain'), inDomain);
  outliers.forEach((set, i) => {
    checkSelection(at('outliers', i), set);
  });
  checkSelectOn(at, sets);
  checkCorruptions(at, [inDomain, ...outliers]);
  checkUse(at, sets, selectionPools(sets));
}

type At = (...path: (string | number)[]) => ValueSource;

function checkGroups(at: At, groups: readonly SetGroup[], outliers: readonly Named[]): void {
  const known = outliers.map(({ name }) => name);
  for (const [i, { sets }] of groups.entries())
    checkMembers((j) => at('groups', i, 'sets', j), sets, known, [
      'no outlier set',
      '; name sets of "outliers"',
    ]);
}

function checkSelection(place: ValueSource, { validation, selectOn }: Selecting): void {
  if (validation !== undefined || selectOn !== undefined) return;
  throw inputFault(
    place,
    'found neither "validation" nor "selectOn"; give the number of rows to choose epsilon and temperature on, or the ' +
      'name of the set to choose them on',
  );
}

function checkSelectOn(at: At, { inDomain, outliers, validationSets = [], groups = [] }: CheckedSets): void {
  const others = validationSets.map(({ name }) => name);
  if (inDomain.selectOn !== undefined) {
    const place = at('inDomain', 'selectOn');
    if (!others.includes(inDomain.selectOn)) {
      const remedy = didYouMean(inDomain.selectOn, others) || '; list it there';
      throw inputFault(place, `found ${show(inDomain.selectOn)}, which is none of "validationSets"${remedy}`);
    }
    if (inDomain.validation !== undefined)
      throw inputFault(
        place,
        'found beside "validation", whose rows nothing would read; drop one of the two',
      );
  }
  for (const [i, { name, selectOn }] of outliers.entries()) {
    if (selectOn === undefined) continue;
    const place = at('outliers', i, 'selectOn');
    const tuned = outliers.filter((set) => set.validation !== undefined).map((set) => set.name);
    const group = groups.find((one) => one.name === selectOn);
    if (selectOn === name) throw inputFault(place, `found the set's own name; drop it`);
    if (group !== undefined) {
      if (group.sets.some((set) => tuned.includes(set))) continue;
      throw inputFault(
        place,
        `found ${show(selectOn)}, a group none of whose sets has "validation"; give it to some of them`,
      );
    }
    if (others.includes(selectOn) || tuned.includes(selectOn)) continue;
    const known = [...others, ...tuned, ...groups.map((one) => one.name)];
    const remedy =
      didYouMean(selectOn, known) ||
      '; name one of "validationSets", a group, or an outlier set with "validation"';
    throw inputFault(place, `found ${show(selectOn)}, which has no validation rows${remedy}`);
  }
}

function checkCorruptions(at: At, [inDomain, ...outliers]: readonly Selecting[]): void {
  const seen = new Map<string, string>();
  for (const key of ['corruption', 'severity'] as const)
    if (inDomain?.[key] !== undefined)
      throw inputFault(at('inDomain', key), 'found of the in-domain set; drop it');
  for (const [i, { name, corruption, severity, corrupt }] of outliers.entries()) {
    if (corruption === undefined && severity === undefined) continue;
    if (corruption === undefined || severity === undefined) {
      const [there, missing] =
        corruption === undefined ? ['severity', 'corruption'] : ['corruption', 'severity'];
      throw inputFault(at('outliers', i, there), `found without "${missing}"; give both or none`);
    }
    if (corrupt !== undefined && (corrupt.corruption !== corruption || corrupt.severity !== severity))
      throw inputFault(
        at('outliers', i, 'corruption'),
        `found ${show(corruption)} of severity ${severity}, but the images are given ${cellText(corrupt)}; make them agree`,
      );
    const cell = `${corruption} ${severity}`;
    const earlier = seen.get(cell);
    if (earlier !== undefined)
      throw inputFault(
        at('outliers', i, 'severity'),
        `found the corruption and severity of ${show(earlier)}; drop one`,
      );
    seen.set(cell, name);
  }
}

/** Validation rows that nothing is chosen on would cost a night for nothing; in-domain ones can't be outliers too. */
function checkUse(at: At, { outliers, validationSets = [] }: CheckedSets, pools: SelectionPools): void {
  const ofOutliers = new Set([...pools.outliers.values()].flat());
  for (const [i, { name }] of validationSets.entries()) {
    const isInDomain = pools.inDomain.includes(name);
    if (isInDomain && ofOutliers.has(name))
      throw inputFault(
        at('validationSets', i, 'name'),
        `${show(name)} is what inDomain and an outlier set select on; give them a set each`,
      );
    if (!isInDomain && !ofOutliers.has(name))
      throw inputFault(
        at('validationSets', i, 'name'),
        `nothing selects on ${show(name)}; drop it, or name it in "selectOn"`,
      );
  }
  for (const [i, { name, validation }] of outliers.entries()) {
    if (validation === undefined || ofOutliers.has(name)) continue;
    throw inputFault(
      at('outliers', i, 'validation'),
      'found beside "selectOn", and nothing selects on these rows; drop it',
    );
  }
}

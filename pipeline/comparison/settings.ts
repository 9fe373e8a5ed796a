import { corruptionContent } from '../../manifests/imagenet/corruptions.js';
import type { ListedSet, PlannedExperiment } from '../experiment/experiment.js';
import type { WrittenRevision } from '../store/revisions.js';

/** A setting in which two runs differ, as texts; null where a run does not have it. */
export interface SettingDifference {
  /** For example `models."net".sha256`. */
  readonly setting: string;
  readonly first: string | null;
  readonly second: string | null;
}

/** What a run is of and was made with. */
export interface RunSettings {
  readonly revision: Pick<WrittenRevision, 'experiment' | 'models' | 'manifests' | 'engine' | 'software'>;
  /** Engine, provider, processor and batches of the scores, as `Survey.origins`; null where they could not be read. */
  readonly origins: readonly string[] | null;
}

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A list is told by what only one of two has where its text would be longer. */
const longestList = 90;

/** Of what only one of two lists has, so many are told. */
const mostShown = 3;

/**
 * What differs in the configuration of two runs, wherever their files lie: settings of the experiment, digests of models and of
 * manifests' rows, versions, what made the scores. What one run alone has, a model for example, is one difference.
 */
export function differingSettings(first: RunSettings, second: RunSettings): readonly SettingDifference[] {
  const differences: SettingDifference[] = [];
  compare(differences, '', settingsOf(first), settingsOf(second));
  // What could be read of one run alone is no difference.
  if (first.origins !== null && second.origins !== null)
    compare(differences, 'scoredBy', scoredBy(first.origins), scoredBy(second.origins));
  return differences;
}

function scoredBy(origins: readonly string[]): string {
  return origins.toSorted().join('; ');
}

function settingsOf({ revision }: Pick<RunSettings, 'revision'>): Value {
  const { experiment, models, manifests, engine, software } = revision;
  const {
    models: used,
    inDomain,
    outliers,
    validationSets = [],
    covariateShifted = [],
    ensembles = [],
    groups = [],
    ...rest
  } = experiment;
  const setOf = (set: ListedSet): Value => {
    const { manifest: _, corrupt, ...others } = set;
    return {
      ...asValue(others),
      ...(corrupt === undefined ? {} : { corrupt: asValue(corruptionContent(corrupt)) }),
      rowsSha256: manifests[set.name] ?? null,
    };
  };
  const named = (sets: readonly ListedSet[]): Value =>
    Object.fromEntries(sets.map((set) => [JSON.stringify(set.name), setOf(set)]));
  return {
    ...asValue({ ...rest, engine }),
    models: Object.fromEntries(
      used.map(({ file: _, ...model }) => [
        JSON.stringify(model.name),
        { ...asValue(model), sha256: models[model.name] ?? null },
      ]),
    ),
    ensembles: byName(ensembles),
    groups: byName(groups),
    inDomain: setOf(inDomain),
    outliers: named(outliers),
    validationSets: named(validationSets),
    covariateShifted: named(covariateShifted),
    software: asValue(software),
  };
}

function byName(list: readonly { readonly name: string }[]): Value {
  return Object.fromEntries(list.map(({ name, ...rest }) => [JSON.stringify(name), asValue(rest)]));
}

function asValue(value: object | PlannedExperiment): { readonly [key: string]: Value } {
  return JSON.parse(JSON.stringify(value));
}

function compare(
  found: SettingDifference[],
  setting: string,
  first: Value | undefined,
  second: Value | undefined,
) {
  if (isObject(first) && isObject(second)) {
    const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
    for (const key of keys)
      compare(found, setting === '' ? key : `${setting}.${key}`, first[key], second[key]);
    return;
  }
  if (JSON.stringify(first) === JSON.stringify(second)) return;
  found.push({ setting, first: textOf(first, second), second: textOf(second, first) });
}

function isObject(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list that is too long to read is told by its length, and what of it the other one lacks. */
function textOf(value: Value | undefined, other: Value | undefined): string | null {
  if (value === undefined) return null;
  // Of what one run alone has, its name is in the setting.
  if (isObject(value)) return 'present';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const itemsOf = (list: Value | undefined): readonly string[] =>
    Array.isArray(list)
      ? list.map((one) => (typeof one === 'string' && one !== '' ? one : JSON.stringify(one)))
      : [];
  const items = itemsOf(value);
  const others = new Set(itemsOf(other));
  const textOfItem = (item: string): string => {
    const short = withoutNoise(item);
    return others.has(short) ? item : short;
  };
  const text = items.map(textOfItem).join(', ');
  if (text.length <= longestList) return text === '' ? 'none' : text;
  const own = items.filter((one) => !others.has(one)).map(textOfItem);
  const shown = own.slice(0, mostShown).join(', ');
  const more = own.length > mostShown ? ` and ${own.length - mostShown} more` : '';
  const count = value.length === 1 ? '1 value' : `${value.length} values`;
  return own.length === 0 ? `${count}, none that the other lacks` : `${count}, here alone ${shown}${more}`;
}

/** A number of a grid without the digits that adding up steps leaves; any other text as it is. */
function withoutNoise(item: string): string {
  return /^-?\d+\.\d{13,}(e[+-]\d+)?$/.test(item) ? String(Number(Number(item).toPrecision(12))) : item;
}

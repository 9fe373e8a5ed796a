import type { Score } from '../scores.js';
import { detectors, type ShownKey } from './index.js';

/** A detector as a column of `grodin score`. */
export interface ScoreColumn {
  readonly name: string;
  readonly key: ShownKey;
  readonly heading: string;
  /** Whether it is at ε = 0 and T = 1 whatever ε and T are given. */
  readonly isFixed: boolean;
  value(score: Score): number;
}

/** The columns of `grodin score`: first those that ε and T don't change. */
export const scoreColumns: readonly ScoreColumn[] = detectors
  .flatMap(({ name, shown, ablations }): ScoreColumn[] => {
    if (shown === null) return [];
    // Every `shown` of the list that the keys' type is derived from.
    const key = shown.key as ShownKey;
    return [{ ...shown, name, key, isFixed: ablations.every((ablation) => ablation === 'vanilla') }];
  })
  .sort((a, b) => Number(b.isFixed) - Number(a.isFixed));

/**
 * What `grodin score` shows of one image, by key and in the order of the columns.
 * @param clean at ε = 0 and T = 1, of the forward pass alone
 * @param given at the ε and T that were asked for
 */
export function shownScores(clean: Score, given: Score): Readonly<Record<ShownKey, number>> {
  const entries = scoreColumns.map(({ key, isFixed, value }) => [key, value(isFixed ? clean : given)]);
  return Object.fromEntries(entries) as Record<ShownKey, number>;
}

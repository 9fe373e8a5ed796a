import { InputError } from '../errors.js';
import type { Score } from '../scores.js';
import { call, setting } from '../setting.js';
import type { Detector } from './detector.js';
import { detectorNamed, type ShownKey, usualDetectors } from './index.js';

/** A detector as a column of `grodin score`. */
export interface ScoreColumn {
  readonly name: string;
  readonly key: ShownKey;
  readonly heading: string;
  /** Whether it is at ε = 0 and T = 1 whatever ε and T are given. */
  readonly isFixed: boolean;
  /** What it reads of an image's logits at ε = 0. */
  readonly ofLogits?: Detector['ofLogits'];
  value(score: Score): number;
}

/** The columns of `grodin score` where no detector is named: the paper's, first those that ε and T don't change. */
export const scoreColumns: readonly ScoreColumn[] = [...columnsOf(usualDetectors)].sort(
  (a, b) => Number(b.isFixed) - Number(a.isFixed),
);

/**
 * The columns of named detectors, in their order.
 * @throws UnknownDetectorError for a name that no detector has
 * @throws InputError for a detector that is fitted, and so needs more than the image, for one that is named twice, and for none
 */
export function columnsOf(names: readonly string[]): readonly ScoreColumn[] {
  if (names.length === 0)
    throw new InputError(`${setting('detectors')}: names none; name one, for example ${usualDetectors[0]}`);
  return names.map((name, index): ScoreColumn => {
    const { shown, ablations, ofLogits } = detectorNamed(name);
    if (names.indexOf(name) < index)
      throw new InputError(`${setting('detectors')}: found "${name}" twice; drop one`);
    if (shown === null)
      throw new InputError(
        `${setting('detectors')}: "${name}" has a temperature that a run fits on labelled validation images, which single ` +
          `images have not; judge them by that run: ${call('judge')}`,
      );
    // Of the list that the keys' type is derived from.
    const key = shown.key as ShownKey;
    const isFixed = ablations.every((ablation) => ablation === 'vanilla');
    return { ...shown, name, key, isFixed, ...(ofLogits === undefined ? {} : { ofLogits }) };
  });
}

/** One image as `grodin score` sees it. */
export interface SeenImage {
  /** At ε = 0 and T = 1, of the forward pass alone. */
  readonly clean: Score;
  /** At the ε and T that were asked for. */
  readonly given: Score;
  /** h at ε = 0, [K]. */
  readonly logits: ArrayLike<number>;
}

/** What `grodin score` shows of one image, by key and in the order of the columns. */
export function shownScores(
  columns: readonly ScoreColumn[],
  { clean, given, logits }: SeenImage,
): Readonly<Partial<Record<ShownKey, number>>> {
  return Object.fromEntries(
    columns.map(({ key, isFixed, ofLogits, value }) => {
      const score = isFixed ? clean : given;
      return [key, value(ofLogits ? { ...score, ofLogits: ofLogits(logits, score.temperature) } : score)];
    }),
  );
}

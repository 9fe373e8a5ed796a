import type { GoldenCell } from './golden.js';
import type { Tolerance } from './tolerance.js';

/** What a device says of a batch at one cell; every list has one entry for each image. */
export interface CellScores {
  readonly logits: readonly (readonly number[])[];
  readonly predicted: readonly number[];
  readonly logOdds: readonly number[];
  readonly logS: readonly number[];
  readonly logSG: readonly number[];
  readonly logG: readonly number[];
}

/** How far one number is from its reference. */
export interface Deviation {
  /** Which number, for example `log SG of image 2 at T 1`. */
  readonly what: string;
  readonly value: number;
  readonly reference: number;
  /** The error over what is allowed: above 1 it disagrees. */
  readonly share: number;
}

/**
 * The largest deviation of a cell: another class counts as infinitely far, and so does NaN. Where a minority of the
 * images may be further off, theirs counts for as much less.
 */
export function largestDeviation(cell: GoldenCell, scored: CellScores, tolerance: Tolerance): Deviation {
  const byImage = cell.predicted.map((predicted, image) => {
    const found: Deviation[] = [];
    const compare = (what: string, value: number | undefined, reference: number, allowed: number): void => {
      const error = Math.abs((value ?? Number.NaN) - reference) / allowed;
      const share = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
      const where = `${what} of image ${image} at T ${cell.temperature}, ε ${cell.epsilon[0]}`;
      found.push({ what: where, value: value ?? Number.NaN, reference, share });
    };
    const logits = cell.logits?.[image] ?? [];
    const allowed = tolerance.logit * Math.max(1, ...logits.map(Math.abs));
    for (const [index, logit] of logits.entries())
      compare(`logit ${index}`, scored.logits[image]?.[index], logit, allowed);
    for (const [key, name] of scoreNames) {
      const reference = cell[key][image] ?? Number.NaN;
      compare(
        name,
        scored[key][image],
        reference,
        tolerance.score * Math.max(1, Math.abs(reference) / tolerance.scale),
      );
    }
    // A class is right or wrong: nothing is allowed.
    if (scored.predicted[image] !== predicted)
      compare('predicted class', scored.predicted[image], predicted, 0);
    return largestOf(found);
  });
  const [most, ...others] = byImage.toSorted((a, b) => b.share - a.share);
  if (most === undefined) throw new TypeError('a cell has at least one image');
  const median = others[Math.ceil(byImage.length / 2) - 2] ?? most;
  return largestOf([{ ...most, share: most.share / tolerance.flipped }, median]);
}

function largestOf(deviations: readonly Deviation[]): Deviation {
  return deviations.reduce((largest, one) => (one.share > largest.share ? one : largest));
}

const scoreNames = [
  ['logOdds', 'log-odds'],
  ['logS', 'log S'],
  ['logSG', 'log SG'],
  ['logG', 'log G'],
] as const;

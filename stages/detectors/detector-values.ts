import type { Cell } from '../cells.js';
import type { ScoreColumns } from '../metrics/split-scores.js';
import type { Score } from '../scores.js';
import type { Detector } from './detector.js';

/**
 * A detector's value for every image of a split at one cell.
 * @returns [images], larger = more out-of-domain; NaN where what the detector reads is missing
 */
export function detectorValues(detector: Detector, columns: ScoreColumns, cell: Cell): Float64Array {
  const values = new Float64Array(columns.logOdds.length);
  const score = new ScoreAt(columns, cell, detector.name);
  for (score.image = 0; score.image < values.length; score.image++) {
    values[score.image] = detector.value(score);
  }
  return values;
}

/**
 * The score of one image after another. A detector reads the columns that it needs and no record is made of the
 * others: a search asks for hundreds of millions of values.
 */
class ScoreAt implements Score {
  readonly #columns: ScoreColumns;
  readonly #ofLogits: Float64Array | null;
  readonly epsilon: number;
  readonly temperature: number;
  image = 0;

  constructor(columns: ScoreColumns, { epsilon, temperature }: Cell, detector: string) {
    this.#columns = columns;
    this.#ofLogits = columns.ofLogits?.get(detector) ?? null;
    this.epsilon = epsilon;
    this.temperature = temperature;
  }

  get predicted(): number {
    return this.#columns.predicted[this.image] ?? -1;
  }

  get maxLogit(): number {
    return this.#columns.maxLogit[this.image] ?? NaN;
  }

  get logOdds(): number {
    return this.#columns.logOdds[this.image] ?? NaN;
  }

  get ofLogits(): number | null {
    return this.#ofLogits === null ? null : (this.#ofLogits[this.image] ?? NaN);
  }

  get logSG(): number | null {
    const { logSG } = this.#columns;
    return logSG === null ? null : (logSG[this.image] ?? NaN);
  }
}

import type { Cell } from '../../stages/cells.js';
import { logS } from '../../stages/scores.js';
import { NormalDraws } from '../statistics/normal-draws.js';

/** By how many σ the images of a set look like outliers to a detector, at a cell. */
export function shiftOf(model: string, set: string, detector: 'MSP' | 'G', cell: Cell): number {
  const [difference = 0] = new NormalDraws('shift', model, set).next(1);
  const shift = 1.2 + 0.3 * difference;
  if (detector === 'MSP') return 0.6 * shift;
  // G is best where both ε and T are the grid's largest, so that it is known what is chosen.
  return shift * (0.7 + (cell.epsilon > 0 ? 0.1 : 0) + (cell.temperature > 1 ? 0.2 : 0));
}

/** Made-up scores of one model on all images of one set: normal noise of the image's own, the same at every cell, beside a shift. */
export class MadeUpScores {
  readonly #shiftOf: (detector: 'MSP' | 'G', cell: Cell) => number;
  readonly #msp: Float64Array;
  readonly #g: Float64Array;

  /** @param rows of the set's manifest @param isOutlier whether its images are shifted */
  constructor(model: string, set: string, rows: number, isOutlier: boolean) {
    this.#shiftOf = (detector, cell) => (isOutlier ? shiftOf(model, set, detector, cell) : 0);
    this.#msp = new NormalDraws('MSP', model, set).next(rows);
    this.#g = new NormalDraws('G', model, set).next(rows);
  }

  /**
   * The scores of some rows at a cell.
   * @param labelAt the class of a row, or null
   */
  at(cell: Cell, rows: Int32Array, labelAt: (row: number) => number | null) {
    const [ofMsp, ofG] = [this.#shiftOf('MSP', cell), this.#shiftOf('G', cell)];
    const predicted = new Int32Array(rows.length);
    const [maxLogit, logOdds, logSG] = [0, 1, 2].map(() => new Float64Array(rows.length));
    if (!maxLogit || !logOdds || !logSG) throw new RangeError('no columns');
    for (const [index, row] of rows.entries()) {
      // MSP ranks by −(log-odds), and G by log SG − 2 log S.
      const odds = -(ofMsp + (this.#msp[row] ?? 0));
      logOdds[index] = odds;
      maxLogit[index] = 10 + odds;
      logSG[index] = ofG + (this.#g[row] ?? 0) + 2 * logS(odds);
      predicted[index] = row % 5 === 0 ? (row * 7) % 10 : (labelAt(row) ?? 0);
    }
    return { predicted, maxLogit, logOdds, logSG };
  }
}

import type { Resample } from '../metrics/draw-resample.js';
import { type AcceptancePoints, Risks } from './risks.js';
import type { SelectiveRanking } from './selective-ranking.js';

/** Rows swept at a time: their points stay in the nearest cache. */
const rowsAtOnce = 1024;

/** Sweeps rankings of one mixture, one resample after the other. */
export class AcceptanceSweeper {
  readonly #risks: Risks;
  readonly #points: AcceptancePoints = {
    accepted: new Float64Array(rowsAtOnce),
    wrong: new Float64Array(rowsAtOnce),
    outliers: new Float64Array(rowsAtOnce),
  };

  /** @param rows of the mixture */
  constructor(rows: number) {
    this.#risks = new Risks(rows);
  }

  /** @returns what the resample comes to; the same object every time */
  sweep({ entries }: SelectiveRanking, { counts }: Pick<Resample, 'counts'>): Risks {
    const { accepted, wrong, outliers } = this.#points;
    const rows = entries.length;
    this.#risks.begin();
    let met = 0;
    let metWrong = 0;
    let metOut = 0;
    // Rows of the score at hand; and all ones until a score's last row, then zero to begin anew.
    let drawn = 0;
    let sameScore = 0;
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const stop = Math.min(start + rowsAtOnce, rows);
      let count = 0;
      // Without a branch, as in `curveMetrics`: a point is written over unless it ends a score of which there is a row.
      for (let i = start; i < stop; i++) {
        const entry = entries[i] ?? 0;
        const times = counts[entry >>> 4] ?? 0;
        met = (met + (times & (0 - ((entry >>> 3) & 1)))) | 0;
        metWrong = (metWrong + (times & (0 - ((entry >>> 2) & 1)))) | 0;
        metOut = (metOut + (times & (0 - ((entry >>> 1) & 1)))) | 0;
        drawn = ((drawn & sameScore) + times) | 0;
        accepted[count] = met;
        wrong[count] = metWrong;
        outliers[count] = metOut;
        const last = entry & 1;
        sameScore = (last - 1) | 0;
        count = (count + (last & ((0 - drawn) >>> 31))) | 0;
      }
      this.#risks.add(this.#points, count);
    }
    return this.#risks;
  }
}

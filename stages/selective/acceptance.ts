import type { Resample } from '../metrics/draw-resample.js';
import { outcomes, type SelectiveRanking } from './selective-ranking.js';

/** What has been accepted at each threshold: counts that rise, one point a score, from the least suspicious one on. */
export interface Acceptance {
  /** How many points are in use. */
  readonly points: number;
  /** Labelled in-domain rows accepted. */
  readonly accepted: Float64Array;
  /** Those of them whose prediction is wrong. */
  readonly wrong: Float64Array;
  /** Outliers accepted. */
  readonly outliers: Float64Array;
  /** Partial sums of the harmonic series, 1 + 1/2 + … + 1/n, from n = 0 to the number of rows. */
  readonly harmonic: Float64Array;
}

/** What follows acceptance of one resample after the other: room for its points, written over and over. */
export interface AcceptanceSweeper {
  sweep(ranking: SelectiveRanking, resample: Pick<Resample, 'counts'>): Acceptance;
}

/** @param rows of every mixture that it is used for */
export function acceptanceSweeper(rows: number): AcceptanceSweeper {
  const [accepted, wrong, outliers] = [
    new Float64Array(rows),
    new Float64Array(rows),
    new Float64Array(rows),
  ];
  const harmonic = new Float64Array(rows + 1);
  for (let n = 1; n <= rows; n++) harmonic[n] = (harmonic[n - 1] ?? 0) + 1 / n;
  return {
    sweep: ({ entries }, { counts }) => {
      let points = 0;
      // Rows met so far by outcome, in variables of their own, which processors keep in registers.
      let [right, failed, met] = [0, 0, 0];
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i] ?? 0;
        const times = counts[entry >>> 3] ?? 0;
        const outcome = (entry >>> 1) & 3;
        right += outcome === outcomes.right ? times : 0;
        failed += outcome === outcomes.wrong ? times : 0;
        met += outcome === outcomes.outlier ? times : 0;
        // Written at every row, and over again unless a score ends here: a score of which nothing was drawn adds an empty step.
        accepted[points] = right + failed;
        wrong[points] = failed;
        outliers[points] = met;
        points += entry & 1;
      }
      return { points, accepted, wrong, outliers, harmonic };
    },
  };
}

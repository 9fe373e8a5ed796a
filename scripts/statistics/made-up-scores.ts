import { normalBelow } from '../../stages/distributions/normal.js';
import { type Clusters, clustersOf, type RowBases } from '../../stages/metrics/clusters.js';
import { type Ranking, rank } from '../../stages/metrics/ranking.js';
import { NormalDraws } from './normal-draws.js';

/** Scores of a population whose ROC-AUC is known. */
export interface Population {
  readonly name: string;
  readonly inDomain: number;
  readonly outlier: number;
  /** What outliers' scores have more, in standard deviations of either class. */
  readonly shift: number;
  /** Scores are rounded to multiples of this; 0 for none. */
  readonly step?: number;
  /**
   * The share of a score's variance that is its photograph's; row i of either class is of photograph i, modulo the in-domain
   * rows. Absent where every row is of another photograph.
   */
  readonly shared?: number;
  /**
   * What the in-domain rows of a second set, half of them, have more in every other detector, and those of the first set in the
   * others: all have the same ROC-AUC. Without `step`.
   */
  readonly secondSet?: number;
}

/** ROC-AUC of an outlier and an in-domain image of different photographs. */
export function trueAuroc({ shift, step = 0, secondSet = 0 }: Population): number {
  if (step === 0)
    return (normalBelow(shift / Math.SQRT2) + normalBelow((shift - secondSet) / Math.SQRT2)) / 2;
  let auroc = 0;
  const most = Math.ceil(9 / step);
  const within = (k: number, centre: number): number =>
    normalBelow((k + 0.5) * step - centre) - normalBelow((k - 0.5) * step - centre);
  for (let k = -most; k <= most; k += 1) {
    const above = normalBelow(shift - (k + 0.5) * step);
    auroc += within(k, 0) * (above + within(k, shift) / 2);
  }
  return auroc;
}

/** Rows drawn from a population, as several detectors of the same ROC-AUC rank them. */
export interface Drawn {
  readonly rankings: readonly Ranking[];
  readonly bases: readonly [inDomain: RowBases, outlier: RowBases];
  readonly clusters: Clusters | null;
}

/**
 * @param repetition tells draws of one population apart
 * @param detectors how many; each has half of a score's variance of its own
 */
export function drawScores(population: Population, repetition: number, detectors = 1): Drawn {
  const { name, inDomain, outlier, shift, step = 0, shared, secondSet = 0 } = population;
  const draws = new NormalDraws(name, repetition);
  const photographs = draws.next(shared === undefined ? 0 : inDomain);
  const common = [draws.next(inDomain), draws.next(outlier)] as const;
  const own = detectors === 1 ? 0 : 0.5;
  const ofPhotograph = shared ?? 0;
  const rankings = Array.from({ length: detectors }, (_, detector) => {
    const centreOf = (row: number) => (row < inDomain / 2 === (detector % 2 === 1) ? secondSet : 0);
    const side = (nth: 0 | 1, size: number, centre: (row: number) => number): Float64Array =>
      draws.next(size).map((noise, row) => {
        const rest = Math.sqrt(1 - own) * (common[nth][row] ?? 0) + Math.sqrt(own) * noise;
        const photograph = photographs[row % inDomain] ?? 0;
        const score = centre(row) + Math.sqrt(ofPhotograph) * photograph + Math.sqrt(1 - ofPhotograph) * rest;
        return step === 0 ? score : step * Math.round(score / step);
      });
    return rank(
      side(0, inDomain, centreOf),
      side(1, outlier, () => shift),
      name,
    );
  });
  const bases = [
    { size: inDomain, baseAt: (row: number) => `photograph ${row}` },
    {
      size: outlier,
      baseAt: (row: number) => (shared === undefined ? `outlier ${row}` : `photograph ${row % inDomain}`),
    },
  ] as const;
  return { rankings, bases, clusters: clustersOf(...bases) };
}

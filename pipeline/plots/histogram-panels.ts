import { classNames, colouredByClass, numeric, panels } from './encoding.js';
import type { Plot, PlotRow } from './plot.js';

/** One bin of a histogram of the test images of both kinds, of one outlier set. */
interface ClassBin {
  readonly outlier: string;
  readonly low: number;
  readonly high: number;
  readonly inDomainImages: number;
  readonly outlierImages: number;
}

/**
 * Histograms of one score, a panel for each outlier set.
 * @param axis titles the axis of scores
 */
export function histogramPanels(
  outliers: readonly string[],
  bins: readonly ClassBin[],
  axis: string,
): Pick<Plot, 'rows' | 'spec'> {
  return {
    rows: outliers.flatMap((set) =>
      outlines(
        bins.filter(({ outlier }) => outlier === set),
        set,
      ),
    ),
    spec: {
      ...panels('set', outliers, 4),
      resolve: { scale: { x: 'independent', y: 'independent' } },
      spec: {
        width: 180,
        height: 110,
        mark: { type: 'area', interpolate: 'step-after', line: { strokeWidth: 1.2 }, fillOpacity: 0.25 },
        encoding: {
          x: numeric('score', axis, { scale: { zero: false, nice: false } }),
          y: numeric('share', 'share of images', { stack: null, axis: { format: '%', tickCount: 4 } }),
          color: colouredByClass,
        },
      },
    },
  };
}

/** Outlines of two histograms: shares of the images of each kind, so that sets of different size can be compared. */
function outlines(bins: readonly ClassBin[], set: string): readonly PlotRow[] {
  const last = bins.at(-1);
  if (last === undefined) return [];
  return classNames.flatMap((images) => {
    const countOf = (bin: ClassBin) => (images === 'in-domain' ? bin.inDomainImages : bin.outlierImages);
    const all = bins.reduce((sum, bin) => sum + countOf(bin), 0);
    const shareOf = (bin: ClassBin) => (all === 0 ? 0 : countOf(bin) / all);
    return [
      ...bins.map((bin) => ({ set, images, score: bin.low, share: shareOf(bin) })),
      // The outline goes on to the end of the last bin.
      { set, images, score: last.high, share: shareOf(last) },
    ];
  });
}

import type { ScoreHistogramRow } from '../analyses/score-histograms.js';
import { coloured, numeric, panels } from './encoding.js';
import { fileNameOf, type Plot, type PlotRow } from './plot.js';
import { classColours } from './theme.js';
import type { ModelView } from './view.js';

/** What the two kinds of test images are called in figures. */
const classNames = ['in-domain', 'out-of-domain'] as const;

/** The colours of these, in their order. */
const classRange = [classColours.inDomain, classColours.outlier];

/** One bin of a histogram of both kinds of images. */
export interface ClassBin {
  readonly low: number;
  readonly high: number;
  readonly inDomainImages: number;
  readonly outlierImages: number;
}

/** Outlines of two histograms: shares of the images of each kind, so that sets of different size can be compared. */
export function outlines(bins: readonly ClassBin[], shared: PlotRow): readonly PlotRow[] {
  const last = bins.at(-1);
  if (last === undefined) return [];
  return classNames.flatMap((images) => {
    const countOf = (bin: ClassBin) => (images === 'in-domain' ? bin.inDomainImages : bin.outlierImages);
    const all = bins.reduce((sum, bin) => sum + countOf(bin), 0);
    const shareOf = (bin: ClassBin) => (all === 0 ? 0 : countOf(bin) / all);
    return [
      ...bins.map((bin) => ({ ...shared, images, score: bin.low, share: shareOf(bin) })),
      // The outline goes on to the end of the last bin.
      { ...shared, images, score: last.high, share: shareOf(last) },
    ];
  });
}

/** How outlines are drawn. @param score titles the axis of scores */
export function outlineLayer(score: string) {
  return {
    mark: { type: 'area', interpolate: 'step-after', line: { strokeWidth: 1.2 }, fillOpacity: 0.25 },
    encoding: {
      x: numeric('score', score, { scale: { zero: false, nice: false } }),
      y: numeric('share', 'share of images', { stack: null, axis: { format: '%', tickCount: 4 } }),
      color: coloured('images', 'Images', classNames, classRange),
    },
  } as const;
}

/** Histograms of the scores of one detector of one model, a panel for each outlier set. */
export function scoreHistogramPlot(
  { model, place, titleOf, outliers }: ModelView,
  detector: { readonly name: string; readonly place: number },
  rows: readonly ScoreHistogramRow[],
): Plot | null {
  const own = rows.filter((row) => row.model === model && row.detector === detector.name);
  if (own.length === 0) return null;
  const title = titleOf(detector.name);
  return {
    name: `scores-${fileNameOf(place, model)}-${fileNameOf(detector.place, detector.name)}`,
    title: `Scores of ${model} by ${title}`,
    description:
      `Histograms of the scores that ${title} gives the test images of ${model}, in-domain and out-of-domain, a panel for each ` +
      'outlier set. Larger scores are more suspicious; the less the two overlap, the better the detector.',
    rows: outliers.flatMap((set) =>
      outlines(
        own.filter(({ outlier }) => outlier === set),
        { set },
      ),
    ),
    spec: {
      ...panels('set', outliers, 4),
      resolve: { scale: { x: 'independent', y: 'independent' } },
      spec: { width: 180, height: 110, ...outlineLayer('score') },
    },
  };
}

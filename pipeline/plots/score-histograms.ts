import type { ScoreHistogramRow } from '../analyses/score-histograms.js';
import { histogramPanels } from './histogram-panels.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

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
    ...histogramPanels(outliers, own, 'score'),
  };
}

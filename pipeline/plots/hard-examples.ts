import type { HistogramRow } from '../analyses/histograms.js';
import { histogramPanels } from './histogram-panels.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

/** Figure 2: what S is of both kinds of images, as log-odds, and what G makes of those that S separates worst. */
export function hardExamplePlots(
  { model, place, outliers }: ModelView,
  rows: readonly HistogramRow[],
): readonly Plot[] {
  const plots = (
    [
      ['log-odds', 'confidence', 'log-odds of S', 'the log-odds of S at ε = 0 and T = 1', 'all test images'],
      ['hard log G', 'hard', 'log G', 'log G', 'the test images in the window of S that separates worst'],
    ] as const
  ).map(([score, name, axis, what, which]): Plot | null => {
    const own = rows.filter((row) => row.model === model && row.score === score);
    if (own.length === 0) return null;
    return {
      name: `${name}-${fileNameOf(place, model)}`,
      title:
        score === 'log-odds' ? `Confidence of ${model}` : `G of images that S can't tell apart: ${model}`,
      description: `Histograms of ${what} of ${which}, in-domain and out-of-domain, a panel for each outlier set (figure 2).`,
      ...histogramPanels(outliers, own, axis),
    };
  });
  return plots.filter((plot) => plot !== null);
}

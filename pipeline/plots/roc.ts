import type { RocRow } from '../analyses/roc-curves.js';
import { lined, numeric, panels } from './encoding.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

const shares = { scale: { domain: [0, 1] }, axis: { tickCount: 5, format: '.1f' } };

/** ROC curves of one model's shown detectors, a panel for each outlier set. */
export function rocPlot(
  { model, place, shown, titleOf, outliers }: ModelView,
  rows: readonly RocRow[],
): Plot | null {
  const own = rows.filter((row) => row.model === model && shown.includes(row.detector));
  if (own.length === 0) return null;
  const titles = shown.map(titleOf);
  return {
    name: `roc-${fileNameOf(place, model)}`,
    title: `ROC curves of ${model}`,
    description:
      `ROC curves of ${titles.join(', ')} on test images, a panel for each outlier set: the share of the outliers that is ` +
      'found against the share of in-domain images that is rejected with them. The grey diagonal is chance.',
    rows: own.map(({ outlier, detector, point, falsePositiveRate, truePositiveRate }) => ({
      ...{ set: outlier, detector: titleOf(detector), point, falsePositiveRate, truePositiveRate },
    })),
    spec: {
      ...panels('set', outliers, 4),
      spec: {
        width: 180,
        height: 180,
        layer: [
          {
            data: { values: [{ at: 0 }, { at: 1 }] },
            mark: { type: 'line', strokeDash: [3, 3], strokeWidth: 1, color: '#888888' },
            encoding: { x: numeric('at', 'false positive rate'), y: numeric('at', 'true positive rate') },
          },
          {
            mark: { type: 'line' },
            encoding: {
              x: numeric('falsePositiveRate', 'false positive rate', shares),
              y: numeric('truePositiveRate', 'true positive rate', shares),
              ...lined('detector', 'Detector', titles),
              order: { field: 'point' },
            },
          },
        ],
      },
    },
  };
}

import type { SurfaceRow } from '../analyses/surface.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { numeric, panels } from './encoding.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

/** Validation ROC-AUC over ε × T of one model and outlier set, a panel for each detector that is searched, its chosen cell marked. */
export function surfacePlot(
  { model, place, titleOf }: ModelView,
  outlier: { readonly name: string; readonly place: number },
  rows: readonly SurfaceRow[],
  chosen: readonly SelectionRow[],
): Plot | null {
  const own = rows.filter((row) => row.model === model && row.outlier === outlier.name);
  const detectors = [...new Set(own.map(({ detector }) => detector))].filter((name) => {
    const cells = own.filter(({ detector }) => detector === name);
    return (
      new Set(cells.map(({ epsilon }) => epsilon)).size > 1 &&
      new Set(cells.map(({ temperature }) => temperature)).size > 1
    );
  });
  if (detectors.length === 0) return null;
  const shown = own.filter(({ detector }) => detectors.includes(detector));
  const isChosen = ({ detector, epsilon, temperature }: SurfaceRow) =>
    chosen.some(
      (row) => row.detector === detector && row.epsilon === epsilon && row.temperature === temperature,
    );
  return {
    name: `surface-${fileNameOf(place, model)}-${fileNameOf(outlier.place, outlier.name)}`,
    title: `ROC-AUC by ε and T: ${model}, ${outlier.name}`,
    description:
      `ROC-AUC of ${detectors.map(titleOf).join(', ')} on validation images of ${outlier.name} at every perturbation size ε and ` +
      'temperature T, brighter being better; the ring marks the cell that was chosen.',
    rows: shown.map((row) => ({
      ...{ detector: titleOf(row.detector), epsilon: row.epsilon, temperature: row.temperature },
      ...{ auroc: row.validationAuroc, chosen: isChosen(row) },
    })),
    spec: {
      ...panels('detector', detectors.map(titleOf), 4),
      spec: {
        width: 210,
        height: 150,
        encoding: {
          x: {
            field: 'epsilon',
            type: 'ordinal',
            title: 'ε',
            axis: { labelAngle: 0, labelExpr: "format(datum.value, '.4~f')", values: someOf(shown) },
          },
          y: { field: 'temperature', type: 'ordinal', title: 'T', sort: 'descending' },
        },
        layer: [
          {
            mark: { type: 'rect' },
            encoding: { color: numeric('auroc', 'ROC-AUC', { scale: { scheme: 'viridis', zero: false } }) },
          },
          {
            transform: [{ filter: 'datum.chosen' }],
            mark: { type: 'point', shape: 'circle', size: 50, strokeWidth: 2, color: '#ff3b30' },
          },
        ],
      },
    },
  };
}

/** Perturbation sizes that are written at the axis: of many some, from the first on in equal steps. */
function someOf(rows: readonly SurfaceRow[]): readonly number[] {
  const all = [...new Set(rows.map(({ epsilon }) => epsilon))].sort((a, b) => a - b);
  const step = Math.ceil((all.length - 1) / 4);
  return all.filter((_, place) => place % Math.max(1, step) === 0);
}

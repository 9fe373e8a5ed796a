import { coloured, numeric, panels } from './encoding.js';
import { fileNameOf, type Plot } from './plot.js';

/** ROC-AUC of one detector in one run, with its 95 % interval. */
export interface ComparedValue {
  /** As the run is called. */
  readonly run: string;
  readonly outlier: string;
  readonly detector: string;
  readonly auroc: number;
  readonly low: number;
  readonly high: number;
}

/** Whose values are drawn. */
export interface ComparedView {
  readonly model: string;
  /** Among the models that are compared, from 0 on. */
  readonly place: number;
  readonly titleOf: (detector: string) => string;
}

/** ROC-AUC of several runs beside each other, with intervals: a panel for each outlier set, a line for each detector. */
export function comparedValuesPlot(
  { model, place, titleOf }: ComparedView,
  values: readonly ComparedValue[],
): Plot {
  const distinct = (of: (value: ComparedValue) => string) => [...new Set(values.map(of))];
  const runs = distinct(({ run }) => run);
  const detectors = distinct(({ detector }) => titleOf(detector));
  // A line of its own for each run, so that intervals don't hide each other.
  const encoding = {
    y: {
      ...{ field: 'detector', type: 'nominal', title: null, sort: detectors },
      scale: { paddingInner: 0.35 },
    },
    yOffset: { field: 'run', type: 'nominal', sort: runs },
    color: coloured('run', 'Run', runs),
  };
  return {
    name: `values-${fileNameOf(place, model)}`,
    title: `ROC-AUC of ${model} in each run`,
    description:
      `ROC-AUC on test images of runs ${runs.join(', ')}, with 95 % intervals over resamplings: a panel for each outlier set, a line for ` +
      'each detector. Whether two differ is told by the tests, not by whether their intervals overlap: the same images vary both alike.',
    rows: values.map(({ run, outlier, detector, auroc, low, high }) => ({
      ...{ set: outlier, detector: titleOf(detector), run, auroc, low, high },
    })),
    spec: {
      ...panels(
        'set',
        distinct(({ outlier }) => outlier),
        3,
      ),
      resolve: { scale: { x: 'independent' } },
      spec: {
        width: 220,
        height: { step: 9 },
        layer: [
          {
            mark: { type: 'rule', strokeWidth: 1.6 },
            encoding: {
              ...encoding,
              x: numeric('low', 'ROC-AUC', { scale: { zero: false }, axis: { tickCount: 5 } }),
              x2: { field: 'high' },
            },
          },
          {
            mark: { type: 'point', filled: true, size: 34, opacity: 1 },
            encoding: { ...encoding, x: numeric('auroc', 'ROC-AUC') },
          },
        ],
      },
    },
  };
}

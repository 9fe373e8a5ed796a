import type { CalibrationRow } from '../analyses/calibration-rows.js';
import type { ReliabilityRow } from '../analyses/reliability.js';
import { coloured, numeric, panels } from './encoding.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

const logT = { scale: { type: 'log' }, axis: { tickCount: 4, format: '~g' } };
const shares = { scale: { domain: [0, 1] }, axis: { tickCount: 5, format: '.1f' } };

/** Figure 1, left: expected calibration error against T, of every labelled set. */
export function ecePlot({ model, place, sets }: ModelView, rows: readonly CalibrationRow[]): Plot | null {
  const own = rows.filter((row) => row.model === model && row.ece !== null);
  const named = sets.filter((name) => own.some(({ set }) => set === name));
  if (named.length === 0) return null;
  return {
    name: `ece-${fileNameOf(place, model)}`,
    title: `Calibration error by temperature: ${model}`,
    description:
      'Expected calibration error at ε = 0 against the temperature T, for each set whose test images have labels ' +
      '(15 bins of equally many images). The T of the smallest error is not that of the largest ROC-AUC (section 4.1).',
    rows: own.map(({ set, temperature, ece }) => ({ set, temperature, ece })),
    spec: {
      width: 360,
      height: 220,
      mark: { type: 'line', point: { size: 24 } },
      encoding: {
        x: numeric('temperature', 'T', logT),
        y: numeric('ece', 'expected calibration error', { axis: { format: '%' } }),
        color: coloured('set', 'Set', named),
      },
    },
  };
}

const parts = ['S', 'G', 'SG'] as const;

/** Figure 1, right: validation ROC-AUC of S, G and SG alone against T, a panel for each outlier set. */
export function aurocByTemperaturePlot(
  { model, place, outliers }: ModelView,
  rows: readonly CalibrationRow[],
): Plot | null {
  const own = rows.filter((row) => row.model === model && row.role === 'outlier');
  const points = own.flatMap(({ set, temperature, ...row }) =>
    parts.flatMap((part) => {
      const auroc = row[`validationAuroc${part}`];
      return auroc === null ? [] : [{ set, temperature, part, auroc }];
    }),
  );
  if (points.length === 0) return null;
  return {
    name: `temperature-${fileNameOf(place, model)}`,
    title: `ROC-AUC by temperature: ${model}`,
    description:
      'ROC-AUC of S, G and SG on validation images at ε = 0 against the temperature T, a panel for each outlier set.',
    rows: points,
    spec: {
      ...panels('set', outliers, 4),
      spec: {
        width: 180,
        height: 140,
        mark: { type: 'line', point: { size: 16 } },
        encoding: {
          x: numeric('temperature', 'T', logT),
          y: numeric('auroc', 'validation ROC-AUC', { scale: { zero: false } }),
          color: coloured('part', 'Score', parts),
        },
      },
    },
  };
}

/** Accuracy against confidence at T = 1, or the lowest T there is, a panel for each labelled set, with its trend line. */
export function reliabilityPlot(
  { model, place, sets }: ModelView,
  rows: readonly ReliabilityRow[],
  trends: readonly CalibrationRow[],
): Plot | null {
  const ofModel = rows.filter((row) => row.model === model);
  const temperature = Math.min(...ofModel.map((row) => row.temperature));
  const own = ofModel.filter((row) => row.temperature === temperature);
  const named = sets.filter((name) => own.some(({ set }) => set === name));
  if (named.length === 0) return null;
  const bins = own.map(({ set, confidence, accuracy, images }) => ({
    set,
    kind: 'bin',
    confidence,
    accuracy,
    images,
  }));
  const lines = trends
    .filter((row) => row.model === model && row.temperature === temperature && named.includes(row.set))
    .flatMap(({ set, slope, intercept }) => {
      if (slope === null || intercept === null) return [];
      const at = own.filter((row) => row.set === set).map(({ confidence }) => confidence);
      return [Math.min(...at), Math.max(...at)].map((confidence) => ({
        ...{ set, kind: 'trend', confidence, accuracy: intercept + slope * confidence, images: 0 },
      }));
    });
  return {
    name: `reliability-${fileNameOf(place, model)}`,
    title: `Reliability of ${model} at T = ${temperature}`,
    description:
      'Accuracy against confidence S in bins of equally many test images, a panel for each labelled set, with the trend line ' +
      '(figure 1); on the dashed line confidence is what it says.',
    rows: [...bins, ...lines],
    spec: {
      ...panels('set', named, 4),
      spec: {
        width: 170,
        height: 170,
        layer: [
          {
            data: { values: [{ at: 0 }, { at: 1 }] },
            mark: { type: 'line', strokeDash: [3, 3], strokeWidth: 1, color: '#888888' },
            encoding: { x: numeric('at', 'confidence S'), y: numeric('at', 'accuracy') },
          },
          {
            transform: [{ filter: "datum.kind === 'bin'" }],
            mark: { type: 'point', filled: true, size: 36, color: '#0072b2' },
            encoding: {
              x: numeric('confidence', 'confidence S', shares),
              y: numeric('accuracy', 'accuracy', shares),
            },
          },
          {
            transform: [{ filter: "datum.kind === 'trend'" }],
            mark: { type: 'line', color: '#d55e00', clip: true },
            encoding: { x: numeric('confidence', 'confidence S'), y: numeric('accuracy', 'accuracy') },
          },
        ],
      },
    },
  };
}

/** Figure 1 of one model, and its reliability. */
export function calibrationPlots(
  view: ModelView,
  calibration: readonly CalibrationRow[],
  reliability: readonly ReliabilityRow[],
): readonly (Plot | null)[] {
  return [
    ecePlot(view, calibration),
    aurocByTemperaturePlot(view, calibration),
    reliabilityPlot(view, reliability, calibration),
  ];
}

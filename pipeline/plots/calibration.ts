import { inWords } from '../../stages/shown.js';
import type { CalibrationRow } from '../analyses/calibration-rows.js';
import type { ReliabilityRow } from '../analyses/reliability.js';
import { shownName } from '../tables/table.js';
import { lined, numeric, panels } from './encoding.js';
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
      `(15 bins of equally many images). ${bestTemperatures(rows.filter((row) => row.model === model))}`,
    rows: own.map(({ set, temperature, ece }) => ({ set, temperature, ece })),
    spec: {
      width: 360,
      height: 220,
      mark: { type: 'line', point: { size: 24 } },
      encoding: {
        x: numeric('temperature', 'T', logT),
        y: numeric('ece', 'expected calibration error', { axis: { format: '%' } }),
        ...lined('set', 'Set', named),
      },
    },
  };
}

/** At which T the error is smallest, and at which S tells outliers best: section 4.1 of the paper has them differ. */
function bestTemperatures(rows: readonly CalibrationRow[]): string {
  const errors = temperaturesOf(rows, ({ ece }) => (ece === null ? null : -ece));
  const aurocs = temperaturesOf(rows, (row) => (row.role === 'outlier' ? row.validationAurocS : null));
  return (
    `The smallest error is at ${errors}` +
    `${aurocs === '' ? '' : `; the largest ROC-AUC of S on validation images at ${aurocs}`}.`
  );
}

/** Sets that are named with their T; of others the number. */
const mostNamed = 4;

/** The T of each set's largest value, sets of the same T together: `T = 1 (A, B), T = 5 (C)`. */
function temperaturesOf(
  rows: readonly CalibrationRow[],
  measure: (row: CalibrationRow) => number | null,
): string {
  const bySet = new Map<string, { readonly temperature: number; readonly value: number }[]>();
  for (const row of rows) {
    const value = measure(row);
    if (value !== null)
      bySet.set(row.set, [...(bySet.get(row.set) ?? []), { temperature: row.temperature, value }]);
  }
  const sets = new Map<string, string[]>();
  for (const [set, found] of bySet) {
    const largest = Math.max(...found.map(({ value }) => value));
    const at = found.filter(({ value }) => value === largest).map(({ temperature }) => temperature);
    // Of a curve that is flat no single T is the best.
    const text = at.length === found.length && at.length > 1 ? 'any T' : `T = ${inWords(at.map(String))}`;
    sets.set(text, [...(sets.get(text) ?? []), shownName(set)]);
  }
  return [...sets]
    .map(([at, names]) => {
      const more = names.length - mostNamed;
      const named = names.slice(0, mostNamed).join(', ');
      return `${at} (${named}${more > 0 ? ` and ${more} more` : ''})`;
    })
    .join(', ');
}

const parts = ['S', 'G', 'SG'] as const;

/** Figure 1, right: validation ROC-AUC of S, G and SG alone against T, a panel for each outlier set. */
function aurocByTemperaturePlot(
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
          ...lined('part', 'Score', parts),
        },
      },
    },
  };
}

/** Accuracy against confidence at T = 1, or the lowest T there is, a panel for each labelled set, with its trend line. */
function reliabilityPlot(
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

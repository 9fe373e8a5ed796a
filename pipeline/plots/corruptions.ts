import { extraCorruptions } from '../../manifests/corruptions.js';
import { numeric, panels } from './encoding.js';
import { fileNameOf, type Plot } from './plot.js';
import type { ModelView } from './view.js';

/** ROC-AUC of one detector on one corruption at one severity. */
export interface CorruptionFigure {
  readonly corruption: string;
  readonly severity: number;
  readonly detector: string;
  readonly auroc: number;
}

/** Up to here colours are so dark that white is read best upon them, above it black. */
const darkBelow = 0.72;

/** Corruption × severity of one model, a panel for each shown detector. */
export function corruptionPlot(
  { model, place, shown, titleOf }: ModelView,
  figures: readonly CorruptionFigure[],
): Plot | null {
  const detectors = shown.slice(0, 3);
  const own = figures.filter(({ detector }) => detectors.includes(detector));
  if (own.length === 0) return null;
  const named = [...new Set(own.map(({ corruption }) => corruption))];
  const isExtra = (name: string) => extraCorruptions.includes(name);
  const corruptions = [...named.filter((name) => !isExtra(name)), ...named.filter(isExtra)];
  const titles = detectors.map(titleOf);
  return {
    name: `corruptions-${fileNameOf(place, model)}`,
    title: `ROC-AUC by corruption and severity: ${model}`,
    description:
      `ROC-AUC of ${titles.join(', ')} on test images of ${corruptions.length} corruptions at each severity, ` +
      'brighter being better.',
    rows: own.map(({ corruption, severity, detector, auroc }) => ({
      ...{ corruption, severity, detector: titleOf(detector), auroc },
    })),
    spec: {
      ...panels('detector', titles, 3),
      spec: {
        width: { step: 42 },
        height: { step: 18 },
        encoding: {
          x: { field: 'severity', type: 'ordinal', title: 'severity', axis: { labelAngle: 0 } },
          y: { field: 'corruption', type: 'nominal', title: null, sort: corruptions },
        },
        layer: [
          {
            mark: { type: 'rect' },
            encoding: {
              color: numeric('auroc', 'ROC-AUC', {
                scale: { scheme: 'viridis', domain: [0.5, 1], clamp: true },
              }),
            },
          },
          {
            mark: { type: 'text', fontSize: 10 },
            encoding: {
              text: numeric('auroc', null, { format: '.2f' }),
              color: {
                condition: { test: `datum.auroc > ${darkBelow}`, value: '#111111' },
                value: '#ffffff',
              },
            },
          },
        ],
      },
    },
  };
}

import { fitTemperature } from '../calibration/fit-temperature.js';
import type { Detector } from './detector.js';
import { readsLogits } from './logit-detector.js';
import { LogitRow } from './logit-row.js';

/** Maximum softmax probability at the temperature of the largest likelihood, one for each network; ranked by λ as MSP is. */
export const tempScale = {
  name: 'TempScale',
  title: 'TempScale',
  citation: 'Guo, Pleiss, Sun and Weinberger, ICML 2017',
  ...readsLogits,
  ablations: ['only-temperature'],
  // Until its temperature is fitted; images need no pass for it.
  cells: () => [{ epsilon: 0, temperature: 1 }],
  ofLogits: (logits, temperature) => -new LogitRow(logits, temperature).logOdds,
  emit: (_, { lambda }) => lambda,
  fitTemperature,
} as const satisfies Detector;

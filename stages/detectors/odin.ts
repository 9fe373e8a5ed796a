import { logS } from '../scores.js';
import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/** ODIN (Liang, Li, Srikant 2018): −S at a perturbed image and a temperature, ranked by λ as MSP is. */
export const odin = {
  name: 'ODIN',
  title: 'ODIN',
  citation: 'Liang, Li and Srikant, ICLR 2018',
  isUsual: true,
  ablationTable: null,
  ablations: ['full'],
  shown: { key: 'odin', heading: 'ODIN', value: ({ logOdds }) => -Math.exp(logS(logOdds)) },
  needsGradient: false,
  cells: ablationCells,
  emit: (_, { lambda }) => lambda,
  value: ({ logOdds }) => -logOdds,
} as const satisfies Detector;

import { logS } from '../scores.js';
import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/**
 * GRODIN's scalar part alone: S (section 2), which as a detector of its own is exactly ODIN, with the ablations that G and SG
 * have: a row beside theirs tells what the gradient adds. Ranked by λ as MSP is.
 */
export const s = {
  name: 'S',
  title: 'S-part',
  citation: 'GRODIN, section 2: S alone',
  isUsual: false,
  ablationTable: 'ablations-s',
  ablations: ['vanilla', 'only-epsilon', 'only-temperature', 'full'],
  shown: { key: 's', heading: 'S', value: ({ logOdds }) => -Math.exp(logS(logOdds)) },
  needsGradient: false,
  cells: ablationCells,
  emit: (_, { lambda }) => lambda,
  value: ({ logOdds }) => -logOdds,
} as const satisfies Detector;

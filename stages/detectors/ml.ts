import { negate } from '../graph/arithmetic.js';
import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/** Maximum logit (Hendrycks et al. 2020), negated, at ε = 0; the temperature doesn't enter. */
export const ml = {
  name: 'ML',
  title: 'ML',
  citation: 'Hendrycks et al., ICML 2022',
  isUsual: true,
  ablationTable: null,
  ablations: ['vanilla'],
  shown: { key: 'ml', heading: 'ML', value: ({ maxLogit }) => -maxLogit },
  needsGradient: false,
  cells: ablationCells,
  emit: (b, { maxLogit }) => negate(b, maxLogit),
  value: ({ maxLogit }) => -maxLogit,
} as const satisfies Detector;

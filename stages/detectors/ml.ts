import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/** Maximum logit (Hendrycks et al. 2020), negated, at ε = 0; the temperature doesn't enter. */
export const ml: Detector = {
  name: 'ML',
  title: 'ML',
  citation: 'Hendrycks et al., ICML 2022',
  isUsual: true,
  ablationTable: null,
  ablations: ['vanilla'],
  needsGradient: false,
  cells: ablationCells,
  value: ({ maxLogit }) => -maxLogit,
};

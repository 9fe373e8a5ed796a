import { logG, type Score } from '../scores.js';
import type { Detector } from './detector.js';
import { requireGradient } from './emitted-score.js';
import { ablationCells } from './search.js';

/** GRODIN's gradient part: log ‖G‖² (section 2). */
export const g = {
  name: 'G',
  title: 'G-part',
  citation: 'GRODIN, section 2: log ‖G‖²',
  isUsual: true,
  ablationTable: 'table-6',
  ablations: ['vanilla', 'only-epsilon', 'only-temperature', 'full'],
  shown: { key: 'logG', heading: 'log G', value: valueOfG },
  needsGradient: true,
  cells: ablationCells,
  emit: (_, { gradient }) => requireGradient(gradient).logG,
  value: valueOfG,
} as const satisfies Detector;

function valueOfG({ logSG, logOdds }: Score): number {
  return logSG === null ? NaN : logG(logSG, logOdds);
}

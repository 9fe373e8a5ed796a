import { logG } from '../scores.js';
import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/** GRODIN's gradient part: log ‖G‖² (section 2). */
export const g: Detector = {
  name: 'G',
  title: 'G-part',
  citation: 'GRODIN, section 2: log ‖G‖²',
  isUsual: true,
  ablationTable: 'table-6',
  ablations: ['vanilla', 'only-epsilon', 'only-temperature', 'full'],
  needsGradient: true,
  cells: ablationCells,
  value: ({ logSG, logOdds }) => (logSG === null ? NaN : logG(logSG, logOdds)),
};

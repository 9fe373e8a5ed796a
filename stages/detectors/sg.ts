import type { Detector } from './detector.js';
import { requireGradient } from './emitted-score.js';
import { ablationCells } from './search.js';

/** GRODIN with both parts: log ‖S · G‖², the whole gradient's norm (section 2). */
export const sg = {
  name: 'SG',
  title: 'SG-part',
  citation: 'GRODIN, section 2: log ‖S · G‖²',
  isUsual: true,
  ablationTable: 'table-7',
  ablations: ['vanilla', 'only-epsilon', 'only-temperature', 'full'],
  shown: { key: 'logSG', heading: 'log SG', value: ({ logSG }) => logSG ?? NaN },
  needsGradient: true,
  cells: ablationCells,
  emit: (_, { gradient }) => requireGradient(gradient).logSG,
  value: ({ logSG }) => logSG ?? NaN,
} as const satisfies Detector;

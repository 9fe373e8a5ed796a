import type { Detector } from '../detectors/detector.js';
import { ablationCells } from '../detectors/search.js';
import { ensembleMeasures } from './measures.js';

/** The measures as detectors, so that what ranks images by those ranks them by these: at ε = 0 and T = 1, by their names. */
export const ensembleDetectors: readonly Detector[] = ensembleMeasures.map(({ name, title }) => ({
  name,
  title,
  citation: 'Malinin and Gales, ICLR 2021',
  isUsual: false,
  ablationTable: null,
  ablations: ['vanilla'],
  shown: null,
  needsGradient: false,
  cells: ablationCells,
  value: ({ ofLogits }) => ofLogits ?? Number.NaN,
}));

/** @throws RangeError where there is no such measure */
export function ensembleDetectorNamed(name: string): Detector {
  const found = ensembleDetectors.find((detector) => detector.name === name);
  if (found === undefined) throw new RangeError(`there is no measure of ensembles "${name}"`);
  return found;
}

import type { Detector } from '../detectors/detector.js';
import { readsLogits } from '../detectors/logit-detector.js';
import { ensembleMeasures } from './measures.js';

/** The measures as detectors, so that what ranks images by those ranks them by these: at ε = 0 and T = 1, by their names. */
export const ensembleDetectors: readonly Detector[] = ensembleMeasures.map(({ name, title }) => ({
  ...{ name, title, citation: 'Malinin and Gales, ICLR 2021' },
  ...readsLogits,
  emit: null,
}));

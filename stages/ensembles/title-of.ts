import { detectors } from '../detectors/index.js';
import { ensembleDetectors } from './detectors.js';

/** A detector's, or a measure's, title in tables. */
export function titleOf(name: string): string {
  return [...detectors, ...ensembleDetectors].find((one) => one.name === name)?.title ?? name;
}

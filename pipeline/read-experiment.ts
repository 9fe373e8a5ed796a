import { detectors } from '../stages/detectors/index.js';
import type { Experiment } from './experiment/experiment.js';
import { readExperiment as parseExperiment } from './experiment/parse.js';

/**
 * Reads an experiment file for `run`.
 * @throws InputError naming the file, the key, the value found and the remedy
 */
export function readExperiment(file: string): Promise<Experiment> {
  return parseExperiment(
    file,
    detectors.map(({ name }) => name),
  );
}

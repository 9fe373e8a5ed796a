import { detectors } from '../stages/detectors/index.js';
import type { Experiment, ExperimentInput } from './experiment/experiment.js';
import { parseContent, readExperimentFile } from './experiment/parse.js';

const names = detectors.map(({ name }) => name);

/**
 * Reads an experiment file for `run`.
 * @throws InputError naming the file, the key, the value found and the remedy
 */
export function readExperiment(file: string): Promise<Experiment> {
  return readExperimentFile(file, names);
}

/**
 * Makes an experiment for `run` of an object that says what an experiment file does: fills in every default, makes paths
 * absolute and sorts the grid. Manifests and models are only looked for, not read.
 * @param content its `name`, where it has none, is `experiment`
 * @param folder what its paths are relative to
 * @throws InputError naming the key, the value found and the remedy
 */
export function parseExperiment(content: ExperimentInput, folder: string): Promise<Experiment> {
  return parseContent(content, { file: 'experiment', folder }, names);
}

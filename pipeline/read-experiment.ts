import { requirePath } from './arguments.js';
import { detectorNames } from './experiment/check-experiment.js';
import type { Experiment, ExperimentInput } from './experiment/experiment.js';
import { parseContent, readExperimentFile } from './experiment/parse.js';

/**
 * Reads an experiment file for `run`.
 * @throws InputError naming the file, the key, the value found and the remedy
 */
export async function readExperiment(file: string): Promise<Experiment> {
  requirePath('readExperiment', 'file', file, 'the path of an experiment file');
  return readExperimentFile(file, detectorNames);
}

/**
 * Makes an experiment for `run` of an object that says what an experiment file does: fills in every default, makes paths
 * absolute and sorts the grid. Manifests and models are only looked for, not read.
 * @param content its `name`, where it has none, is `experiment`
 * @param folder what its paths are relative to
 * @throws InputError naming the key, the value found and the remedy
 */
export async function parseExperiment(content: ExperimentInput, folder: string): Promise<Experiment> {
  requirePath('parseExperiment', 'folder', folder, 'the path of the folder that its paths are relative to');
  const folderIs = 'the folder that parseExperiment was given';
  return parseContent(content, { file: 'experiment', folder, folderIs }, detectorNames);
}

import type { Finished } from '../cli/built.js';
import { grodinHere } from '../cli/here.js';

/** Runs `experiment.json` to its end, or to an error, within this process. */
export function runExperiment(folder: string, out: string, ...more: string[]): Promise<Finished> {
  return runFile(folder, 'experiment.json', out, ...more);
}

/** Runs another experiment file of the folder. */
export function runFile(folder: string, file: string, out: string, ...more: string[]): Promise<Finished> {
  return grodinHere(['run', file, '--out', out, ...more], folder);
}

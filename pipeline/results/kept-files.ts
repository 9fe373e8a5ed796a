import { relative, sep } from 'node:path';
import { realPlace } from '../../manifests/output/output-file.js';
import { InputError } from '../../stages/errors.js';
import { type RunDirectory, runDirectory, writtenFolders } from '../../workers/store/run-directory.js';
import { setsOf } from '../experiment/sets.js';
import { readLatestRevision } from '../store/revisions.js';

/**
 * Checks that a file that a user names is none of those that runs are made of, nor of those that they read.
 * @throws InputError naming the file
 */
export async function requireNoFileOfRuns(file: string, runs: readonly RunDirectory[]): Promise<void> {
  const place = await realPlace(file);
  for (const { path } of runs) {
    const run = runDirectory(await realPlace(path));
    const { selection, metrics, metricsJson, fullSpectrum, fullSpectrumJson, accuracy, errors, finished } =
      run;
    const files = [
      selection,
      metrics,
      metricsJson,
      fullSpectrum,
      fullSpectrumJson,
      accuracy,
      errors,
      finished,
    ];
    const folders = [...writtenFolders(run), run.retried, run.journals].filter((one) => one !== run.path);
    if (files.includes(place) || folders.some((folder) => isWithin(place, folder)))
      throw new InputError(
        `${file}: is among the files that the run in ${path} is made of; choose another place, or another name`,
      );
    const experiment = await readLatestRevision(run).then(
      (revision) => revision.experiment,
      () => null,
    );
    if (experiment === null) continue;
    const read = [
      ...experiment.models.map((model) => model.file),
      ...setsOf(experiment).map((set) => set.manifest),
    ];
    if ((await Promise.all(read.map(realPlace))).includes(place))
      throw new InputError(`${file}: is read by the run in ${path}; choose another name`);
  }
}

function isWithin(place: string, folder: string): boolean {
  return !relative(folder, place).split(sep).includes('..');
}

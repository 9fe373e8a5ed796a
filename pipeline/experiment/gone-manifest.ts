import { isThere } from '../../manifests/output/file-system.js';
import { call } from '../../stages/setting.js';
import { setsOf } from './sets.js';

/** What is said of the first manifest of a run that is not where the run had it; null where all are. */
export async function goneManifest(experiment: Parameters<typeof setsOf>[0]): Promise<string | null> {
  for (const { name, manifest } of setsOf(experiment))
    if (!(await isThere(manifest)))
      return (
        `${manifest}: the manifest of set "${name}" is not there any more; restore it, or where it lies elsewhere now, run the ` +
        `experiment from there once: ${call('run')}, which keeps all scores`
      );
  return null;
}

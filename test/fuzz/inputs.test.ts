import test from 'ava';
import { fuzzExperiments, fuzzPreprocess } from '../../scripts/fuzz/experiments.js';
import { fuzzCsv, fuzzLists } from '../../scripts/fuzz/manifests.js';
import { fuzzTrees } from '../../scripts/fuzz/trees.js';
import { temporaryFolder } from '../temporary-folder.js';

for (const [what, fuzz] of [
  ['manifests', fuzzCsv],
  ['image lists', fuzzLists],
  ['folder trees', fuzzTrees],
  ['experiments', fuzzExperiments],
  ['preprocessing files', fuzzPreprocess],
] as const) {
  test(`${what} that are nearly right are read, or refused in one line`, async (t) => {
    const { taken, refused } = await fuzz({ cases: 400, seed: 2, folder: await temporaryFolder(t) });
    // Of both kinds, or nothing is tried.
    t.true(taken > 40 && refused > 40, `${taken} taken, ${refused} refused`);
  });
}

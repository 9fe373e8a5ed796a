import test from 'ava';
import { deviationsOf } from '../../scripts/large-run/expected-results.js';
import { folderSizes } from '../../scripts/large-run/folder-sizes.js';
import { largeExperiments } from '../../scripts/large-run/large-experiment.js';
import { type Measured, outOf, steps } from '../../scripts/large-run/steps.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { temporaryFolder } from '../temporary-folder.js';

test('a run whose scores are made up is reduced to what they were made up of', async (t) => {
  t.timeout(120_000);
  const large = await largeExperiments(await temporaryFolder(t), { models: 2, sets: 2, rows: 400 });
  const measured: Measured[] = [];
  for (const name of ['plan', 'wave1', 'choose', 'wave2', 'reduce'])
    await steps[name]?.(large, (one) => measured.push(one));
  const directory = runDirectory(outOf(large));
  const written = measured
    .filter(({ taken }) => taken === null)
    .map(({ note }) => Number.parseInt(note ?? '', 10));
  t.is(
    (await folderSizes(directory.shards)).files,
    written.reduce((sum, count) => sum + count, 0),
  );
  // MSP, and G with its three ablations, of two models on two sets.
  const { compared, typical } = await deviationsOf(directory);
  t.is(compared, 20);
  t.true(typical > 0.3 && typical < 2, String(typical));
});

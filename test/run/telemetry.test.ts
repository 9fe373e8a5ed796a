import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { grodin } from '../cli/built.js';
import { temporaryFolder } from '../temporary-folder.js';
import { smallExperiment } from './small-experiment.js';

test('nothing that a run opens keeps an identity of this machine, or anything to report, for the makers of a library', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  const home = await temporaryFolder(t);
  const { code, err } = await grodin(['run', 'experiment.json', '--out', 'out'], folder, {
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    // Libraries that report are silent on machines of these names, and where the tests forbid it.
    CI: undefined,
    GITHUB_ACTIONS: undefined,
    TF_BUILD: undefined,
    ORT_DISABLE_TELEMETRY: undefined,
  });
  t.is(code, 0, err);
  t.deepEqual(await readdir(home, { recursive: true }), []);
});

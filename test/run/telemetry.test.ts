import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { grodin } from '../cli/built.js';
import { temporaryFolder } from '../temporary-folder.js';
import { smallExperiment } from './small-experiment.js';

test('nothing that a run opens keeps an identity of this machine, or anything to report, for the makers of a library', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  const home = await temporaryFolder(t);
  const { code, err } = await grodin(['run', 'experiment.json', '--out', 'out'], folder, reportingFrom(home));
  t.is(code, 0, err);
  t.deepEqual(await readdir(home, { recursive: true }), []);
});

test('nor does what the library scores', async (t) => {
  const folder = await smallExperiment(t, { images: 2 });
  const home = await temporaryFolder(t);
  const program = `
    import { readExperiment, score } from 'grodin';
    const { models: [net] } = await readExperiment(process.argv[1]);
    for await (const { error } of score(net.file, [process.argv[2]], { preprocess: net.preprocess })) process.exitCode = error ? 1 : 0;
  `;
  const args = [
    '--input-type=module',
    '--eval',
    program,
    join(folder, 'experiment.json'),
    join(folder, 'clean/0.png'),
  ];
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const env = { ...process.env, ...reportingFrom(home) };
  await t.notThrowsAsync(promisify(execFile)(process.execPath, args, { cwd, env }));
  t.deepEqual(await readdir(home, { recursive: true }), []);
});

/** The environment of somebody at home there: libraries that report are silent elsewhere, and where the tests forbid it. */
function reportingFrom(home: string): NodeJS.ProcessEnv {
  const silent = {
    CI: undefined,
    GITHUB_ACTIONS: undefined,
    TF_BUILD: undefined,
    ORT_DISABLE_TELEMETRY: undefined,
  };
  return { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), ...silent };
}

import { execFile } from 'node:child_process';
import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sharedExperiment } from '../run/small-experiment.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

let folder: string;

test.before(async () => {
  folder = await realpath(await sharedExperiment());
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Runs a script as npm does where it is typed in `typedFrom`. */
function asNpm(script: string, cwd: string, typedFrom: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, INIT_CWD: typedFrom, npm_package_json: join(checkout, 'package.json') };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(scripts, script), ...args], { cwd, env }, (_, out, err) =>
      resolve(out + err),
    );
  });
}

test('paths that are given to npm run are meant from where it was typed', async (t) => {
  const printed = await asNpm(
    'launch-slurm.js',
    checkout,
    folder,
    ...['experiment.json', '--out', 'run', '--tasks', '2', '--dry-run'],
  );
  t.true(printed.includes(`out=${join(folder, 'run')}`), printed);
  for (const script of ['resume.js', 'cancel.js'])
    t.true((await asNpm(script, checkout, folder, 'no run')).includes(join(folder, 'no run')), script);
});

test('where a script of another package starts one, paths are meant from where that works', async (t) => {
  t.true((await asNpm('resume.js', folder, checkout, 'no run')).includes(join(folder, 'no run')));
});

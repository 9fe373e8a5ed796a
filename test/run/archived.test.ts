import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { listenToSteps } from '../../manifests/output/step.js';
import { grodinHere } from '../cli/here.js';
import { copyRun, revisionsOf } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 8 });
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial(
  'of a finished run that can only be read there is nothing to do, wherever its files lie now',
  async (t) => {
    const elsewhere = `${folder}-elsewhere`;
    await cp(folder, elsewhere, { recursive: true });
    t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
    const writes: string[] = [];
    listenToSteps((name) => {
      if (!/^(?:link|rename) /.test(name)) return;
      writes.push(name);
      throw Object.assign(new Error(name), { code: 'EROFS' });
    });
    t.teardown(() => listenToSteps(undefined));
    const { code, err } = await runExperiment(
      elsewhere,
      join(folder, 'base'),
      '--no-report',
      '--trust-images',
    );
    listenToSteps(undefined);
    t.is(code, 0, err);
    t.regex(err, /the run is finished, nothing to do/);
    t.deepEqual(writes, ['link 0002.json']);
    t.is((await revisionsOf(join(folder, 'base'))).length, 1);
  },
);

test.serial('a run whose manifests lie elsewhere says how it finds them again', async (t) => {
  const run = await copyRun(folder, 'base', 'moved');
  await rename(join(folder, 'clean.csv'), join(folder, 'clean.away'));
  t.teardown(() => rename(join(folder, 'clean.away'), join(folder, 'clean.csv')));
  for (const [command, ...more] of [['reduce'], ['export', '--out', 'scores.csv']] as const) {
    const { code, err } = await grodinHere([command, run, ...more], folder);
    t.is(code, 2);
    t.regex(
      err,
      /clean\.csv: the manifest of set "clean" is not there any more; restore it, or .* run the experiment from there once: .*\n$/,
    );
  }
});

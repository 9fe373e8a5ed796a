import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { comparable, differences, shardsFinished, start } from './command.js';
import { runExperiment } from './here.js';
import { smallExperiment } from './small-experiment.js';

test('images whose file system went away fail the run, never themselves', async (t) => {
  const folder = await smallExperiment(t, { images: 30, temperature: [1, 10, 100], shardSeconds: 0.001 });
  t.is((await runExperiment(folder, 'whole')).code, 0);
  const running = start(['run', 'experiment.json', '--out', 'run', '--workers', '1'], folder);
  await shardsFinished(join(folder, 'run'), 5);
  await rename(join(folder, 'clean'), join(folder, 'unmounted'));
  await rename(join(folder, 'noisy'), join(folder, 'unmounted too'));
  await rename(join(folder, 'dark'), join(folder, 'unmounted as well'));
  const { code, err } = await running.finished;
  t.is(code, 1, err);
  t.regex(err, /ENOENT|no such/);
  t.notRegex(err, /maxBadFraction/);
  await rename(join(folder, 'unmounted'), join(folder, 'clean'));
  await rename(join(folder, 'unmounted too'), join(folder, 'noisy'));
  await rename(join(folder, 'unmounted as well'), join(folder, 'dark'));
  const again = await runExperiment(folder, 'run', '--json');
  t.is(again.code, 0, again.err);
  t.is(JSON.parse(again.out).failedImages, 0);
  t.deepEqual(
    differences(await comparable(join(folder, 'run')), await comparable(join(folder, 'whole'))),
    [],
  );
});

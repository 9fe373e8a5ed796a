import { copyFile, cp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { decodeShard, encodeShard } from '../../pipeline/store/shard-file.js';
import { comparable, copyRun, differences, runExperiment, shardNames, start } from './command.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;
let expected: Map<string, string>;

test.before(async (t) => {
  folder = await sharedExperiment();
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
  expected = await comparable(join(folder, 'base'));
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('equal bytes with another time are read once more, and nothing is scored anew', async (t) => {
  const run = await copyRun(folder, 'base', 'touched');
  const image = join(folder, 'noisy', '3.png');
  await utimes(image, new Date(), new Date());
  const { code, err } = await runExperiment(folder, run);
  t.is(code, 0);
  t.regex(err, /nothing to do/);
  t.notRegex(err, /other content/);
});

test.serial('a dataset that was copied elsewhere keeps its scores', async (t) => {
  const elsewhere = join(folder, 'elsewhere');
  for (const name of [
    'clean',
    'noisy',
    'dark',
    'clean.csv',
    'noisy.csv',
    'dark.csv',
    'net.onnx',
    'experiment.json',
  ])
    await cp(join(folder, name), join(elsewhere, name), { recursive: true });
  const run = await copyRun(folder, 'base', 'copied');
  const { code, err } = await runExperiment(elsewhere, run);
  t.is(code, 0, err);
  t.regex(err, /nothing to do/);
});

test.serial('an image that has other content is scored anew, and said', async (t) => {
  const run = await copyRun(folder, 'base', 'changed');
  const image = join(folder, 'noisy', '3.png');
  const before = await readFile(image);
  const { mtime } = await stat(image);
  await copyFile(join(folder, 'dark', '5.png'), image);
  const { code, err } = await runExperiment(folder, run);
  t.is(code, 0, err);
  t.regex(
    err,
    /set "noisy": 1 image has other content than was scored \(the first: .*noisy\/3\.png\); \d+ shards? (is|are) done again\n/,
  );
  const fresh = join(folder, 'fresh');
  t.is((await runExperiment(folder, fresh)).code, 0);
  t.deepEqual(differences(await comparable(run), await comparable(fresh)), []);
  t.true(differences(await comparable(run), expected).length > 0);

  await writeFile(image, before);
  await utimes(image, mtime, mtime);
  t.is((await runExperiment(folder, run)).code, 0);
  t.deepEqual(differences(await comparable(run), expected), [], 'with the old image come the old bytes');
});

test.serial('--trust-images takes images to be what they were', async (t) => {
  const run = await copyRun(folder, 'base', 'trusted');
  const image = join(folder, 'noisy', '3.png');
  const before = await readFile(image);
  await copyFile(join(folder, 'dark', '5.png'), image);
  const { code, err } = await runExperiment(folder, run, '--trust-images');
  await writeFile(image, before);
  t.is(code, 0, err);
  t.regex(err, /nothing to do/);
});

test.serial(
  'reduce refuses one image that was scored with two contents, and run scores it anew',
  async (t) => {
    const run = await copyRun(folder, 'base', 'two contents');
    await rm(join(run, 'finished.json'));
    // The first shard says that it read other bytes.
    for (const name of (await shardNames(run)).slice(0, 1)) {
      const file = join(run, 'shards', name);
      const { scores, origin } = decodeShard(await readFile(file), name.replace('.arrow', ''));
      const digests = scores.digests.map(() => 'ab'.repeat(32));
      await writeFile(file, encodeShard({ ...scores, digests }, origin));
    }
    const reduced = await start(['reduce', run], folder).finished;
    t.is(reduced.code, 1);
    t.regex(
      reduced.err,
      /scored with different contents by different shards of .*; run the experiment again/,
    );
    const { code, err } = await runExperiment(folder, run);
    t.is(code, 0, err);
    t.regex(err, /changed while it was scored; 1 shard is done again/);
    t.deepEqual(differences(await comparable(run), expected), []);
  },
);

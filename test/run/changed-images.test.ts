import { copyFile, cp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { decodeShard, encodeShard } from '../../workers/store/shard-file.js';
import { grodinHere } from '../cli/here.js';
import { comparable, copyRun, differences, shardNames, start } from './command.js';
import { runExperiment, runFile } from './here.js';
import { sharedExperiment, smallExperiment, writeExperiment } from './small-experiment.js';

const images = 12;

let folder: string;
let expected: Map<string, string>;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
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
  const said =
    /set "noisy": 1 image has changed since scoring \(the first: .*noisy\/3\.png\); \d+ shards? (is|are) scored again\n/;
  const forecast = await runExperiment(folder, run, '--dry-run');
  t.regex(forecast.err, said);
  t.notRegex(forecast.out, /There are 0 passes|At most 0 passes/);
  t.deepEqual(differences(await comparable(run), expected), []);
  const { code, err } = await runExperiment(folder, run);
  t.is(code, 0, err);
  t.is(said.exec(err)?.[0], said.exec(forecast.err)?.[0]);
  const fresh = join(folder, 'fresh');
  t.is((await runExperiment(folder, fresh)).code, 0);
  t.deepEqual(differences(await comparable(run), await comparable(fresh)), []);
  t.true(differences(await comparable(run), expected).length > 0);
  await writeFile(image, before);
  await utimes(image, mtime, mtime);
});

test.serial(
  'images that were changed and put back with their old times are noticed both times',
  async (t) => {
    const run = await copyRun(folder, 'base', 'put back');
    const kept = join(folder, 'kept');
    await cp(join(folder, 'noisy'), kept, { recursive: true, preserveTimestamps: true });
    for (const name of ['3.png', '4.png', '5.png'])
      await copyFile(join(folder, 'dark', name), join(folder, 'noisy', name));
    t.regex((await runExperiment(folder, run)).err, /3 images have changed since scoring/);
    await cp(kept, join(folder, 'noisy'), { recursive: true, preserveTimestamps: true });
    const { code, err } = await runExperiment(folder, run);
    t.is(code, 0, err);
    t.regex(err, /3 images have changed since scoring/);
    t.deepEqual(differences(await comparable(run), expected), []);
    t.regex((await runExperiment(folder, run)).err, /nothing to do/);
  },
);

test.serial(
  'an image that can not be read when it may have changed fails the run, and is asked about again',
  async (t) => {
    const run = await copyRun(folder, 'base', 'unreadable');
    const image = join(folder, 'noisy', '3.png');
    const before = await readFile(image);
    const { mtime } = await stat(image);
    await rm(image);
    // Whoever reads it is told of too many links, whatever the user may.
    await symlink('3.png', image);
    t.is((await runExperiment(folder, run)).code === 0, false);
    await rm(image);
    await copyFile(join(folder, 'dark', '5.png'), image);
    t.regex((await runExperiment(folder, run)).err, /1 image has changed since scoring/);
    await rm(image);
    await writeFile(image, before);
    await utimes(image, mtime, mtime);
  },
);

test.serial('processes whose copies of the images differ never mix their scores', async (t) => {
  const other = join(folder, 'other copies');
  for (const name of ['clean', 'noisy', 'dark', 'clean.csv', 'noisy.csv', 'dark.csv', 'net.onnx'])
    await cp(join(folder, name), join(other, name), { recursive: true });
  for (let image = 0; image < images; image += 1)
    await copyFile(join(folder, 'dark', `${image}.png`), join(other, 'noisy', `${image}.png`));
  const change = { images, temperature: [1], epsilon: [0], detectors: ['MSP'], shardSeconds: 0.0001 };
  for (const place of [folder, other]) await writeExperiment(place, change, 'one-cell.json');
  const results = async (out: string) => (await comparable(join(folder, out))).get('metrics.arrow');
  const begin = (place: string, out: string) =>
    start(['run', 'one-cell.json', '--out', join(folder, out), '--workers', '1'], place);
  t.is((await runFile(folder, 'one-cell.json', join(folder, 'only one'))).code, 0);
  t.is((await runFile(other, 'one-cell.json', join(folder, 'only the other'))).code, 0);
  const [one, another] = [await results('only one'), await results('only the other')];
  t.not(one, another);
  for (const delay of [0, 500]) {
    const out = `both after ${delay}`;
    const first = begin(folder, out);
    await pause(delay);
    const ends = await Promise.all([first.finished, begin(other, out).finished]);
    for (const [index, { code, err }] of ends.entries()) {
      if (code === 0) t.is(await results(out), [one, another][index], err);
      else
        t.regex(
          err,
          /grodin: .*\.png: (another process of this run has scored|it has changed since it was scored)/,
        );
    }
    for (const [index, place] of [folder, other].entries()) {
      const { code, err } = await runFile(place, 'one-cell.json', join(folder, out));
      t.is(code, 0, err);
      t.is(await results(out), [one, another][index]);
    }
  }
});

test.serial('reduce refuses one image that two sets list and that had two contents', async (t) => {
  const own = await smallExperiment(t, { images });
  const rows = Array.from(
    { length: images },
    (_, image) => `noisy/${image}.png,${image % 10},again ${image}`,
  );
  await writeFile(join(own, 'again.csv'), `path,label,id\n${rows.join('\n')}\n`);
  t.is((await runExperiment(own, 'run')).code, 0);
  await copyFile(join(own, 'dark', '5.png'), join(own, 'noisy', '3.png'));
  await writeExperiment(own, { images, outliers: ['noisy', 'dark', 'again'] });
  const mixed = await runExperiment(own, 'run', '--trust-images');
  t.is(mixed.code, 1);
  t.regex(mixed.err, /noisy\/3\.png: .* scored with different contents/);
  t.is((await runExperiment(own, 'run')).code, 0);
  t.is((await runExperiment(own, 'fresh')).code, 0);
  const [a, b] = [await comparable(join(own, 'run')), await comparable(join(own, 'fresh'))];
  t.is(a.get('metrics.arrow'), b.get('metrics.arrow'));
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
    // One shard of the first set says that it read other bytes.
    let told = false;
    for (const name of await shardNames(run)) {
      const file = join(run, 'shards', name);
      const { scores, origin } = decodeShard(await readFile(file), name.replace('.arrow', ''));
      if (told || !scores.ids.every((id) => id.startsWith('clean/'))) continue;
      told = true;
      const digests = scores.digests.map(() => 'ab'.repeat(32));
      await writeFile(file, encodeShard({ ...scores, digests }, origin));
    }
    const reduced = await grodinHere(['reduce', run], folder);
    t.is(reduced.code, 1);
    t.regex(reduced.err, /scored with different contents by different shards of .* run the experiment again/);
    const { code, err } = await runExperiment(folder, run);
    t.is(code, 0, err);
    t.regex(err, /changed while it was scored; 1 shard is scored again/);
    t.deepEqual(differences(await comparable(run), expected), []);
  },
);

test.serial('images of a set that takes the name of another are looked at', async (t) => {
  const run = await copyRun(folder, 'base', 'named as another');
  const image = join(folder, 'noisy', '3.png');
  const before = await readFile(image);
  const { mtime } = await stat(image);
  await copyFile(join(folder, 'dark', '5.png'), image);
  const outlierSets = [{ name: 'dark', manifest: 'noisy.csv', validation: images / 2 }];
  await writeExperiment(folder, { images, outlierSets }, 'another-name.json');
  const { code, err } = await runFile(folder, 'another-name.json', run, '--rescore');
  t.is(code, 0, err);
  t.regex(err, /set "dark": 1 image has changed since scoring/);
  t.is((await runFile(folder, 'another-name.json', 'of another name')).code, 0);
  const [a, b] = [await comparable(run), await comparable(join(folder, 'of another name'))];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is(a.get(name), b.get(name), name);
  await writeFile(image, before);
  await utimes(image, mtime, mtime);
});

test.serial('sets that take each other’s names keep their scores', async (t) => {
  const run = await copyRun(folder, 'base', 'swapped');
  const set = (name: string, manifest: string) => ({ name, manifest, validation: images / 2 });
  const outlierSets = [set('dark', 'noisy.csv'), set('noisy', 'dark.csv')];
  await writeExperiment(folder, { images, outlierSets }, 'swapped.json');
  const { code, err } = await runFile(folder, 'swapped.json', run);
  t.is(code, 0, err);
  t.notRegex(err, /wave \d \((?:validation|test) images\)/);
  t.is((await runFile(folder, 'swapped.json', 'swapped from the beginning')).code, 0);
  const [a, b] = [await comparable(run), await comparable(join(folder, 'swapped from the beginning'))];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is(a.get(name), b.get(name), name);
});

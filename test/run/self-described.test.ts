import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { decodeShard, encodeShard } from '../../workers/store/shard-file.js';
import { comparable, copyRun, shardNames } from './command.js';
import { runExperiment, runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment();
  // An id of its own, and a path that several rows of the file have.
  const manifest = await readFile(join(folder, 'dark.csv'), 'utf8');
  const lines = manifest.trim().split('\n').slice(1);
  const named = lines.map((line, row) => `photograph ${row},./${line}`);
  await writeFile(join(folder, 'dark.csv'), ['id,path,label', ...named, ''].join('\n'));
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial(
  'a shard tells its model, and of each row id, path and label, without anything else at hand',
  async (t) => {
    const sha256 = createHash('sha256')
      .update(await readFile(join(folder, 'net.onnx')))
      .digest('hex');
    const images = new Set<string>();
    for (const name of await shardNames(join(folder, 'base'))) {
      const table = tableFromIPC(await readFile(join(folder, 'base', 'shards', name)));
      t.is(table.schema.metadata.get('model_sha256'), sha256);
      for (const row of table) {
        const { image, path, label } = row.toJSON();
        const [, set = '', number = ''] = /^(\w+)\/(\d+)\.png$/.exec(path) ?? [];
        t.is(image, set === 'dark' ? `photograph ${number}` : path);
        t.is(label, Number(number) % 10);
        images.add(path);
      }
    }
    t.is(images.size, 90);
  },
);

test.serial('a shard has the same bytes whatever an experiment calls its model and set', async (t) => {
  const model = {
    name: 'another',
    file: 'net.onnx',
    preprocess: { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  };
  const outlierSets = ['dark', 'noisy'].map((name) => ({
    name: `the-${name}-ones`,
    manifest: `${name}.csv`,
    validation: 15,
  }));
  await writeExperiment(folder, { models: [model], outlierSets }, 'renamed.json');
  const { code, err } = await runFile(folder, 'renamed.json', 'renamed');
  t.is(code, 0, err);
  const shardsOf = async (out: string) =>
    [...(await comparable(join(folder, out)))].filter(([name]) => name.startsWith('shards/'));
  const base = new Map(await shardsOf('base'));
  const shared = (await shardsOf('renamed')).filter(([name]) => base.has(name));
  t.true(shared.length > 20, `${shared.length}`);
  for (const [name, hash] of shared) t.is(base.get(name), hash, name);
});

test.serial('results tell the experiment, its in-domain set and the split that they are of', async (t) => {
  const told: Record<string, unknown> = {};
  for (const name of ['selection', 'metrics', 'accuracy', 'errors', 'analyses/thresholds']) {
    const { metadata } = tableFromIPC(await readFile(join(folder, 'base', `${name}.arrow`))).schema;
    told[name] = ['experiment', 'in_domain', 'split'].map((key) => metadata.get(key));
  }
  t.deepEqual(told, {
    selection: ['small', 'clean', 'validation'],
    metrics: ['small', 'clean', 'test'],
    accuracy: ['small', 'clean', 'test'],
    errors: ['small', 'clean', undefined],
    'analyses/thresholds': ['small', 'clean', undefined],
  });
});

test.serial(
  'shards from before they told this are read as they are, beside those that do, with equal results',
  async (t) => {
    const mixed = await copyRun(folder, 'base', 'mixed');
    const names = await shardNames(mixed);
    const [lost = '', ...others] = names;
    await rm(join(mixed, 'shards', lost));
    for (const name of others) {
      const file = join(mixed, 'shards', name);
      const { scores, origin } = decodeShard(await readFile(file), name.slice(0, -'.arrow'.length));
      const { paths: _, ...older } = scores;
      const { modelSha256: __, ...of } = origin;
      await writeFile(file, encodeShard(older, of));
    }
    const before = await comparable(mixed);
    t.is((await runExperiment(folder, 'mixed')).code, 0);
    const [after, base] = [await comparable(mixed), await comparable(join(folder, 'base'))];
    t.is(after.get(`shards/${lost}`), base.get(`shards/${lost}`));
    for (const name of others) t.is(after.get(`shards/${name}`), before.get(`shards/${name}`));
    for (const [name, hash] of base) if (!name.startsWith('shards')) t.is(after.get(name), hash, name);
  },
);

test.serial('sets whose manifests say the same of different images are refused', async (t) => {
  const images = ['clean', 'noisy', 'dark'];
  for (const [nth, set] of images.entries()) {
    await mkdir(join(folder, 'cells', set), { recursive: true });
    const lines = ['path,label'];
    for (let image = 0; image < 6; image += 1) {
      await copyFile(
        join(folder, set, `${image}.png`),
        join(folder, 'cells', set, `${nth === 0 ? 'c' : ''}${image}.png`),
      );
      lines.push(`${nth === 0 ? 'c' : ''}${image}.png,0`);
    }
    await writeFile(join(folder, 'cells', set, 'set.csv'), `${lines.join('\n')}\n`);
  }
  const cell = (name: string) => ({ name, manifest: `cells/${name}/set.csv`, validation: 3 });
  const sets = { inDomain: cell('clean'), outlierSets: [cell('noisy'), cell('dark')] };
  await writeExperiment(folder, sets, 'cells.json');
  for (const more of [['--dry-run'], []]) {
    const { code, err } = await runFile(folder, 'cells.json', 'cells-run', ...more);
    t.is(code, 2);
    t.regex(
      err,
      /sets "noisy" and "dark": \S+noisy\/set\.csv and \S+dark\/set\.csv list the same paths, ids and labels below/,
    );
  }
  // The same images under two names are another thing: they share their scores.
  const twice = {
    inDomain: cell('clean'),
    outlierSets: [cell('noisy'), { ...cell('noisy'), name: 'again' }],
  };
  await writeExperiment(folder, twice, 'twice.json');
  const { code, err } = await runFile(folder, 'twice.json', 'twice');
  t.is(code, 0, err);
});

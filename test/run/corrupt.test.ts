import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { score } from '../../pipeline/index.js';
import { writeTextures } from '../images/corruptions/write-textures.js';
import { comparable } from './command.js';
import { runExperiment, runFile } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

const preprocess = {
  resize: 24,
  interpolation: 'bilinear',
  crop: null,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
} as const;
const models = [{ name: 'net', file: 'net.onnx', preprocess }];
const inDomain = { name: 'noisy', manifest: 'noisy.csv', validation: 3, test: 3 };
const outlier = { manifest: 'clean.csv', validation: 3, test: 3 };
const glass = (corrupt = 'glass_blur:5') => ({ ...outlier, name: 'glass', corrupt });
const frost = (textures: string) => ({
  ...{ ...outlier, name: 'frost' },
  corrupt: { corruption: 'frost', severity: 3, seed: 2, textures },
});

let folder: string;
const before = process.cwd();

test.before(async () => {
  folder = await sharedExperiment();
  await writeTextures(join(folder, 'ice'));
  process.chdir(folder);
});

test.after.always(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

test.serial(
  'a run scores the images of a set corrupted, as the library scores them by the same ids',
  async (t) => {
    await write([glass()]);
    const { code, err } = await runExperiment(folder, 'run');
    t.is(code, 0, err);
    const { rows } = await scoreRows(join(folder, 'run'));
    const gradients = [...rows].filter(
      ([key]) => key.startsWith('clean/') && key.endsWith(' 0.002 100 gradient'),
    );
    t.true(gradients.length > 0);
    const paths = gradients.map(([key]) => key.split(' ')[0] ?? '');
    const logOddsOf = async (corrupt: string | undefined): Promise<number[]> => {
      const scores: number[] = [];
      const settings = { preprocess, epsilon: 0.002, temperature: 100, corrupt };
      for await (const scored of score('net.onnx', paths, settings))
        scores.push('error' in scored ? Number.NaN : scored.logOdds);
      return scores;
    };
    const [withBlur, without] = [await logOddsOf('glass_blur:5'), await logOddsOf(undefined)];
    for (const [at, [, [, , logOdds]]] of gradients.entries()) {
      const [path, corrupted = Number.NaN, clean = Number.NaN] = [paths[at], withBlur[at], without[at]];
      t.true(Math.abs(corrupted - (logOdds ?? Number.NaN)) < 1e-4, `${path}: ${corrupted} is not ${logOdds}`);
      t.not(clean, corrupted, `${path}: nothing was corrupted`);
    }
  },
);

test.serial(
  'equal settings give equal files, and another corruption is refused under scores of the first',
  async (t) => {
    await write([glass()]);
    t.is((await runExperiment(folder, 'again', '--workers', '2')).code, 0);
    t.deepEqual(await comparable(join(folder, 'again')), await comparable(join(folder, 'run')));
    const { out } = await runExperiment(folder, 'later', '--dry-run');
    t.regex(
      out,
      /at this machine's measured rate, beside decoding and corrupting the images of 1 set \(each image once: \d+ s of one core; every shard corrupts its own\)\./,
    );
    const json = JSON.parse((await runExperiment(folder, 'later', '--dry-run', '--json')).out);
    t.is(json.corruptedSets, 1);
    t.true(json.corruptionSeconds > 0);
    await write([glass('glass_blur:4')]);
    const { code, err } = await runExperiment(folder, 'run');
    t.is(code, 2);
    t.regex(err, /"corrupt" of set "glass" was \{.*"severity":5.*\} and is now \{.*"severity":4/);
  },
);

test.serial('textures of frost may be moved, but not changed', async (t) => {
  await write([frost('ice')], 'frost.json');
  t.is((await runFile(folder, 'frost.json', 'frost')).code, 0);
  await rename(join(folder, 'ice'), join(folder, 'snow'));
  await write([frost('snow')], 'frost.json');
  const moved = await runFile(folder, 'frost.json', 'frost');
  t.is(moved.code, 0);
  await rename(join(folder, 'snow/frost1.png'), join(folder, 'snow/frost2.png'));
  const missing = await runFile(folder, 'frost.json', 'frost');
  t.is(missing.code, 2);
  t.regex(missing.err, /outliers\[0\]\.corrupt: .*frost1\.png: there is no such file/);
  await writeTextures(join(folder, 'snow'));
  await rename(join(folder, 'snow/frost1.png'), join(folder, 'other.png'));
  await rename(join(folder, 'snow/frost2.png'), join(folder, 'snow/frost1.png'));
  await rename(join(folder, 'other.png'), join(folder, 'snow/frost2.png'));
  const changed = await runFile(folder, 'frost.json', 'frost');
  t.is(changed.code, 2);
  t.regex(changed.err, /"corrupt" of set "frost" was .* and is now /);
});

async function write(outliers: readonly object[], file = 'experiment.json'): Promise<void> {
  await writeExperiment(folder, { models, inDomain }, file);
  const { outliers: _, ...others } = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await writeFile(join(folder, file), JSON.stringify({ ...others, outliers }));
}

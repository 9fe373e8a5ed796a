import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { errorRows } from '../../pipeline/inputs/errors-table.js';
import { grodinHere } from '../cli/here.js';
import { comparable, copyRun, differences, shardNames, start } from './command.js';
import { runExperiment, runFile } from './here.js';
import {
  type SmallExperiment,
  sharedExperiment,
  smallExperiment,
  writeExperiment as writeAny,
} from './small-experiment.js';

const anotherNetwork = fileURLToPath(new URL('../../../test/golden/residual-folded.onnx', import.meta.url));
const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const net = { name: 'net', file: 'net.onnx', preprocess };

/** As many as make several shards of each set. */
const images = 12;

const writeExperiment = (place: string, change: SmallExperiment, file?: string): Promise<void> =>
  writeAny(place, { images, ...change }, file);

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
  await copyFile(anotherNetwork, join(folder, 'other.onnx'));
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('a run that has scored nothing yet may be changed freely', async (t) => {
  const run = await copyRun(folder, 'base', 'nothing scored');
  await rm(join(run, 'shards'), { recursive: true });
  const changed = { seed: 3, batchSize: 8, models: [{ ...net, file: 'other.onnx' }] };
  await writeExperiment(folder, changed, 'changed.json');
  const { code, err } = await runFile(folder, 'changed.json', run);
  t.is(code, 0, err);
  t.is((await runFile(folder, 'changed.json', 'changed')).code, 0);
  const [a, b] = [await comparable(run), await comparable(join(folder, 'changed'))];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'tables/table-5.csv'])
    t.is(a.get(name), b.get(name), name);
});

test.serial(
  'changed preprocessing needs --rescore, keeps no shard, and the former comes back for nothing',
  async (t) => {
    const run = await copyRun(folder, 'base', 'other preprocessing');
    const models = [{ ...net, preprocess: { ...preprocess, std: [0.5, 0.5, 0.5] } }];
    await writeExperiment(folder, { models }, 'preprocessed.json');
    const before = await shardNames(run);
    const refused = await runFile(folder, 'preprocessed.json', run);
    t.is(refused.code, 2);
    t.regex(refused.err, /"preprocess" of model "net" was .* replace those scores with --rescore/);
    const { code, err } = await runFile(folder, 'preprocessed.json', run, '--rescore');
    t.is(code, 0, err);
    const both = await shardNames(run);
    t.true(both.length > 1.5 * before.length && before.every((name) => both.includes(name)));
    t.is((await runFile(folder, 'experiment.json', run, '--rescore')).code, 0);
    t.deepEqual(await shardNames(run), both);
    const [a, b] = [await comparable(run), await comparable(join(folder, 'base'))];
    t.is(a.get('metrics.arrow'), b.get('metrics.arrow'));
  },
);

test.serial('after failed images a corrected manifest keeps the shards of unchanged rows', async (t) => {
  const own = await smallExperiment(t, { images });
  await writeFile(join(own, 'noisy', 'broken.png'), 'no image');
  const manifest = await readFile(join(own, 'noisy.csv'), 'utf8');
  await writeFile(join(own, 'noisy.csv'), manifest.replace('noisy/4.png', 'noisy/broken.png'));
  const failed = await runExperiment(own, 'run');
  t.is(failed.code, 1);
  t.regex(failed.err, /^noisy: .*broken\.png: not an image.*\ngrodin: 1 of 36 images could not be used/m);
  const before = await shardNames(join(own, 'run'));
  await writeFile(join(own, 'noisy.csv'), manifest);
  const { code, err } = await runExperiment(own, 'run');
  t.is(code, 0, err);
  const after = await shardNames(join(own, 'run'));
  t.true(before.every((name) => after.includes(name)));
  t.is((await runExperiment(own, 'fresh')).code, 0);
  const [a, b] = [await comparable(join(own, 'run')), await comparable(join(own, 'fresh'))];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is(a.get(name), b.get(name), name);
});

for (const [what, change, message] of [
  [
    'preprocessing that does not fit the network',
    { models: [{ ...net, preprocess: { ...preprocess, resize: 40, crop: 32 } }] },
    /"preprocess" of model "net": "crop" 32 gives images of 32 × 32, but .*net\.onnx takes 3 × 24 × 24; fix/,
  ],
  [
    'a resize that can never fit',
    { models: [{ ...net, preprocess: { ...preprocess, resize: 40 } }] },
    /"resize" 40 gives images whose shorter side is 40, but .*takes 3 × 24 × 24/,
  ],
  [
    'a pattern that matches no parameter',
    { models: [{ ...net, parameters: ['nothing*'] }] },
    /net\.onnx: no parameter matches \["nothing\*"/,
  ],
  ['a detector that there is not', { detectors: ['MSP', 'GG'] }, /GG/],
  [
    'more missing files than may fail',
    { outliers: ['gone'] },
    /30 of 42 image files are not there.* and 20 others/,
  ],
] as const) {
  test.serial(`${what} is refused by run and --dry-run before anything is written`, async (t) => {
    const lines = Array.from({ length: 30 }, (_, image) => `gone/${image}.png`);
    await writeFile(join(folder, 'gone.csv'), `path\n${lines.join('\n')}\n`);
    await writeExperiment(folder, change, 'refused.json');
    for (const dry of [[], ['--dry-run']]) {
      const { code, out, err } = await runFile(folder, 'refused.json', 'refused', ...dry);
      t.is(code, 2, err);
      t.is(out, '');
      t.regex(err, message);
      t.is(err.trimEnd().split('\n').length, 1);
    }
    t.false((await readdir(folder)).includes('refused'));
  });
}

test.serial('labels that a model has no class for are refused before anything is written', async (t) => {
  const manifest = await readFile(join(folder, 'noisy.csv'), 'utf8');
  await writeFile(join(folder, 'labels.csv'), manifest.replace(/,3$/m, ',300'));
  await writeExperiment(folder, { outliers: ['labels'] }, 'labels.json');
  for (const dry of [[], ['--dry-run']]) {
    const { code, err } = await runFile(folder, 'labels.json', 'labels', ...dry);
    t.is(code, 2);
    t.regex(err, /labels\.csv: image noisy\/3\.png has label 300, but net has \d+ classes/);
  }
  t.false((await readdir(folder)).includes('labels'));
});

test.serial(
  'every bad image is listed when a run fails for too many, in errors.arrow and --json too',
  async (t) => {
    // One shard holds all validation images of a set.
    const own = await smallExperiment(t, { images, shardSeconds: 60 });
    for (let image = 0; image < images; image += 1)
      await writeFile(join(own, 'dark', `${image}.png`), 'no image');
    const { code, err } = await runExperiment(own, 'run', '--workers', '1');
    t.is(code, 1);
    const listed = [...err.matchAll(/^dark: .*(dark\/\d+\.png): not an image/gm)].map(([, image]) => image);
    t.is(listed.length, images / 2);
    const errors = errorRows.decode(await readFile(join(own, 'run', 'errors.arrow')));
    t.deepEqual(
      errors.map(({ image }) => image),
      listed,
    );
    const json = JSON.parse((await runExperiment(own, 'run', '--json')).out);
    t.is(json.failedImages, errors.length);
    t.deepEqual(json.errors, errors);
  },
);

test.serial('where no image of a set can be used, every one is listed too', async (t) => {
  const own = await smallExperiment(t, { images, maxBadFraction: 0.9 });
  for (let image = 0; image < images; image += 1)
    await writeFile(join(own, 'dark', `${image}.png`), 'no image');
  const { code, err } = await runExperiment(own, 'run');
  t.is(code, 1);
  t.regex(err, /no validation image of "dark" could be scored by net \(6 failed\)/);
  t.is([...err.matchAll(/^dark: .*dark\/\d+\.png: not an image/gm)].length, 6);
  t.is(errorRows.decode(await readFile(join(own, 'run', 'errors.arrow'))).length, 6);
});

test.serial('so they are where only test images are asked for', async (t) => {
  const outlierSets = [
    { name: 'noisy', manifest: 'noisy.csv', validation: 6 },
    { name: 'dark', manifest: 'dark.csv', selectOn: 'noisy' },
  ];
  const own = await smallExperiment(t, { images, maxBadFraction: 0.9, outlierSets });
  for (let image = 0; image < images; image += 1)
    await writeFile(join(own, 'dark', `${image}.png`), 'no image');
  const { code, err } = await runExperiment(own, 'run');
  t.is(code, 1);
  t.regex(err, /no test image of "dark" could be scored by net \(12 failed\)/);
  t.is(errorRows.decode(await readFile(join(own, 'run', 'errors.arrow'))).length, images);
});

test.serial('every missing image is listed by --json, and folders and pipes are none', async (t) => {
  const lines = Array.from({ length: 30 }, (_, image) => `gone/${image}.png`);
  await writeFile(join(folder, 'gone.csv'), `path\n${[...lines, 'clean'].join('\n')}\n`);
  await writeExperiment(folder, { outliers: ['gone'] }, 'missing.json');
  for (const dry of [[], ['--dry-run']]) {
    const { code, out } = await runFile(folder, 'missing.json', 'missing', '--json', ...dry);
    t.is(code, 2);
    const { failedImages, errors } = JSON.parse(out);
    t.is(failedImages, 31);
    t.true(errors.some(({ image }: { image: string }) => image === 'clean'));
  }
  t.false((await readdir(folder)).includes('missing'));
});

test.serial('a run ends early when most of the images that were tried can not be used', async (t) => {
  const own = await smallExperiment(t, { images, maxBadFraction: 0.45 });
  // Files that are no images cost nothing to write, so that only this set is made larger.
  const many = Array.from({ length: 300 }, (_, image) => image);
  for (const image of many)
    if (image % 20 !== 0) await writeFile(join(own, 'clean', `${image}.png`), 'no image');
    else if (image >= images) await copyFile(join(own, 'clean', '0.png'), join(own, 'clean', `${image}.png`));
  const rows = many.map((image) => `clean/${image}.png,${image % 10}`);
  await writeFile(join(own, 'clean.csv'), `path,label\n${rows.join('\n')}\n`);
  const inDomain = { name: 'clean', manifest: 'clean.csv', validation: 150 };
  await writeExperiment(own, { inDomain, maxBadFraction: 0.45 });
  const { code, err } = await runExperiment(own, 'run', '--workers', '1');
  t.is(code, 1);
  const [, failed, tried] =
    /(\d+) of the first (\d+) images could not be used .* so the run is ended early/.exec(err) ?? [];
  t.true(Number(tried) >= 100 && Number(tried) < 300, err);
  t.true(Number(failed) > Number(tried) / 2);
});

test.serial('reduce works without the model files', async (t) => {
  const run = await copyRun(folder, 'base', 'without models');
  const before = await comparable(run);
  await rm(join(run, 'metrics.arrow'));
  await rename(join(folder, 'net.onnx'), join(folder, 'away.onnx'));
  const { code, err } = await grodinHere(['reduce', run], folder);
  await rename(join(folder, 'away.onnx'), join(folder, 'net.onnx'));
  t.is(code, 0, err);
  t.deepEqual(differences(await comparable(run), before), []);
});

test.serial('--dry-run counts what is left of an experiment that has grown', async (t) => {
  const forecast = async (file: string, out: string) =>
    JSON.parse((await runFile(folder, file, out, '--dry-run', '--json')).out);
  const finished = await forecast('experiment.json', 'base');
  for (const { passes, isExact } of finished.waves) {
    t.deepEqual(passes, { perturbation: 0, scoring: 0, forward: 0, forwardPerturbation: 0 });
    t.true(isExact);
  }
  await writeExperiment(folder, { temperature: [1, 10, 100] }, 'hotter.json');
  const [fresh, grown] = [await forecast('hotter.json', 'nowhere'), await forecast('hotter.json', 'base')];
  const scoring = (one: typeof fresh) =>
    one.waves.map(({ passes }: { passes: { scoring: number } }) => passes.scoring);
  t.is(scoring(grown)[0], scoring(fresh)[0] / 3);
  t.true(scoring(grown)[1] < scoring(fresh)[1]);
  t.true(grown.finishedShards > 0);
  t.false((await readdir(folder)).includes('nowhere'));
});

test.serial('a run under the feet of a living process is not changed', async (t) => {
  const own = await smallExperiment(t, { images: 24, shardSeconds: 0.001 });
  const running = start(['run', 'experiment.json', '--out', 'run'], own);
  const leases = join(own, 'run', 'leases');
  // A hidden file there is that of a process which holds none yet.
  while (!(await readdir(leases).catch((): string[] => [])).some((name) => !name.startsWith('.')))
    await mkdir(join(own, 'x'), { recursive: true });
  await writeExperiment(own, { images: 24, shardSeconds: 0.001, seed: 9 }, 'seeded.json');
  const { code, err } = await runFile(own, 'seeded.json', 'run');
  t.is(code, 2);
  t.regex(err, /"seed" (was 0 and is now 9|is 0, not 9)/);
  t.is((await running.finished).code, 0);
});

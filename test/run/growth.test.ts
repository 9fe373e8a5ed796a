import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sealedJson } from '../../pipeline/store/sealed-json.js';
import { comparable, copyRun, differences, revisionsOf, shardNames } from './command.js';
import { runExperiment, runFile } from './here.js';
import { type SmallExperiment, sharedExperiment, writeExperiment as writeAny } from './small-experiment.js';

const anotherNetwork = fileURLToPath(new URL('../../../test/golden/residual-folded.onnx', import.meta.url));

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const net = { name: 'net', file: 'net.onnx', preprocess };

const growths: Readonly<Record<string, SmallExperiment>> = {
  'a temperature and a perturbation size': { temperature: [1, 10, 100], epsilon: [0, 0.001, 0.002] },
  'an outlier set and a model': {
    outliers: ['noisy', 'dark', 'late'],
    models: [net, { ...net, name: 'folded', file: 'folded.onnx' }],
  },
  'more resamplings': { resamplings: { deviation: 20, interval: 40 } },
};

/** As many as make several shards of each set. */
const images = 12;

const writeExperiment = (place: string, change: SmallExperiment, file: string): Promise<void> =>
  writeAny(place, { images, ...change }, file);

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
  await copyFile(anotherNetwork, join(folder, 'folded.onnx'));
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('a run from before there was a key with a default goes on, and keeps every shard', async (t) => {
  const older = await copyRun(folder, 'base', 'older');
  const revision = await reseal(join(older, 'revisions', '0001.json'), (content) => {
    const { maxBadFraction: _, perturbation: __, ...experiment } = content.experiment;
    return { ...content, experiment };
  });
  for (const name of (await readdir(join(older, 'plan'))).filter((one) => one.endsWith('.json')))
    await reseal(join(older, 'plan', name), (content) => ({ ...content, revision }));
  const [lost = ''] = await shardNames(older);
  await rm(join(older, 'shards', lost));
  const before = await times(older);
  t.is((await runExperiment(folder, older)).code, 0);
  const after = await times(older);
  for (const [name, time] of before) t.is(after.get(name), time, `${name} was written again`);
  t.is(after.size, before.size + 1);
  t.is((await revisionsOf(older)).length, 1);
  const [a, b] = [await comparable(older), await comparable(join(folder, 'base'))];
  for (const [name, hash] of b) if (!name.startsWith('plan')) t.is(a.get(name), hash, name);
  t.true((await runExperiment(folder, older)).err.includes('nothing to do'));
  t.is((await runExperiment(folder, older, '--dry-run')).code, 0);
});

for (const [what, change] of Object.entries(growths)) {
  test.serial(
    `an experiment that grew by ${what} keeps every shard and ends as if it had always been so`,
    async (t) => {
      const grown = await copyRun(folder, 'base', `grown by ${what}`);
      const before = await times(grown);
      await writeExperiment(folder, change, 'grown.json');
      const { code, err } = await runFile(folder, 'grown.json', grown, '--workers', '1');
      t.is(code, 0, err);
      const after = await times(grown);
      for (const [name, time] of before) t.is(after.get(name), time, `${name} was written again`);
      t.is(after.size > before.size, what !== 'more resamplings');

      const fresh = join(folder, `fresh with ${what}`);
      t.is((await runFile(folder, 'grown.json', fresh, '--workers', '1')).code, 0);
      const [a, b] = [await comparable(grown), await comparable(fresh)];
      for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'tables/table-5.csv']) {
        t.is(a.get(name), b.get(name), name);
      }
      t.true((await runFile(folder, 'grown.json', grown)).err.includes('nothing to do'));
    },
  );
}

test.serial('an experiment that leaves out a set and a detector scores nothing and drops them', async (t) => {
  const run = await copyRun(folder, 'base', 'smaller');
  const before = await times(run);
  await writeExperiment(folder, { outliers: ['dark'], detectors: ['MSP', 'SG'] }, 'smaller.json');
  const { code, out } = await runFile(folder, 'smaller.json', run);
  t.is(code, 0);
  t.deepEqual(await times(run), before);
  t.false(out.includes('noisy') || out.includes('ODIN'));
  t.true(out.includes('dark'));
});

test.serial('every revision of the experiment is kept', async (t) => {
  const run = await copyRun(folder, 'base', 'revised');
  await runExperiment(folder, run);
  await writeExperiment(folder, { temperature: [1] }, 'revised.json');
  await runFile(folder, 'revised.json', run);
  t.deepEqual(
    (await revisionsOf(run)).map(({ experiment }) => experiment.grid.temperature),
    [[1, 100], [1]],
  );
});

const refusals: Readonly<Record<string, { change: SmallExperiment; message: RegExp }>> = {
  'another seed': { change: { seed: 5 }, message: /"seed" was 0 and is now 5/ },
  'another batch size': { change: { batchSize: 8 }, message: /"batchSize" was 4 and is now 8/ },
  'another perturbation space': {
    change: { perturbation: { space: 'normalized' } },
    message: /"perturbation" was \{"space":"pixel"\} and is now \{"space":"normalized"\}/,
  },
  'other parameters': {
    change: { models: [{ ...net, parameters: ['fc.*'] }] },
    message: /"parameters" of model "net" was \["\*"\] and is now \["fc\.\*"\]/,
  },
  'another preprocessing': {
    change: { models: [{ ...net, preprocess: { ...preprocess, std: [1, 1, 1] } }] },
    message: /"preprocess" of model "net" was/,
  },
  'another output': {
    change: { models: [{ ...net, output: 'logits' }] },
    message: /"output" of model "net" was null and is now "logits"/,
  },
  'another size of images': {
    change: { models: [{ ...net, size: [24, 24] }] },
    message: /"size" of model "net" was null and is now \[24,24\]/,
  },
  'another model file': {
    change: { models: [{ ...net, file: 'folded.onnx' }] },
    message: /the file of model "net" \(sha256\) was "[0-9a-f]{64}" and is now "[0-9a-f]{64}"/,
  },
  'another validation split': {
    change: { inDomain: { name: 'clean', manifest: 'clean.csv', validation: 4 } },
    message: /"validation" of set "clean" was 6 and is now 4/,
  },
};

for (const [what, { change, message }] of Object.entries(refusals)) {
  test.serial(`${what} under an existing run is refused with both values and the remedy`, async (t) => {
    const before = await comparable(join(folder, 'base'));
    await writeExperiment(folder, change, 'changed.json');
    const { code, err } = await runFile(folder, 'changed.json', 'base');
    t.is(code, 2);
    t.regex(err, message);
    t.regex(
      err,
      /restore it, (?:replace those scores|go on) with --rescore, (?:which keeps .*, )?or start another run with another --out\n$/,
    );
    t.deepEqual(differences(await comparable(join(folder, 'base')), before), []);
  });
}

test.serial('a forecast with --rescore says what has changed, and what holds still', async (t) => {
  await writeExperiment(folder, { seed: 5 }, 'seed.json');
  const seed = await runFile(folder, 'seed.json', 'base', '--rescore', '--dry-run');
  t.regex(
    seed.err,
    /"seed" was 0 and is now 5, by which other images are tested\nof \d+ finished shards all hold still\n/,
  );
  await writeExperiment(folder, { batchSize: 8 }, 'batch.json');
  const batch = await runFile(folder, 'batch.json', 'base', '--rescore', '--dry-run');
  t.regex(
    batch.err,
    /"batchSize" was 4 and is now 8\nof \d+ finished shards 0 hold still, the others are scored anew\n/,
  );
});

test.serial('what was refused leaves the run as it was', async (t) => {
  t.true((await runExperiment(folder, 'base')).err.includes('nothing to do'));
});

test.serial('a manifest that changed in scored rows is refused, and may be scored anew', async (t) => {
  const { file, run } = await withManifest('other images', (text) =>
    text.replace('path,label', 'id,path,label').replace(/^(noisy\/\d+)(\.png,\d)$/gm, '$1,$1$2'),
  );
  const { code, err } = await runFile(folder, file, run);
  t.is(code, 2);
  t.regex(
    err,
    /the manifest of set "noisy" changed in rows that were scored \(noisy\/\d+\.png, and maybe others\)/,
  );
  const rescored = await runFile(folder, file, run, '--rescore');
  t.is(rescored.code, 0);
  t.regex(
    rescored.err,
    /the manifest of set "noisy" changed in rows that were scored\nof \d+ finished shards \d+ hold still, the others/,
  );
  const fresh = join(folder, 'fresh with other images');
  t.is((await runFile(folder, file, fresh)).code, 0);
  const [a, b] = [await comparable(run), await comparable(fresh)];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is(a.get(name), b.get(name), name);
});

test.serial(
  'a manifest with a row more at its beginning and at its end keeps every shard of the other rows',
  async (t) => {
    const { file, run } = await withManifest('more rows', (text) =>
      text.replace('\n', '\ndark/1.png,1\n').concat('dark/2.png,2\n'),
    );
    const before = await times(run);
    const { code, err } = await runFile(folder, file, run);
    t.is(code, 0, err);
    const after = await times(run);
    for (const [name, time] of before) t.is(after.get(name), time, `${name} was written again`);
    const fresh = join(folder, 'fresh with more rows');
    t.is((await runFile(folder, file, fresh)).code, 0);
    const [a, b] = [await comparable(run), await comparable(fresh)];
    for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
      t.is(a.get(name), b.get(name), name);
    t.regex((await runFile(folder, file, run)).err, /nothing to do/);
  },
);

/** A finished run, and its experiment with another manifest of one set. */
async function withManifest(name: string, change: (text: string) => string) {
  const manifest = `${name.replaceAll(' ', '-')}.csv`;
  const run = await copyRun(folder, 'base', `with ${name}`);
  await writeFile(join(folder, manifest), change(await readFile(join(folder, 'noisy.csv'), 'utf8')));
  await writeExperiment(folder, {}, `${name}.json`);
  const experiment = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'));
  experiment.outliers[0].manifest = manifest;
  await writeFile(join(folder, `${name}.json`), JSON.stringify(experiment));
  return { file: `${name}.json`, run };
}

test.serial('a model that never compiled may be replaced', async (t) => {
  await writeExperiment(folder, { models: [{ ...net, parameters: ['no such parameter'] }] }, 'wrong.json');
  t.is((await runFile(folder, 'wrong.json', 'replaced')).code, 2);
  t.is((await runExperiment(folder, 'replaced')).code, 0);
});

async function times(out: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const name of await shardNames(out)) {
    times.set(name, (await stat(join(out, 'shards', name))).mtimeMs);
  }
  return times;
}

/** Writes a sealed file as a version would have that gave it other content. @returns its seal (hex) */
async function reseal(
  file: string,
  change: (content: { readonly experiment: Readonly<Record<string, unknown>> }) => object,
): Promise<string> {
  const { sha256: _, ...content } = JSON.parse(await readFile(file, 'utf8'));
  const { text, sha256 } = sealedJson(JSON.parse(JSON.stringify(change(content))));
  await writeFile(file, text);
  return sha256;
}

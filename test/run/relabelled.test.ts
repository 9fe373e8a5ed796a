import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { comparable, copyRun } from './command.js';
import { runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

const images = 12;

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
  const { code, err } = await runFile(folder, 'experiment.json', 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** The experiment with another manifest of its in-domain set. */
async function withManifest(name: string, change: (text: string) => string, more: object = {}) {
  await writeFile(join(folder, `${name}.csv`), change(await readFile(join(folder, 'clean.csv'), 'utf8')));
  const inDomain = { name: 'clean', manifest: `${name}.csv`, validation: images / 2, ...more };
  await writeExperiment(folder, { images, inDomain }, `${name}.json`);
  return `${name}.json`;
}

/** Every label one class further. */
const relabel = (text: string): string =>
  text.replace(/,(\d)$/gm, (_, label: string) => `,${(Number(label) + 1) % 10}`);

const scored = /wave \d \((?:validation|test) images\)/;

test.serial(
  'labels that were corrected cost no scoring, and give what a new run with them gives',
  async (t) => {
    const file = await withManifest('relabelled', relabel);
    const run = await copyRun(folder, 'base', 'corrected');
    const before = await comparable(run);
    const said = /set "clean": labels of 12 scored images changed, .*: \d+ finished shards keep their scores/;
    const forecast = await runFile(folder, file, run, '--dry-run');
    t.regex(forecast.err, said);
    t.regex(forecast.out, /There are 0 passes/);
    const { code, err } = await runFile(folder, file, run);
    t.is(code, 0, err);
    t.regex(err, said);
    t.notRegex(err, scored);

    t.is((await runFile(folder, file, 'new')).code, 0);
    const [a, b] = [await comparable(run), await comparable(join(folder, 'new'))];
    for (const [name, hash] of b) if (!name.startsWith('plan')) t.is(a.get(name), hash, name);
    for (const [name, hash] of before) if (name.startsWith('shards')) t.is(a.get(name), hash, name);
    t.not(a.get('accuracy.arrow'), before.get('accuracy.arrow'));
    t.regex((await runFile(folder, file, run)).err, /nothing to do/);

    const back = await runFile(folder, 'experiment.json', run);
    t.is(back.code, 0, back.err);
    t.notRegex(back.err, scored);
    t.is((await comparable(run)).get('metrics.arrow'), before.get('metrics.arrow'));
  },
);

test.serial(
  'a shard that is lost after its labels were corrected has its scores from the former one',
  async (t) => {
    const file = await withManifest('lost', relabel);
    const run = await copyRun(folder, 'base', 'lost labels');
    await runFile(folder, file, run);
    const after = await comparable(run);
    const former = await comparable(join(folder, 'base'));
    for (const name of after.keys())
      if (name.startsWith('shards') && !former.has(name)) await rm(join(run, name));
    const { code, err } = await runFile(folder, file, run);
    t.is(code, 0, err);
    t.notRegex(err, scored);
    for (const [name, hash] of await comparable(run)) t.is(after.get(name), hash, name);
  },
);

test.serial(
  'labels may be corrected where rows move too, and a column of photographs may come',
  async (t) => {
    const file = await withManifest('moved', (text) => {
      const [header, first, ...rows] = relabel(text).trim().split('\n');
      return [header, ...rows, first, ''].join('\n');
    });
    const run = await copyRun(folder, 'base', 'moved labels');
    const moved = await runFile(folder, file, run);
    t.is(moved.code, 0, moved.err);
    t.notRegex(moved.err, scored);
    const withBases = await withManifest('bases', (text) =>
      text.replace('path,label', 'path,label,base').replace(/^((.*\/\d+\.png),\d)$/gm, '$1,$2'),
    );
    const based = await runFile(folder, withBases, await copyRun(folder, 'base', 'with bases'));
    t.is(based.code, 0, based.err);
    t.notRegex(based.err, scored);
  },
);

test.serial('more than labels, and labels that say which classes are a set’s own, are refused', async (t) => {
  const file = await withManifest('renumbered', (text) =>
    text.replace(/^clean\/3\.png/m, 'clean/../clean/4.png'),
  );
  const { code, err } = await runFile(folder, file, await copyRun(folder, 'base', 'renumbered rows'));
  t.is(code, 2, err);

  const own = await withManifest('own', (text) => text, { ownClasses: true });
  t.is((await runFile(folder, own, 'own classes')).code, 0);
  const others = await withManifest('others', (text) => text.replaceAll(/,9$/gm, ',0'), { ownClasses: true });
  const refused = await runFile(folder, others, 'own classes');
  t.is(refused.code, 2);
  t.regex(
    refused.err,
    /the manifest of set "clean" changed in rows that were scored .* the classes that its labels name/,
  );
  const swapped = await withManifest('swapped', (text) => text.replace(/^(.*\/0\.png),0$/m, '$1,9'), {
    ownClasses: true,
  });
  const kept = await runFile(folder, swapped, 'own classes');
  t.is(kept.code, 0, kept.err);
  t.notRegex(kept.err, scored);
});

test.serial('names may change after a run has grown, and nothing is scored again', async (t) => {
  const run = await copyRun(folder, 'base', 'grown and renamed');
  const file = await withManifest('grown', (text) => `${text}dark/1.png,1\ndark/2.png,2\n`);
  t.is((await runFile(folder, file, run)).code, 0);
  const experiment = JSON.parse(await readFile(join(folder, file), 'utf8'));
  experiment.models[0].name = 'network';
  experiment.inDomain.name = 'in-domain';
  await writeFile(join(folder, 'renamed.json'), JSON.stringify(experiment));
  const forecast = await runFile(folder, 'renamed.json', run, '--dry-run');
  t.regex(forecast.out, /\| network \| 1 \| 0 \| 0 \| 0 \|/);
  const { code, err } = await runFile(folder, 'renamed.json', run);
  t.is(code, 0, err);
  t.notRegex(err, scored);
  t.is((await runFile(folder, 'renamed.json', 'renamed')).code, 0);
  const [a, b] = [await comparable(run), await comparable(join(folder, 'renamed'))];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is(a.get(name), b.get(name), name);
});

test.serial('labels may be corrected after all was scored anew by another setting', async (t) => {
  const run = await copyRun(folder, 'base', 'otherwise perturbed');
  const perturbation = { space: 'normalized' };
  await writeExperiment(folder, { images, perturbation }, 'normalized.json');
  t.is((await runFile(folder, 'normalized.json', run, '--rescore')).code, 0);
  const file = await withManifest('normalized and relabelled', relabel, {});
  const experiment = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await writeFile(join(folder, file), JSON.stringify({ ...experiment, perturbation }));
  const { code, err } = await runFile(folder, file, run);
  t.is(code, 0, err);
  t.notRegex(err, scored);
});

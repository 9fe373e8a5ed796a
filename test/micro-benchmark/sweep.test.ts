import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { usualCorruptions } from '../../manifests/corruptions.js';
import { frostTextureFiles } from '../../manifests/imagenet/corruptions.js';
import { assetFile } from '../../manifests/micro-benchmark/assets.js';
import { drawFrost } from '../../manifests/micro-benchmark/frost.js';
import { classesOf, drawPhotograph } from '../../manifests/micro-benchmark/photograph-splits.js';
import type { ExperimentInput } from '../../pipeline/experiment/experiment.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { runFile } from '../run/here.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A folder with the sweep and what it names, but of the clean images only three of each class. */
async function place(t: ExecutionContext): Promise<{ folder: string; sweep: ExperimentInput }> {
  const rows: string[] = [];
  const folder = await temporaryFolder(t);
  for (const index of [0, 1, 2])
    for (const [label, object] of classesOf('clean').entries()) {
      const path = `${object.name}-${index}.png`;
      await sharp(drawPhotograph('clean', object, index), { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toFile(join(folder, path));
      rows.push(`${path},${label}`);
    }
  await writeFile(join(folder, 'clean.csv'), `path,label\n${rows.join('\n')}\n`);
  await mkdir(join(folder, 'frost'));
  for (const [index, name] of frostTextureFiles.entries()) {
    const { data, width, height } = drawFrost(index + 1);
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    await writeFile(join(folder, 'frost', name), await image.png().toBuffer());
  }
  const sweep: ExperimentInput = JSON.parse(await readFile(assetFile('sweep.json'), 'utf8'));
  for (const { file } of sweep.models) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(assetFile(file), join(folder, file));
  }
  return { folder, sweep };
}

test('the sweep has fifteen corruptions in five severities of the clean images, and a choice for each', async (t) => {
  const { folder, sweep } = await place(t);
  await writeFile(join(folder, 'sweep.json'), JSON.stringify(sweep));
  const { outliers, groups = [], inDomain } = await readExperiment(join(folder, 'sweep.json'));
  const names = usualCorruptions.slice(0, 15);
  t.deepEqual(
    outliers.map(({ corruption, severity }) => [corruption, severity]),
    names.flatMap((name) => [1, 2, 3, 4, 5].map((severity) => [name, severity])),
  );
  for (const set of outliers) {
    const { corruption, severity, corrupt, manifest, selectOn, validation, test: rows } = set;
    t.is(manifest, inDomain.manifest);
    t.is(selectOn, corruption);
    t.deepEqual([validation, rows], [20, 200]);
    const { textures, ...cell } = corrupt ?? {};
    t.deepEqual(cell as object, { corruption, severity, seed: 0, form: 'cifar-10-c' });
    t.is(textures?.folder, corruption === 'frost' ? join(folder, 'frost') : undefined);
  }
  t.deepEqual(
    groups.map(({ name, sets }) => [name, sets.length]),
    names.map((name) => [name, 5]),
  );
});

test('a slice of the sweep ends in the matrices of corruptions by severity, the same when it is run again', async (t) => {
  const { folder, sweep } = await place(t);
  const outliers = sweep.outliers
    .filter(({ corruption, severity }) => /^(fog|frost)$/.test(corruption ?? '') && severity! % 4 === 1)
    .map((set) => ({ ...set, validation: 4, test: 8 }));
  const groups = ['frost', 'fog'].map((name) => ({ name, sets: [`${name}-1`, `${name}-5`] }));
  const slice = {
    ...{ ...sweep, outliers, groups },
    inDomain: { ...sweep.inDomain, validation: 8 },
    grid: { epsilon: [0, 0.002], temperature: [1, 100] },
    resamplings: { deviation: 5, interval: 5 },
  };
  await writeFile(join(folder, 'slice.json'), JSON.stringify(slice));
  const first = await runFile(folder, 'slice.json', 'run');
  t.is(first.code, 0, first.err);
  const table = (name: string) => readFile(join(folder, 'run/tables', `${name}.md`), 'utf8');
  for (const name of ['corruptions', 'corruptions-accuracy']) {
    const lines = (await table(name)).split('\n').filter((line) => line.startsWith('| '));
    t.regex(lines[0]!, /^\| Corruption \| severity 1 \| severity 5 \| mean /);
    for (const corruption of ['frost', 'fog', 'mean \\(2\\)'])
      t.true(
        lines.some((line) => new RegExp(`^\\| ${corruption} +(\\| +-?\\d+\\.\\d+ +)+\\|$`).test(line)),
        name,
      );
  }
  const before = await table('corruptions');
  t.is((await runFile(folder, 'slice.json', 'run')).code, 0);
  t.is(await table('corruptions'), before);
});

test('textures of frost are the same each time and differ from each other, with dark and white parts', (t) => {
  const all = [1, 2, 3, 4, 5].map((number) => Buffer.from(drawFrost(number).data));
  t.deepEqual(Buffer.from(drawFrost(2).data), all[1]);
  t.is(new Set(all.map((data) => data.toString('base64'))).size, 5);
  for (const data of all) {
    t.true(data.filter((level) => level > 200).length > data.length / 50);
    t.true(data.filter((level) => level < 60).length > data.length / 10);
  }
});

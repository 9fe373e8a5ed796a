import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { classesOf, drawPhotograph } from '../../manifests/micro-benchmark/photograph-splits.js';
import { writeMicroBenchmark } from '../../manifests/micro-benchmark/write.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { differences } from '../../scripts/drills/runs.js';
import { GrodinError } from '../../stages/errors.js';

const directory = await mkdtemp(join(tmpdir(), 'grodin-micro-benchmark-'));
const first = await writeMicroBenchmark(directory);

test.after.always(() => rm(directory, { recursive: true, force: true }));

/** Hashes of all files, by path. */
async function snapshot(): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.sort().map(
        async (file) =>
          [
            file,
            createHash('sha256')
              .update(await readFile(file))
              .digest('hex'),
          ] as const,
      ),
    ),
  );
}

test.serial('the experiment names files that are there', async (t) => {
  t.is(first.images, 3480);
  const experiment = JSON.parse(await readFile(first.experiment, 'utf8'));
  const named: string[] = [
    ...experiment.models.map((model: { file: string }) => model.file),
    experiment.inDomain.manifest,
    ...experiment.outliers.map((set: { manifest: string }) => set.manifest),
  ];
  t.is(named.length, 11);
  for (const file of named) t.true((await readFile(join(directory, file))).length > 0, file);
});

test.serial('the sweep lies beside it, with the textures of frost that it names', async (t) => {
  const { outliers, models } = await readExperiment(first.sweep);
  t.is(outliers.length, 75);
  t.is(models[0]?.file, join(directory, 'models/resnet-8-seed-0.onnx'));
  const { textures } = outliers.find(({ name }) => name === 'frost-1')?.corrupt ?? {};
  t.is(textures?.folder, join(directory, 'frost'));
});

test.serial(
  'each row of a manifest names an image file, and unseen classes have an empty label',
  async (t) => {
    const lines = (await readFile(join(directory, 'O.csv'), 'utf8')).trimEnd().split('\n');
    t.is(lines[0], 'id,path,label,base');
    t.is(lines.length, 361);
    for (const line of lines.slice(1)) {
      const [id, path, label, base] = line.split(',');
      t.is(label, '');
      t.is(base, id);
      t.is((await sharp(join(directory, path!)).metadata()).width, 32);
    }
  },
);

test.serial('an image file holds the drawn pixels exactly', async (t) => {
  const decoded = await sharp(join(directory, 'clean/bird/0003.png')).raw().toBuffer();
  t.deepEqual(new Uint8Array(decoded), drawPhotograph('clean', classesOf('clean')[0]!, 3));
});

test.serial('a second call writes nothing', async (t) => {
  const before = await snapshot();
  t.is((await writeMicroBenchmark(directory)).written, 0);
  t.deepEqual(differences(await snapshot(), before), []);
});

test.serial('missing, truncated and altered files are repaired, and only those', async (t) => {
  const before = await snapshot();
  await rm(join(directory, 'clean/car/0000.png'));
  await truncate(join(directory, 'C/tree/0001.png'), 40);
  await writeFile(join(directory, 'A.csv'), 'id,path,label,base\n');
  const model = join(directory, 'models/resnet-8-seed-0.onnx');
  const bytes = await readFile(model);
  bytes[1000] = (bytes[1000]! + 1) % 256;
  await writeFile(model, bytes);
  t.is((await writeMicroBenchmark(directory)).written, 4);
  t.deepEqual(differences(await snapshot(), before), []);
});

test.serial('a directory whose writing was killed half way is finished', async (t) => {
  const before = await snapshot();
  await rm(join(directory, 'contents.json'));
  await rm(join(directory, 'R'), { recursive: true });
  await truncate(join(directory, 'O.csv'), 100);
  t.true((await writeMicroBenchmark(directory)).written > 0);
  t.deepEqual(differences(await snapshot(), before), []);
});

test.serial('a directory that cannot be made is refused in one line', async (t) => {
  const error = await t.throwsAsync(writeMicroBenchmark(join(directory, 'clean.csv', 'x')), {
    instanceOf: GrodinError,
  });
  t.is(error.message.split('\n').length, 1);
  t.true(error.message.includes('clean.csv'));
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { temporaryFolder } from '../temporary-folder.js';

const paper = new URL('../../../manifests/paper/', import.meta.url);

for (const [name, validation] of [
  ['imagenet', [3000, 600, 600, 600, 3000]],
  ['cifar-10', [500, 500]],
] as const) {
  test(`the paper's ${name} experiment is valid and has the split sizes of table 2 and the full grid`, async (t) => {
    const text = await readFile(new URL(`${name}.json`, paper), 'utf8');
    const { models, inDomain, outliers } = JSON.parse(text);
    const named = [
      ...models.map((model: { file: string }) => model.file),
      ...[inDomain, ...outliers].map((set) => set.manifest),
    ];
    const folder = await temporaryFolder(t, {
      'experiment.json': text,
      ...Object.fromEntries(named.map((file) => [file, ''])),
    });
    const experiment = await readExperiment(join(folder, 'experiment.json'));
    t.deepEqual(
      [experiment.inDomain, ...experiment.outliers].map((set) => set.validation),
      [...validation],
    );
    t.is(experiment.grid.epsilon.length, 21);
    t.is(experiment.grid.temperature.length, 10);
    t.deepEqual(experiment.resamplings, { deviation: 100, interval: 2000 });
  });
}

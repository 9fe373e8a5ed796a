import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { setsOf } from '../../pipeline/experiment/sets.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { experimentText, shippedExperiments } from '../../scripts/experiments/shipped.js';
import { temporaryFolder } from '../temporary-folder.js';

const manifests = new URL('../../../manifests/', import.meta.url);

for (const { file, content } of shippedExperiments)
  test(`${file} is as it is written, and valid, with the full grid`, async (t) => {
    const text = await readFile(new URL(file, manifests), 'utf8');
    t.is(text, `${experimentText(content)}\n`);
    const named = [
      ...content.models.map((model) => model.file),
      ...setsOf(content as never).map(({ manifest }) => manifest),
    ];
    const folder = await temporaryFolder(t, {
      'experiment.json': text,
      ...Object.fromEntries(named.map((one) => [one, ''])),
    });
    const { grid, resamplings } = await readExperiment(join(folder, 'experiment.json'));
    t.is(grid.epsilon.length, 21);
    t.is(grid.temperature.length, 10);
    t.deepEqual(resamplings, { deviation: 100, interval: 2000 });
  });

const shipped = (file: string) => shippedExperiments.find((one) => one.file === file)!.content;

test("the paper's experiments have the split sizes of its table 2", (t) => {
  const sizes = (file: string) => {
    const { inDomain, outliers } = shipped(file);
    return [inDomain, ...outliers].map(({ validation }) => validation);
  };
  t.deepEqual(sizes('paper/imagenet.json'), [3000, 600, 600, 600, 3000]);
  t.deepEqual(sizes('paper/cifar-10.json'), [500, 500]);
  t.deepEqual(new Set(sizes('paper/imagenet-c-by-cell.json')), new Set([3000]));
});

test('the sweep has 75 + 20 cells, and chooses once a corruption on 600 rows', (t) => {
  const { outliers, groups = [] } = shipped('paper/imagenet-c.json');
  t.is(outliers.length, 95);
  const families = groups.filter(({ name }) => outliers.some(({ selectOn }) => selectOn === name));
  t.is(families.length, 19);
  for (const { name, sets } of families) {
    const members = outliers.filter((set) => set.selectOn === name);
    t.deepEqual(
      members.map((set) => set.name),
      [...sets],
    );
    t.is(
      members.reduce((sum, { validation = 0 }) => sum + validation, 0),
      600,
    );
  }
  t.is(groups.find(({ name }) => name === 'blur')?.sets.length, 20);
});

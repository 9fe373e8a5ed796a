import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'csv-parse/sync';
import { shardNames } from './command.js';
import { runFile } from './here.js';
import { type SmallExperiment, smallExperiment, writeExperiment } from './small-experiment.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const set = (name: string, more: object = {}) => ({ name, manifest: 'noisy.csv', validation: 15, ...more });

/** Names as the paper's, and as an experiment may say that they are. */
function named(says: (published: string) => object, more: SmallExperiment = {}): SmallExperiment {
  return {
    models: [
      { name: 'ResNet-18', file: 'net.onnx', preprocess, ...says('ResNet-18') },
      {
        ...{ name: 'ResNet-50', file: 'net.onnx' },
        preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] },
        ...says('ResNet-50'),
      },
    ],
    ensembles: [{ name: 'both', models: ['ResNet-18', 'ResNet-50'], ...says('ResNet-50') }],
    inDomain: set('ImageNet-1K', { manifest: 'clean.csv', ...says('ImageNet-1K') }),
    outlierSets: [set('ImageNet-O', says('ImageNet-O')), set('ImageNet-R', { manifest: 'dark.csv' })],
    ...more,
  };
}

async function tables(folder: string): Promise<(file: string) => Promise<string>> {
  return (file) => readFile(join(folder, 'run', 'tables', file), 'utf8');
}

test.serial(
  "names alone show nothing of the paper's; an experiment that says which they are scores nothing again, and has it in every table",
  async (t) => {
    const folder = await smallExperiment(
      t,
      named(() => ({})),
    );
    const run = await runFile(folder, 'experiment.json', 'run');
    t.is(run.code, 0, run.err);
    t.notRegex(await (await tables(folder))('table-5.md'), /[Pp]ublished/);
    t.notRegex(await (await tables(folder))('table-5.csv'), /published/);
    const shards = await shardNames(join(folder, 'run'));

    await writeExperiment(
      folder,
      named((published) => ({ published })),
    );
    const again = await runFile(folder, 'experiment.json', 'run');
    t.is(again.code, 0, again.err);
    t.deepEqual(await shardNames(join(folder, 'run')), shards);
    await compareTables(t, folder);
  },
);

/** ROC-AUC ± σ of the paper's tables 5, 6 and 7, typed from them. */
const printed: Readonly<Record<string, readonly (readonly [column: string, auroc: number, σ: number])[]>> = {
  'table-5 ResNet-18': [
    ['MSP', 0.484, 0.006],
    ['ODIN', 0.628, 0.007],
    ['ML', 0.599, 0.006],
    ['G', 0.76, 0.006],
    ['SG', 0.804, 0.006],
  ],
  'table-5 ResNet-50': [
    ['MSP', 0.47, 0.006],
    ['ODIN', 0.599, 0.007],
    ['ML', 0.564, 0.008],
    ['G', 0.735, 0.006],
    ['SG', 0.769, 0.006],
  ],
  'table-5 both': [['Ensemble', 0.612, 0.006]],
  'table-6 ResNet-18': [
    ['vanilla', 0.517, 0.007],
    ['only-epsilon', 0.517, 0.007],
    ['only-temperature', 0.678, 0.008],
    ['full', 0.76, 0.006],
  ],
  'table-7 ResNet-50': [
    ['vanilla', 0.503, 0.007],
    ['only-epsilon', 0.503, 0.007],
    ['only-temperature', 0.659, 0.007],
    ['full', 0.769, 0.006],
  ],
};

async function compareTables(t: ExecutionContext, folder: string): Promise<void> {
  const table = await tables(folder);
  const csv = async (name: string): Promise<Record<string, string>[]> =>
    parse(await table(`${name}.csv`), { columns: true });
  for (const [name, values] of Object.entries(printed)) {
    const [file = '', model] = name.split(' ');
    const rows = (await csv(file)).filter((row) => row.model === model);
    const row = rows.find(({ outlier }) => outlier === 'ImageNet-O')!;
    for (const [column, auroc, σ] of values) {
      t.is(Number(row[`${column}.published`]), auroc);
      t.is(Number(row[`${column}.publishedDeviation`]), σ);
      const [ours, own] = [Number(row[`${column}.value`]), Number(row[`${column}.deviation`])];
      const expected = (ours - auroc) / Math.sqrt(own ** 2 + σ ** 2);
      t.true(Math.abs(Number(row[`${column}.differenceInDeviations`]) - expected) < 1e-12);
    }
    // Nobody says that this set is one of the paper's, although it has its name.
    const unsaid = rows.find(({ outlier }) => outlier === 'ImageNet-R')!;
    for (const [column] of values) t.is(unsaid[`${column}.published`], '');
  }

  // Of table 4's metrics one is published, whichever table of the paper has it.
  const ofPair = (await csv('table-4')).filter(({ outlier }) => outlier === 'ImageNet-O');
  t.deepEqual(
    ofPair.map((row) => [row.model, row.metric, row['G.published']]),
    ['ResNet-18', 'ResNet-50'].flatMap((model) =>
      ['auroc', 'fpr95', 'aupr-out', 'aupr-in'].map((metric) => [
        ...[model, metric],
        metric === 'auroc' ? { 'ResNet-18': '0.76', 'ResNet-50': '0.735' }[model] : '',
      ]),
    ),
  );

  const accuracies = await csv('table-3');
  const accuracy = accuracies.find((row) => row.model === 'ResNet-50' && row.set === 'ImageNet-1K')!;
  const a = Number(accuracy.accuracy);
  const σ = Math.sqrt((a * (1 - a)) / Number(accuracy.labelled) + (0.761 * 0.239) / 47_000);
  t.is(accuracy.published, '0.761');
  t.is(accuracy.publishedDeviation, '');
  t.true(Math.abs(Number(accuracy.differenceInDeviations) - (a - 0.761) / σ) < 1e-9);
  t.deepEqual(
    accuracies.filter(({ published }) => published !== '').map(({ model, set }) => `${model} ${set}`),
    ['ResNet-18 ImageNet-1K', 'ResNet-50 ImageNet-1K'],
  );
  t.regex(await table('table-3.md'), /\| published +\| 69\.7 +\| — +\| — +\|\n\| difference, σ +\| −/);

  const read = await table('table-6.md');
  t.regex(
    read,
    /\n\| +\| published +\| 0\.517 ± 0\.007 {5}\| 0\.517 ± 0\.007 {5}\| 0\.678 ± 0\.008 {5}\| 0\.760 ± 0\.006 {5}\|\n/,
  );
  t.regex(read, /\n\| +\| difference, σ \|( [+−]\d+\.\d +\|){4}\n/);
  t.regex(read, /\nPublished: the paper's\. /);
  // The paper's ensemble is by the measure that was best, which stands in table 5 here.
  const [best] = (await csv('table-5')).filter((row) => row.model === 'both' && row.outlier === 'ImageNet-O');
  const measures = (await csv('ensembles')).filter(({ outlier }) => outlier === 'ImageNet-O');
  const besides = measures.flatMap((row) =>
    Object.keys(row)
      .filter((key) => key.endsWith('.published') && row[key] !== '')
      .map((key) => [row[key], row[key.replace('published', 'value')]]),
  );
  t.deepEqual(besides, [['0.612', best!['Ensemble.value']]]);
  // Of a set that is not said to be the paper's.
  t.notRegex(await table('hard-examples.csv'), /published/);
}

const refusals: readonly (readonly [change: SmallExperiment, message: RegExp])[] = [
  [
    named((published) => ({ published }), { inDomain: set('ImageNet-1K', { manifest: 'clean.csv' }) }),
    /models\[0\]\.published: found "ResNet-18", which the paper has with ImageNet-1K, but the in-domain set does not say that it is that; give inDomain "published": "ImageNet-1K", or drop this\n/,
  ],
  [
    named(() => ({}), {
      outlierSets: [set('a', { published: 'tiny-ImageNet' })],
      inDomain: set('ImageNet-1K', { manifest: 'clean.csv', published: 'ImageNet-1K' }),
    }),
    /outliers\[0\]\.published: found "tiny-ImageNet", which the paper has with CIFAR-10, but the in-domain set is "ImageNet-1K" instead of that; drop one of the two\n/,
  ],
  [
    named(() => ({}), { inDomain: set('in', { published: 'ImageNet-O' }) }),
    /inDomain\.published: found "ImageNet-O", an outlier set of the paper; its in-domain sets are CIFAR-10, ImageNet-1K\n/,
  ],
  [
    named(() => ({}), { outlierSets: [set('a', { published: 'CIFAR-10' })] }),
    /outliers\[0\]\.published: found "CIFAR-10", an in-domain set of the paper; its outlier sets are tiny-ImageNet, /,
  ],
  [
    named(() => ({}), { outlierSets: [set('a', { published: 'imagenet-o' })] }),
    /outliers\[0\]\.published: found "imagenet-o"; expected a set of the paper: CIFAR-10, /,
  ],
];

test.serial('what the paper does not have together is refused', async (t) => {
  const folder = await smallExperiment(t);
  for (const [change, message] of refusals) {
    await writeExperiment(folder, change);
    const { code, err } = await runFile(folder, 'experiment.json', 'run');
    t.is(code, 2);
    t.regex(err, message);
  }
});

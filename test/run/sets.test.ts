import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'csv-parse/sync';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { selectionRows } from '../../pipeline/selection/selection-rows.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { shardNames } from './command.js';
import { runFile } from './here.js';
import { type SmallExperiment, sharedExperiment, writeExperiment } from './small-experiment.js';

const set = (name: string, more: object = {}) => ({ name, manifest: `${name}.csv`, ...more });
const tuned = (name: string, more: object = {}) => set(name, { validation: 15, ...more });

let folder: string;

test.before(async () => {
  folder = await sharedExperiment();
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Runs an experiment of its own file and folder, and reads its results. */
async function resultsOf(t: ExecutionContext, out: string, change: SmallExperiment) {
  await writeExperiment(folder, { outlierSets: [tuned('noisy')], shardSeconds: 1, ...change }, `${out}.json`);
  const { code, err } = await runFile(folder, `${out}.json`, out);
  t.is(code, 0, err);
  const file = (name: string) => readFile(join(folder, out, name));
  return {
    err,
    selection: selectionRows.decode(await file('selection.arrow')),
    metrics: metricRows.decode(await file('metrics.arrow')),
    files: [...(await readdir(join(folder, out))), ...(await readdir(join(folder, out, 'tables')))],
    file,
    table: async (name: string): Promise<Record<string, string>[]> =>
      parse(await file(`tables/${name}.csv`), { columns: true }),
  };
}

const imagesOf = (rows: readonly { inDomainImages: number; outlierImages: number; outlier: string }[]) => [
  ...new Set(rows.map((row) => `${row.outlier} ${row.inDomainImages} ${row.outlierImages}`)),
];

test.serial('a set that selects on another has its cells, and all its rows are tested', async (t) => {
  const { selection, metrics } = await resultsOf(t, 'on-another', {
    outlierSets: [tuned('noisy'), set('dark', { selectOn: 'noisy' })],
  });
  const cells = (name: string) =>
    selection.filter((row) => row.outlier === name).map(({ outlier: _, ...rest }) => rest);
  t.true(cells('noisy').length > 0);
  t.deepEqual(cells('dark'), cells('noisy'));
  t.deepEqual(imagesOf(metrics), ['noisy 15 15', 'dark 15 30']);
});

test.serial(
  'validation sets are selected on and not reported on, but what was left out of them is',
  async (t) => {
    const { metrics, table, file } = await resultsOf(t, 'apart', {
      inDomain: set('clean', { selectOn: 'in-tuning' }),
      outlierSets: [set('noisy', { selectOn: 'tuning' })],
      validationSets: [
        set('tuning', { manifest: 'dark.csv' }),
        set('in-tuning', { manifest: 'late.csv', validation: 20 }),
      ],
    });
    t.deepEqual(imagesOf(metrics), ['noisy 30 30']);
    t.deepEqual(
      (await table('table-3')).map((row) => row.set),
      ['clean', 'noisy'],
    );
    const text = (await file('tables/table-5.md')).toString();
    t.true(text.includes('clean 0 + 0, noisy 0 + 0, tuning 0 + 0, in-tuning 0 + 0.'), text);
  },
);

test.serial('the choice on a validation set is that of a set with the same validation rows', async (t) => {
  const own = await resultsOf(t, 'own', { outlierSets: [tuned('noisy'), tuned('dark')] });
  const apart = await resultsOf(t, 'same-rows', {
    outlierSets: [set('noisy', { selectOn: 'tuning' })],
    validationSets: [set('tuning', { manifest: 'dark.csv', validation: 15 })],
  });
  const cells = (rows: typeof own.selection, name: string) =>
    rows.filter((row) => row.outlier === name).map(({ outlier: _, ...rest }) => rest);
  t.deepEqual(cells(apart.selection, 'noisy'), cells(own.selection, 'dark'));
});

test.serial('severities that select together have one cell, and make a matrix', async (t) => {
  const severity = (name: string, level: number) =>
    tuned(name, { selectOn: 'fog', corruption: 'fog', severity: level });
  const change = {
    outlierSets: [severity('noisy', 1), severity('dark', 2)],
    groups: [{ name: 'fog', sets: ['noisy', 'dark'] }],
  };
  const { selection, table, files } = await resultsOf(t, 'family', change);
  const cells = (name: string) =>
    selection.filter((row) => row.outlier === name).map(({ outlier: _, ...rest }) => rest);
  t.deepEqual(cells('dark'), cells('noisy'));
  const aurocs = await table('table-5');
  const matrix = (await table('corruptions')).filter(({ detector }) => detector === 'G');
  const [first = NaN, second = NaN] = aurocs.map((row) => Number(row['G.value']));
  t.deepEqual(
    matrix.map(({ corruption, severity, value }) => [corruption, severity, Number(value)]),
    ['fog', 'mean (1)'].flatMap((name) => [
      [name, '1', first],
      [name, '2', second],
      [name, 'mean', (first + second) / 2],
    ]),
  );
  const accuracies = new Map((await table('table-3')).map((row) => [row.set, Number(row.accuracy)]));
  const [clean = NaN, noisy = NaN, dark = NaN] = ['clean', 'noisy', 'dark'].map((name) =>
    accuracies.get(name),
  );
  t.deepEqual(
    (await table('corruptions-accuracy')).slice(0, 4).map(({ value }) => Number(value)),
    [noisy, dark, (noisy + dark) / 2, clean - (noisy + dark) / 2],
  );
  t.false(files.includes('groups.csv'));
});

test.serial('covariate-shifted sets count as in-domain in the full spectrum alone', async (t) => {
  const plain = await resultsOf(t, 'plain', {});
  const shifted = await resultsOf(t, 'shifted', { covariateShifted: [set('late', { test: 12 })] });
  t.deepEqual(shifted.metrics, plain.metrics);
  t.false(plain.files.includes('metrics-full-spectrum.arrow'));
  const whole = metricRows.decode(await shifted.file('metrics-full-spectrum.arrow'));
  t.deepEqual(imagesOf(whole), ['noisy 27 15']);
  t.is(whole.length, plain.metrics.length);
  t.notDeepEqual(
    whole.map(({ value }) => value),
    plain.metrics.map(({ value }) => value),
  );
  t.deepEqual(
    (await shifted.table('table-3')).map(({ set: name, role }) => [name, role]),
    [
      ['clean', 'in-domain'],
      ['late', 'covariate-shifted'],
      ['noisy', 'outlier'],
    ],
  );
  t.is(
    (await shifted.file('tables/full-spectrum.md')).toString().match(/in-domain being .*/)?.[0],
    'in-domain being clean + late. ROC-AUC values, the best of each row in bold.',
  );
  // 15 of the one and 12 of the other, as the metrics have it.
  t.deepEqual(
    (await shifted.table('full-spectrum')).map((row) => [row.inDomainImages, row.outlierImages]),
    [['27', '15']],
  );
  const compared = await shifted.table('comparisons-full-spectrum');
  const detectors = new Set(whole.map(({ detector }) => detector)).size;
  t.is(compared.length, detectors - 1);
  const aurocs = new Map(
    (await shifted.table('full-spectrum')).flatMap((row) =>
      Object.entries(row).map(([column, value]) => [column.replace('.value', ''), value] as const),
    ),
  );
  for (const { detector = '', 'auroc.value': value } of compared) {
    t.is(value, aurocs.get(detector));
    t.true(Number(value) > 0);
  }
  t.is(
    (await shifted.file('tables/full-spectrum.md')).toString().match(/ †/g)?.length ?? 0,
    compared.filter(({ verdict }) => verdict === 'level').length,
  );
  t.false(plain.files.includes('comparisons-full-spectrum.csv'));
  t.false(plain.files.includes('ranks-full-spectrum.csv'));
});

test.serial('groups may come later: nothing is scored again, and the table has means', async (t) => {
  const outlierSets = [tuned('noisy'), tuned('dark')];
  await resultsOf(t, 'grouped', { outlierSets });
  const shards = await shardNames(join(folder, 'grouped'));
  const { table } = await resultsOf(t, 'grouped', {
    outlierSets,
    groups: [{ name: 'near', sets: ['dark', 'noisy'] }],
  });
  t.deepEqual(await shardNames(join(folder, 'grouped')), shards);
  const values = new Map((await table('table-5')).map((row) => [row.outlier, Number(row['G.value'])]));
  const found = (await table('groups')).filter((row) => row.metric === 'auroc' && row.detector === 'G');
  const [noisy = NaN, dark = NaN] = ['noisy', 'dark'].map((name) => values.get(name));
  t.deepEqual(
    found.map((row) => [row.group, row.set, Number(row.value), row.sets]),
    [
      ['near', 'dark', dark, '1'],
      ['near', 'noisy', noisy, '1'],
      ['near', 'mean', (dark + noisy) / 2, '2'],
    ],
  );
});

test.serial(
  'a set may have its images preprocessed otherwise, and scores are those of a model that does so',
  async (t) => {
    const cropped = { resize: 30, crop: 24 };
    const outlierSets = [tuned('noisy'), tuned('dark', { preprocess: cropped })];
    await resultsOf(t, 'cropped', { outlierSets });
    const usual = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
    const models = [{ name: 'net', file: 'net.onnx', preprocess: { ...usual, ...cropped } }];
    // The in-domain set has no part in wave 1 of outlier sets, whose cells are all of the grid.
    await resultsOf(t, 'cropped-all', { models, outlierSets: [tuned('dark')] });
    const [mixed, all, none] = await Promise.all(
      ['cropped', 'cropped-all', 'own'].map(async (out) => new Set(await shardNames(join(folder, out)))),
    );
    const shared = [...mixed!].filter((shard) => all!.has(shard));
    t.true(shared.length > 0);
    t.false(shared.some((shard) => none!.has(shard)));

    const back = [tuned('noisy'), tuned('dark')];
    await writeExperiment(folder, { outlierSets: back }, 'back.json');
    const { code, err } = await runFile(folder, 'back.json', 'cropped');
    t.is(code, 2);
    t.regex(err, /"preprocess" of set "dark" was \{"resize":30,"crop":24\} and is now null/);

    const wrong = [tuned('dark', { preprocess: { crop: 20 } })];
    await writeExperiment(folder, { outlierSets: wrong }, 'wrong.json');
    const refused = await runFile(folder, 'wrong.json', 'wrong');
    t.is(refused.code, 2);
    t.regex(
      refused.err,
      /"preprocess" of set "dark" with model "net": "crop" 20 gives images of 20 × 20, but .*net\.onnx takes 3 × 24 × 24/,
    );
  },
);

test.serial("accuracy is also told among a set's own classes, as the network's logits have it", async (t) => {
  // Rows of classes 2 and 7 alone.
  const lines = (await readFile(join(folder, 'dark.csv'), 'utf8')).split('\n');
  const kept = lines.filter((line, index) => index === 0 || /,[27]$/.test(line));
  await writeFile(join(folder, 'two.csv'), `${kept.join('\n')}\n`);
  const dark = { name: 'dark', manifest: 'two.csv', validation: 2, ownClasses: true };
  const { table } = await resultsOf(t, 'own-classes', { outlierSets: [tuned('noisy'), dark] });

  const net = await InferenceSession.create(join(folder, 'net.onnx'));
  const [input = ''] = net.inputNames;
  const amongOwn = async (image: string): Promise<number> => {
    const pixels = await sharp(join(folder, image)).raw().toBuffer();
    const planes = Float32Array.from({ length: 3 * 576 }, (_, at) => {
      return ((pixels[(at % 576) * 3 + Math.floor(at / 576)] ?? 0) / 255 - 0.5) / 0.25;
    });
    const outputs = await net.run({ [input]: new Tensor('float32', planes, [1, 3, 24, 24]) });
    const logits = outputs[net.outputNames[0] ?? '']!.data as Float32Array;
    return logits[2]! >= logits[7]! ? 2 : 7;
  };
  const correct = new Map<string, boolean>();
  let others = 0;
  for (const name of await shardNames(join(folder, 'own-classes'))) {
    const shard = tableFromIPC(await readFile(join(folder, 'own-classes', 'shards', name)));
    if (shard.schema.metadata.get('own_classes') !== '[2,7]') {
      t.false(shard.schema.fields.some((field) => field.name === 'predicted_among_own'));
      continue;
    }
    for (const row of shard) {
      if (row?.epsilon !== 0 || row.temperature !== 1) continue;
      t.is(row.predicted_among_own, await amongOwn(row.image));
      if (row.predicted !== row.predicted_among_own) others += 1;
      correct.set(row.image, row.predicted_among_own === row.label);
    }
  }
  t.true(others > 0);
  const { sets } = await openRecorded(runDirectory(join(folder, 'own-classes')));
  const { rows, split } = sets.find(({ name }) => name === 'dark')!;
  const rights = Array.from(split.test, (row) => correct.get(rows.rows.idAt(row)));
  t.deepEqual(
    (await table('table-3')).slice(1).map((row) => [row.set, row.classes, row.images]),
    [
      ['noisy', 'all', '15'],
      ['dark', 'all', '4'],
      ['dark', '2', '4'],
    ],
  );
  t.is(rights.length, 4);
  t.is(Number((await table('table-3')).at(-1)?.accuracy), rights.filter(Boolean).length / 4);

  await writeFile(
    join(folder, 'unlabelled.csv'),
    kept
      .map((line) => line.replace(/,.*/, ','))
      .join('\n')
      .replace('path,', 'path,label'),
  );
  await writeExperiment(
    folder,
    { outlierSets: [{ ...dark, manifest: 'unlabelled.csv' }] },
    'unlabelled.json',
  );
  const { code, err } = await runFile(folder, 'unlabelled.json', 'unlabelled');
  t.is(code, 2);
  await writeExperiment(
    folder,
    { outlierSets: [tuned('noisy'), { ...dark, ownClasses: undefined }] },
    'all-classes.json',
  );
  const later = await runFile(folder, 'all-classes.json', 'own-classes');
  t.is(later.code, 2);
  t.regex(
    later.err,
    /"ownClasses" of set "dark" was true and is now null, .* its shards keep the predictions among its own classes .*--rescore/,
  );

  t.regex(err, /unlabelled\.csv: has no labels, but "ownClasses" is set; list labels, or drop "ownClasses"/);
});

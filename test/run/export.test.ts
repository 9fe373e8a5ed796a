import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { parse } from 'csv-parse/sync';
import { exportScores, InputError } from 'grodin';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { loadLogits } from '../../pipeline/store/load-logits.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinHere } from '../cli/here.js';
import { copyRun, shardNames } from './command.js';
import { runExperiment } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment } from './small-experiment.js';

type Row = Readonly<Record<string, string | number | readonly number[] | null>>;

const detectors = ['MSP', 'ODIN', 'ML', 'G', 'SG', 'Energy', 'TempScale'];
let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ detectors, maxBadFraction: 0.5 });
  await writeFile(join(folder, 'noisy/3.png'), 'not an image, "quoted"');
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const exported = (...args: string[]) => grodinHere(['export', ...args], folder);

async function fromParquet(file: string): Promise<Row[]> {
  const bytes = await readFile(join(folder, file));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return (await parquetReadObjects({ file: buffer as ArrayBuffer })) as Row[];
}

async function fromArrow(file: string): Promise<Row[]> {
  const table = tableFromIPC(await readFile(join(folder, file)));
  return Array.from(table, (row) => {
    const { logits, ...cells } = row.toJSON();
    return { ...cells, ...(logits === undefined ? {} : { logits: logits && [...logits] }) };
  });
}

const textColumns = ['model', 'outlier', 'set', 'role', 'split', 'id', 'path', 'base', 'error'];

async function fromCsv(file: string): Promise<Row[]> {
  const rows: Record<string, string>[] = parse(await readFile(join(folder, file), 'utf8'), { columns: true });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, text]) => {
        if (text === '') return [name, null];
        return [name, textColumns.includes(name) ? text : Number(text)];
      }),
    ),
  );
}

for (const [form, flags, rows] of [
  ['long', [], 342],
  ['wide', ['--wide'], 120],
] as const)
  test.serial(`the ${form} table is the same in every format`, async (t) => {
    for (const format of ['csv', 'parquet', 'arrow']) {
      const { code, out, err } = await exported('base', '--out', `${form}.${format}`, ...flags);
      t.is(code, 0, err);
      t.is(out, `${form}.${format}: ${rows} rows, 1 of images that could not be used\n`);
    }
    const parquet = await fromParquet(`${form}.parquet`);
    t.is(parquet.length, rows);
    t.deepEqual(parquet, await fromArrow(`${form}.arrow`));
    t.deepEqual(parquet, await fromCsv(`${form}.csv`));
    const bytes = await readFile(join(folder, `${form}.parquet`));
    await exported('base', '--out', `${form}.parquet`, ...flags);
    t.deepEqual(await readFile(join(folder, `${form}.parquet`)), bytes);
    const { row_groups, key_value_metadata } = parquetMetadata(new Uint8Array(bytes).buffer);
    t.true(row_groups.length > 1, 'read in parts');
    t.deepEqual(Object.fromEntries(key_value_metadata?.map(({ key, value }) => [key, value]) ?? []), {
      experiment: 'small',
      in_domain: 'clean',
    });
  });

test.serial(
  'the long table has the scores of the shards, an image and cell once, and what follows from them',
  async (t) => {
    await exported('base', '--out', 'scores.parquet');
    const table = await fromParquet('scores.parquet');
    const { rows } = await scoreRows(join(folder, 'base'));
    const seen = new Set<string>();
    for (const row of table) {
      if (row.error !== null) continue;
      const cell = `${row.id} ${row.epsilon} ${row.temperature}`;
      t.false(seen.has(cell), cell);
      seen.add(cell);
      const scores = rows.get(`${cell} gradient`) ?? rows.get(`${cell} forward`);
      t.deepEqual([row.predicted, row.max_logit, row.log_odds, row.log_sg], scores);
      const [logOdds, logS] = [Number(row.log_odds), Number(row.log_s)];
      t.true(Math.abs(logS + Math.log1p(Math.exp(-logOdds))) < 1e-12);
      if (row.log_sg === null) t.is(row.log_g, null);
      else t.true(Math.abs(Number(row.log_g) - (Number(row.log_sg) - 2 * logS)) < 1e-12);
      t.deepEqual([row.G, row.SG, row.ODIN], [row.log_g, row.log_sg, -logOdds]);
      const isFixed = row.epsilon === 0 && row.temperature === 1;
      t.deepEqual([row.MSP, row.ML], isFixed ? [-logOdds, -Number(row.max_logit)] : [null, null]);
      t.is(row.Energy === null, !isFixed);
    }
    const fitted = new Map(
      table.flatMap(({ id, TempScale }) => (TempScale === null ? [] : [[id, TempScale]])),
    );
    t.is(fitted.size, new Set([...rows.keys()].map((key) => key.split(' ')[0])).size);
    t.is(table.filter(({ TempScale }) => TempScale !== null).length, fitted.size, 'one row an image');
    const inShards = new Set([...rows.keys()].map((key) => key.replace(/ \w+$/, '')));
    inShards.forEach((key) => {
      if (key.startsWith('noisy/3.png')) inShards.delete(key);
    });
    t.deepEqual([...seen].sort(), [...inShards].sort());
  },
);

test.serial(
  'an image that could not be used has one row in the long table, with the reason and no score',
  async (t) => {
    await exported('base', '--out', 'failed.parquet', '--sets', 'noisy,dark');
    const rows = (await fromParquet('failed.parquet')).filter(({ id }) => id === 'noisy/3.png');
    t.is(rows.length, 1);
    const { model, set, role, path, label, base, split, error, ...others } = rows[0]!;
    t.deepEqual(
      [model, set, role, path, label, base],
      ['net', 'noisy', 'outlier', 'noisy/3.png', 3, 'noisy/3.png'],
    );
    t.regex(String(error), /^decoding: .*noisy\/3\.png/);
    const { id: _, ...scores } = others;
    t.true(Object.values(scores).every((cell) => cell === null));
  },
);

test.serial('the wide table gives the run’s own ROC-AUC of every detector and outlier set', async (t) => {
  await exported('base', '--out', 'auroc.parquet', '--wide', '--split', 'test');
  const table = (await fromParquet('auroc.parquet')).filter(({ error }) => error === null);
  const metrics = metricRows.decode(await readFile(join(folder, 'base/metrics.arrow')));
  for (const outlier of ['noisy', 'dark'])
    for (const detector of detectors) {
      const values = (isOutlier: boolean) =>
        table
          .filter((row) => row.outlier === outlier && (row.role === 'outlier') === isOutlier)
          .map((row) => Number(row[detector]));
      const [inside, outside] = [values(false), values(true)];
      const wins = outside.flatMap((o) => inside.map((i) => (o > i ? 1 : o === i ? 0.5 : 0)));
      const auroc = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
      const last = detectorNamed(detector).ablations.at(-1);
      const expected = metrics.find(
        (row) =>
          row.outlier === outlier &&
          row.detector === detector &&
          row.ablation === last &&
          row.metric === 'auroc',
      );
      t.true(Math.abs(auroc - expected!.value) < 1e-12, `${detector} ${outlier}`);
    }
});

test.serial('logits stand once for each image, as the run has kept them', async (t) => {
  for (const args of [['logits.parquet'], ['logits.arrow', '--wide']])
    t.is((await exported('base', '--logits', '--sets', 'clean', '--out', ...args)).code, 0);
  const run = await openRecorded(runDirectory(join(folder, 'base')));
  const { rows: manifest, split } = run.sets.find(({ name }) => name === 'clean')!;
  const rows = Int32Array.from([...split.validation, ...split.test]).sort();
  const kept = new Map<string, number[]>();
  for await (const { row, logits } of loadLogits(run, await allPlanned(run), {
    ...{ model: 'net', set: 'clean', manifest, rows },
  }))
    kept.set(manifest.rows.idAt(row), [...logits]);
  for (const table of [await fromParquet('logits.parquet'), await fromArrow('logits.arrow')]) {
    const found = table.flatMap(({ id, logits }) => (logits ? [[id, logits] as const] : []));
    t.is(found.length, 30);
    t.deepEqual(new Map(found), kept as ReadonlyMap<unknown, unknown>);
  }
});

test.serial(
  'of an unfinished run what is there is written, and what is missing said, with exit code 75',
  async (t) => {
    const part = await copyRun(folder, 'base', 'part');
    const run = await openRecorded(runDirectory(part));
    const test = new Set(run.sets.find(({ name }) => name === 'dark')!.split.test);
    const gone = (await allPlanned(run))
      .filter(({ set, rows }) => set === 'dark' && rows.every((row) => test.has(row)))
      .map(({ id }) => `${id}.arrow`);
    for (const name of gone.slice(1)) await rm(join(part, 'shards', name));
    const { code, out, err } = await exported('part', '--out', 'part.csv');
    t.is(code, 75);
    t.regex(out, /^part\.csv: \d+ rows/);
    t.regex(
      err,
      new RegExp(
        `^grodin: part: the run is unfinished, so that the table lacks scores: ${gone.length - 1} of \\d+ shards of test images; finish it`,
      ),
    );
    const ids = new Set((await fromCsv('part.csv')).filter(({ set }) => set === 'dark').map(({ id }) => id));
    t.true(ids.size >= 15 && ids.size < 30);
    t.is((await exported('part', '--out', 'whole.csv', '--sets', 'clean,noisy')).code, 0);

    for (const name of await shardNames(part)) await rm(join(part, 'shards', name), { force: true });
    const nothing = await exported('part', '--out', 'part.csv');
    t.is(nothing.code, 1);
    t.regex(nothing.err, /nothing of what is asked for is scored yet/);
    t.true((await fromCsv('part.csv')).length > 0, 'what was there stays');
  },
);

test.serial('names that the experiment lacks, and what a format can’t hold, are bad input', async (t) => {
  for (const [args, message] of [
    [['--models', 'nets'], /no model "nets"; did you mean "net"\?/],
    [['--sets', 'clean,drak'], /no set "drak"; did you mean "dark"\?/],
    [['--detectors', 'GEN'], /no detector "GEN"/],
    [['--logits'], /CSV can't hold lists, as logits are; choose parquet or arrow, or drop --logits/],
    [['--format', 'xlsx'], /Allowed choices are csv, parquet, arrow/],
  ] as const) {
    const { code, err } = await exported('base', '--out', 'refused.csv', ...args);
    t.is(code, 2, err);
    t.regex(err, message);
  }
  t.regex(
    (await exported('base', '--out', 'scores.feather')).err,
    /does not end in \.csv, \.parquet, \.arrow/,
  );
  await t.throwsAsync(readFile(join(folder, 'refused.csv')), { code: 'ENOENT' });
});

test.serial('files of the run, what it reads, and files that are no tables are never replaced', async (t) => {
  const run = await copyRun(folder, 'base', 'own files');
  const shards = (await readdir(join(run, 'shards'))).map((name) => join('own files', 'shards', name));
  await symlink('clean.csv', join(folder, 'link.csv'));
  for (const [file, message] of [
    ['own files/metrics.arrow', /own files\/metrics\.arrow: lies in the run directory .*; name another file/],
    [shards[0]!, /lies in the run directory/],
    ['own files/new/scores.csv', /lies in the run directory/],
    ['clean.csv', /clean\.csv: is the manifest of set "clean" of the run, and would be lost/],
    ['link.csv', /link\.csv: is the manifest of set "clean"/],
    ['net.onnx', /net\.onnx: is the model "net" of the run/],
    ['experiment.json', /experiment\.json: is there, and is no table that was exported/],
  ] as const) {
    const before = await readFile(join(folder, file)).catch(() => null);
    const { code, err } = await exported('own files', '--out', file, '--format', 'arrow');
    t.is(code, 2, err);
    t.regex(err, message);
    t.is(err.trim().split('\n').length, 1, err);
    t.deepEqual(await readFile(join(folder, file)).catch(() => null), before);
  }
  for (const format of ['csv', 'parquet', 'arrow', 'csv']) {
    const { code, err } = await exported('own files', '--out', 'again.csv', '--format', format);
    t.is(code, 0, err);
  }
});

test.serial('code exports as the command does', async (t) => {
  const file = join(folder, 'from-code.csv');
  const outcome = await exportScores(join(folder, 'base'), file, { sets: ['dark'], split: 'test' });
  t.deepEqual(outcome, { out: file, format: 'csv', rows: 60, failedImages: 0, unfinished: [] });
  await exported('base', '--out', 'by-command.csv', '--sets', 'dark', '--split', 'test');
  t.deepEqual(await readFile(file), await readFile(join(folder, 'by-command.csv')));
  const options = { models: 'net' } as unknown as { models: string[] };
  await t.throwsAsync(exportScores(join(folder, 'base'), file, options), {
    instanceOf: InputError,
    message: 'exportScores: models: found "net"; expected a list of names of models with at least one item',
  });
});

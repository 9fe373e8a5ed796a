import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { decodeErrors } from '../../pipeline/waves/errors-table.js';
import { grodin } from '../cli/built.js';
import { comparable, runExperiment, shardNames } from './command.js';
import { smallExperiment, writeExperiment } from './small-experiment.js';

test('a run writes shards, selection, metrics and tables, and prints the tables', async (t) => {
  const folder = await smallExperiment(t);
  const { code, out, err } = await runExperiment(folder, 'run');
  t.is(code, 0, err);
  t.regex(out, /^Table 3:/);
  t.regex(out, /\nTable 7:/);
  const names = await readdir(join(folder, 'run'));
  for (const name of ['run.json', 'selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'errors.arrow']) {
    t.true(names.includes(name), name);
  }
  const tables = await readdir(join(folder, 'run', 'tables'));
  t.true(tables.includes('table-5.md') && tables.includes('table-5.csv'));
  const printed = await readFile(join(folder, 'run', 'tables', 'table-5.md'), 'utf8');
  t.true(out.includes(printed.trimEnd()));
});

test('a finished run has nothing to do, opens no model and prints the same tables', async (t) => {
  const folder = await smallExperiment(t);
  const first = await runExperiment(folder, 'run');
  const before = await comparable(join(folder, 'run'));
  await rm(join(folder, 'run', 'compiled'), { recursive: true });
  const second = await runExperiment(folder, 'run');
  t.is(second.code, 0);
  t.is(second.out, first.out);
  t.regex(second.err, /the run is finished, nothing to do\n$/);
  t.deepEqual(await readdir(join(folder, 'run', 'compiled')), []);
  t.deepEqual(await comparable(join(folder, 'run')), before);
});

test('the number of workers changes no byte', async (t) => {
  const folder = await smallExperiment(t);
  for (const workers of ['1', '3']) {
    t.is((await runExperiment(folder, `run-${workers}`, '--workers', workers)).code, 0);
  }
  t.deepEqual(await comparable(join(folder, 'run-1')), await comparable(join(folder, 'run-3')));
});

test('--json prints one document with selection and metrics', async (t) => {
  const folder = await smallExperiment(t);
  const { code, out } = await runExperiment(folder, 'run', '--json');
  t.is(code, 0);
  const document = JSON.parse(out);
  t.is(document.nothingToDo, false);
  t.is(document.failedImages, 0);
  t.is(document.selection.length, 2 * 11);
  t.is(document.metrics.length, 2 * 11 * 4);
});

test('a damaged or foreign shard is set aside and done again with the same bytes', async (t) => {
  const folder = await smallExperiment(t);
  const run = join(folder, 'run');
  await runExperiment(folder, run);
  const before = await comparable(run);
  const [flipped, truncated, foreign, other] = await shardNames(run);
  const file = (name: string | undefined) => join(run, 'shards', name!);
  const bytes = await readFile(file(flipped));
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
  await writeFile(file(flipped), bytes);
  await writeFile(file(truncated), (await readFile(file(truncated))).subarray(0, 100));
  await writeFile(file(foreign), await readFile(file(other)));
  t.is((await runExperiment(folder, run)).code, 0);
  t.deepEqual(await comparable(run), before);
  const aside = await readdir(join(run, 'set-aside'));
  t.is(aside.filter((name) => name.endsWith('.arrow')).length, 3);
  const reason = aside.find((name) => name.startsWith(foreign!.slice(0, 64)) && name.endsWith('.txt'));
  t.regex(await readFile(join(run, 'set-aside', reason!), 'utf8'), /it holds shard/);
});

test('altered results are made anew from the shards', async (t) => {
  const folder = await smallExperiment(t);
  const run = join(folder, 'run');
  await runExperiment(folder, run);
  const before = await comparable(run);
  await writeFile(join(run, 'selection.arrow'), 'not a selection');
  await rm(join(run, 'tables', 'table-5.md'));
  t.is((await runExperiment(folder, run)).code, 0);
  t.deepEqual(await comparable(run), before);
});

test('images that cannot be used become error rows, are counted, and leave the metrics alone', async (t) => {
  const folder = await smallExperiment(t, { maxBadFraction: 0.2 });
  const image = (name: string) => join(folder, 'noisy', name);
  const png = await readFile(image('0.png'));
  await rm(image('1.png'));
  await writeFile(image('2.png'), png.subarray(0, png.length >> 1));
  await writeFile(image('3.png'), '');
  await writeFile(image('4.png'), 'this is no image');
  const { code, out, err } = await runExperiment(folder, 'run', '--json');
  t.is(code, 0, err);
  t.is(JSON.parse(out).failedImages, 4);
  const errors = decodeErrors(await readFile(join(folder, 'run', 'errors.arrow')));
  t.deepEqual(
    errors.map(({ set, image: id, stage }) => [set, id, stage]),
    [1, 2, 3, 4].map((n) => ['noisy', `noisy/${n}.png`, 'decoding']),
  );
  t.regex(errors[0]!.message, /1\.png: no such image file/);
  const table = await readFile(join(folder, 'run', 'tables', 'table-5.md'), 'utf8');
  const [, validation, tested] = /noisy (\d+) \+ (\d+)/.exec(table)!;
  t.is(Number(validation) + Number(tested), 4);
});

test('too many bad images fail the run with one line; mended, it goes on by --retry-failed', async (t) => {
  const folder = await smallExperiment(t);
  const image = join(folder, 'noisy', '7.png');
  const png = await readFile(image);
  const whole = await runExperiment(folder, 'whole');
  for (const n of [3, 7]) await rm(join(folder, 'noisy', `${n}.png`));
  const failed = await runExperiment(folder, 'run');
  t.is(failed.code, 1);
  t.is(failed.out, '');
  t.regex(failed.err, /grodin: \d of 90 images could not be used, more than maxBadFraction 0\.01 allows/);
  t.true((await shardNames(join(folder, 'run'))).length > 0);
  t.is((await runExperiment(folder, 'run')).code, 1);
  await writeFile(image, png);
  await writeFile(
    join(folder, 'noisy', '3.png'),
    await readFile(join(folder, 'noisy', '3.copy')).catch(() => png),
  );
  const mended = await runExperiment(folder, 'run', '--retry-failed');
  t.is(mended.code, 0, mended.err);
  t.not(whole.out, '');
});

test('an experiment whose bad images become allowed goes on without scoring anything twice', async (t) => {
  const folder = await smallExperiment(t);
  await rm(join(folder, 'clean', '1.png'));
  t.is((await runExperiment(folder, 'run')).code, 1);
  await writeExperiment(folder, { maxBadFraction: 0.1 });
  const { code, out } = await runExperiment(folder, 'run', '--json');
  t.is(code, 0);
  t.is(JSON.parse(out).failedImages, 1);
});

test('a model without a rule for an operation is bad input, named, and leaves no shard', async (t) => {
  const folder = await smallExperiment(t);
  await writeFile(join(folder, 'net.onnx'), 'this is no model');
  const { code, err } = await runExperiment(folder, 'run');
  t.is(code, 2);
  t.regex(err, /grodin: .*net\.onnx: /);
  t.deepEqual(await shardNames(join(folder, 'run')), []);
});

test('status tells what is planned and done, and reduce repeats the results byte for byte', async (t) => {
  const folder = await smallExperiment(t);
  const run = join(folder, 'run');
  await runExperiment(folder, run);
  const before = await comparable(run);
  const status = JSON.parse((await grodin(['status', 'run', '--json'], folder)).out);
  t.is(status.waves.length, 2);
  for (const wave of status.waves) t.is(wave.done, wave.total);
  t.true(status.selectionMade && status.resultsWritten);
  t.regex((await grodin(['status', 'run'], folder)).out, /wave 2 \(test images\): \d+\/\d+ shards/);
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'errors.arrow']) {
    await rm(join(run, name));
  }
  t.is((await grodin(['reduce', 'run'], folder)).code, 0);
  t.deepEqual(await comparable(run), before);
});

test('reduce names how many shards are missing', async (t) => {
  const folder = await smallExperiment(t);
  await runExperiment(folder, 'run');
  const [first, second] = await shardNames(join(folder, 'run'));
  for (const name of [first, second]) await rm(join(folder, 'run', 'shards', name!));
  const { code, err } = await grodin(['reduce', 'run'], folder);
  t.is(code, 1);
  t.regex(err, /wave [12] lacks [12] of \d+ shards; finish the run first/);
});

test('a folder without a run is bad input for status and reduce', async (t) => {
  const folder = await smallExperiment(t);
  for (const command of ['status', 'reduce']) {
    const { code, err } = await grodin([command, 'clean'], folder);
    t.is(code, 2);
    t.regex(err, /clean: holds no run \(there is no run\.json\)/);
  }
});

test('--dry-run prints passes by wave and writes nothing', async (t) => {
  const folder = await smallExperiment(t);
  const { code, out, err } = await runExperiment(folder, 'run', '--dry-run', '--json');
  t.is(code, 0, err);
  const { waves, machinesForOneNight } = JSON.parse(out);
  // 45 validation images at 2 temperatures and 4 cells.
  t.deepEqual(waves[0].passes, { perturbation: 90, scoring: 180, forward: 0 });
  t.is(waves[1].wave, 2);
  t.is(machinesForOneNight, 1);
  t.false((await readdir(folder)).includes('run'));
});

import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { errorRows } from '../../pipeline/inputs/errors-table.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import type { Finished } from '../cli/built.js';
import { grodinHere } from '../cli/here.js';
import { comparable, copyRun, differences, runExperiment as runApart, shardNames } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment, smallExperiment, writeExperiment } from './small-experiment.js';

/** As many as make several shards of each set. */
const images = 12;

let shared: string;
let first: Finished;

test.before(async () => {
  shared = await sharedExperiment({ images });
  first = await runApart(shared, 'base');
});

test.after.always(() => rm(shared, { recursive: true, force: true }));

test.serial(
  'a run writes shards, selection, metrics and tables, and prints what is read first',
  async (t) => {
    const { code, out, err } = first;
    t.is(code, 0, err);
    t.regex(out, /^Accuracy on labelled test images, %\n/);
    t.regex(out, /\nROC-AUC on test images: .*\n\nmodel {2}set +MSP /);
    t.regex(out, /\nBest detector of each set, at its cell\n/);
    t.regex(out, /\n\d+ tables: base\/tables\/\*\.md\n$/);
    t.true(out.split('\n').every((line) => line.length <= 100));
    const names = await readdir(join(shared, 'base'));
    for (const name of ['revisions', 'selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'errors.arrow']) {
      t.true(names.includes(name), name);
    }
    const tables = await readdir(join(shared, 'base', 'tables'));
    t.true(tables.includes('table-5.md') && tables.includes('table-5.csv'));
    const printed = await readFile(join(shared, 'base', 'tables', 'table-5.md'), 'utf8');
    t.false(out.includes(printed.trimEnd()));
    const again = async (which: string) =>
      (await grodinHere(['reduce', 'base', '--no-report', '--tables', which], shared)).out;
    t.true((await again('all')).includes(printed.trimEnd()));
    t.regex(await again('none'), /^\d+ tables: .*\n$/);
  },
);

test.serial('a finished run has nothing to do, opens no model and prints the same', async (t) => {
  const run = await copyRun(shared, 'base', 'finished');
  const before = await comparable(run);
  await rm(join(run, 'compiled'), { recursive: true });
  const second = await runExperiment(shared, run);
  t.is(second.code, 0);
  t.is(second.out, first.out.replace('base/tables', 'finished/tables'));
  t.regex(second.err, /the run is finished, nothing to do\n/);
  t.deepEqual(await readdir(join(run, 'compiled')), []);
  t.deepEqual(differences(await comparable(run), before), []);
});

test.serial('a finished run whose images are gone keeps its results, and says what is gone', async (t) => {
  const folder = await smallExperiment(t, { images });
  const before = await runExperiment(folder, 'run');
  t.is(before.code, 0, before.err);
  await rename(join(folder, 'noisy'), join(folder, 'elsewhere'));
  const { code, out, err } = await runExperiment(folder, 'run');
  t.is(code, 0);
  t.is(out, before.out);
  t.regex(
    err,
    /12 images are not there any more: noisy \(12\); what was scored of them is kept, and the files are needed again only where the experiment grows\n.*: the run is finished, nothing to do\n/,
  );
});

test.serial('the number of workers changes no byte', async (t) => {
  t.is((await runApart(shared, 'with-three', '--workers', '3')).code, 0);
  // Within this process there is one.
  t.is((await runExperiment(shared, 'with-one')).code, 0);
  for (const run of ['with-three', 'with-one'])
    t.deepEqual(differences(await comparable(join(shared, run)), await comparable(join(shared, 'base'))), []);
});

test.serial('--json prints one document with selection and metrics', async (t) => {
  const { code, out } = await runExperiment(shared, 'base', '--json');
  t.is(code, 0);
  const document = JSON.parse(out);
  t.is(document.nothingToDo, true);
  t.is(document.failedImages, 0);
  t.is(document.selection.length, 2 * 11);
  t.is(document.metrics.length, 2 * 11 * metricNames.length);
});

test.serial('a damaged or foreign shard is set aside and done again with the same bytes', async (t) => {
  const run = await copyRun(shared, 'base', 'damaged');
  const before = await comparable(run);
  const [flipped, truncated, foreign, other] = await shardNames(run);
  const file = (name: string | undefined) => join(run, 'shards', name!);
  const bytes = await readFile(file(flipped));
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
  await writeFile(file(flipped), bytes);
  await writeFile(file(truncated), (await readFile(file(truncated))).subarray(0, 100));
  await writeFile(file(foreign), await readFile(file(other)));
  t.is((await runExperiment(shared, run)).code, 0);
  t.deepEqual(differences(await comparable(run), before), []);
  const aside = await readdir(join(run, 'set-aside'));
  t.is(aside.filter((name) => name.endsWith('.arrow')).length, 3);
  const reason = aside.find((name) => name.startsWith(foreign!.slice(0, 64)) && name.endsWith('.txt'));
  t.regex(await readFile(join(run, 'set-aside', reason!), 'utf8'), /it holds shard/);
});

test.serial('altered results are made anew from the shards', async (t) => {
  const run = await copyRun(shared, 'base', 'altered');
  const before = await comparable(run);
  await writeFile(join(run, 'selection.arrow'), 'not a selection');
  await rm(join(run, 'tables', 'table-5.md'));
  t.is((await runExperiment(shared, run)).code, 0);
  t.deepEqual(differences(await comparable(run), before), []);
});

test.serial(
  'images that cannot be used become error rows, are counted, and leave the metrics alone',
  async (t) => {
    const folder = await smallExperiment(t, { images, maxBadFraction: 0.2 });
    const image = (name: string) => join(folder, 'noisy', name);
    const png = await readFile(image('0.png'));
    await rm(image('1.png'));
    await writeFile(image('2.png'), png.subarray(0, png.length >> 1));
    await writeFile(image('3.png'), '');
    await writeFile(image('4.png'), 'this is no image');
    const { code, out, err } = await runExperiment(folder, 'run', '--json');
    t.is(code, 0, err);
    t.is(JSON.parse(out).failedImages, 4);
    const errors = errorRows.decode(await readFile(join(folder, 'run', 'errors.arrow')));
    t.deepEqual(
      errors.map(({ set, image: id, stage }) => [set, id, stage]),
      [1, 2, 3, 4].map((n) => ['noisy', `noisy/${n}.png`, 'decoding']),
    );
    t.regex(errors[0]!.message, /1\.png: no such image file/);
    const table = await readFile(join(folder, 'run', 'tables', 'table-5.md'), 'utf8');
    const [, validation, tested] = /noisy (\d+) \+ (\d+)/.exec(table)!;
    t.is(Number(validation) + Number(tested), 4);
  },
);

test.serial(
  'too many bad images fail the run with one line; mended, it ends as one that had none',
  async (t) => {
    const run = await copyRun(shared, 'base', 'mended');
    const image = join(shared, 'noisy', '7.png');
    const png = await readFile(image);
    await rm(image);
    await rm(join(run, 'shards'), { recursive: true });
    const failed = await runApart(shared, run);
    t.is(failed.code, 1);
    t.is(failed.out, '');
    t.regex(failed.err, /grodin: 1 of 36 images could not be used, more than maxBadFraction 0\.01 allows/);
    t.regex(failed.err, /noisy\/7\.png: no such image file.* fix the images or the manifest and run again/);
    t.true((await shardNames(run)).length > 0);
    t.is((await runExperiment(shared, run)).code, 1);
    await writeFile(image, png);
    const { code, err } = await runExperiment(shared, run);
    t.is(code, 0, err);
    t.regex(
      err,
      /set "noisy": 1 image has changed since scoring \(the first: .*7\.png\); \d+ shards? (is|are) scored again/,
    );
    t.deepEqual(differences(await comparable(run), await comparable(join(shared, 'base'))), []);
  },
);

test.serial(
  'an experiment whose bad images become allowed goes on without scoring anything twice',
  async (t) => {
    const folder = await smallExperiment(t, { images });
    await writeFile(join(folder, 'clean', '1.png'), 'no image');
    t.is((await runExperiment(folder, 'run')).code, 1);
    await writeExperiment(folder, { images, maxBadFraction: 0.1 });
    const { code, out } = await runExperiment(folder, 'run', '--json');
    t.is(code, 0);
    t.is(JSON.parse(out).failedImages, 1);
  },
);

test.serial('more missing images than may fail are refused before anything is written', async (t) => {
  const folder = await smallExperiment(t, { images });
  await rm(join(folder, 'clean', '1.png'));
  for (const dry of [[], ['--dry-run']]) {
    const { code, err } = await runExperiment(folder, 'run', ...dry);
    t.is(code, 2);
    t.regex(
      err,
      /grodin: 1 of 36 image files are not there, more than maxBadFraction 0\.01 allows: .*clean\/1\.png; fix/,
    );
  }
  t.false((await readdir(folder)).includes('run'));
});

test.serial('a model without a rule for an operation is bad input, named, and leaves no shard', async (t) => {
  const folder = await smallExperiment(t, { images });
  await writeFile(join(folder, 'net.onnx'), 'this is no model');
  const { code, err } = await runExperiment(folder, 'run');
  t.is(code, 2);
  t.regex(err, /grodin: .*net\.onnx: /);
  t.deepEqual(await shardNames(join(folder, 'run')), []);
});

test.serial(
  'status tells what is planned and done, and reduce repeats the results byte for byte',
  async (t) => {
    const run = await copyRun(shared, 'base', 'reduced');
    const before = await comparable(run);
    const status = JSON.parse((await grodinHere(['status', run, '--json'], shared)).out);
    t.is(status.waves.length, 2);
    for (const wave of status.waves) t.is(wave.done, wave.total);
    t.true(status.selectionMade && status.resultsWritten);
    t.regex((await grodinHere(['status', run], shared)).out, /wave 2 \(test images\): \d+\/\d+ shards/);
    for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'errors.arrow']) {
      await rm(join(run, name));
    }
    t.is((await grodinHere(['reduce', run], shared)).code, 0);
    t.deepEqual(differences(await comparable(run), before), []);
  },
);

test.serial('reduce names how many shards are missing', async (t) => {
  const run = await copyRun(shared, 'base', 'lacking');
  const [one, another] = await shardNames(run);
  for (const name of [one, another]) await rm(join(run, 'shards', name!));
  const { code, err } = await grodinHere(['reduce', run], shared);
  t.is(code, 1);
  t.regex(err, /wave [12] lacks [12] of \d+ shards: net on [a-z, ]+; finish the run first/);
});

test.serial('a folder without a run is bad input for status and reduce', async (t) => {
  for (const command of ['status', 'reduce']) {
    const { code, err } = await grodinHere([command, 'clean'], shared);
    t.is(code, 2);
    t.regex(err, /clean: holds no run \(there is no revisions\/0001\.json\)/);
  }
});

test.serial('--dry-run refuses what a run would refuse', async (t) => {
  const { code, out, err } = await runExperiment(shared, 'base', '--dry-run', '--device', 'tfjs');
  t.is(code, 2);
  t.is(out, '');
  t.regex(err, /^grodin: .*base: the engine was "onnxruntime" and is now "tfjs", but [^\n]*\n$/);
});

test.serial('--dry-run prints passes by wave and writes nothing', async (t) => {
  const { code, out, err } = await runExperiment(shared, 'dry', '--dry-run', '--json');
  t.is(code, 0, err);
  const { waves, machinesForOneNight } = JSON.parse(out);
  // 18 validation images at 2 temperatures and 4 cells, and as they are for their logits.
  t.deepEqual(waves[0].passes, { perturbation: 36, scoring: 72, forward: 18, forwardPerturbation: 0 });
  t.is(waves[1].wave, 2);
  t.is(machinesForOneNight, 1);
  t.false((await readdir(shared)).includes('dry'));
});

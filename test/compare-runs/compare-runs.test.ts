import { execFile } from 'node:child_process';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { compareRuns } from '../../scripts/compare-runs/compare.js';
import { prepareCopy } from '../../scripts/compare-runs/prepare.js';
import { compareShardFiles, shardFilesText } from '../../scripts/compare-runs/shard-files.js';
import type { Finished } from '../cli/built.js';
import { comparable, copyRun, differences, shardNames } from '../run/command.js';
import { runExperiment, runFile } from '../run/here.js';
import { sharedExperiment, smallExperiment, writeExperiment } from '../run/small-experiment.js';

const program = fileURLToPath(new URL('../../scripts/compare-runs.js', import.meta.url));

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 16, shardSeconds: 1 });
  const { code, err } = await runExperiment(folder, 'base');
  if (code !== 0) throw new Error(err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

function compare(...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd: folder }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

test.serial('a run equals itself in all rows, cells and tables', async (t) => {
  const { code, out, err } = await compare('base', 'base');
  t.is(code, 0, err);
  t.regex(out, /^# Two runs compared: equal within the tolerances\n/);
  t.regex(out, /choices: 0 of 22 are other cells/);
  t.regex(out, /differs by at most 0 \(allowed: 0\.001\), 0\.0 σ at most, in 22 rows/);
  t.regex(out, /tables of the same text: table-3, .*; of another: none/);
});

test.serial('a prepared copy scores only test images, at the same choices, to the same bytes', async (t) => {
  const before = await comparable(join(folder, 'base'));
  const { code, err } = await compare('base', '--prepare', 'copy');
  t.is(code, 0, err);
  t.regex(
    err,
    /^copy: has \d+ validation shards of base and lacks its \d+ test shards; score them with: grodin run /,
  );
  const copy = join(folder, 'copy');
  const kept = await shardNames(copy);
  const all = await shardNames(join(folder, 'base'));
  t.true(kept.length > 0 && kept.length < all.length);
  t.false((await readdir(copy)).some((name) => /finished|metrics|selection|tables/.test(name)));
  const run = await runExperiment(folder, 'copy', '--workers', '1');
  t.is(run.code, 0, run.err);
  t.deepEqual(differences(await comparable(copy), before), []);
  const found = await compareRuns(join(folder, 'base'), copy);
  t.deepEqual(found.failures, []);
  t.true(found.rows.every((row) => row.other === row.reference));
  const files = await compareShardFiles(join(folder, 'base'), copy);
  t.is(files.equal, all.length - kept.length);
  t.regex(shardFilesText(files), /^all \d+ shard files \(\d+ score rows\) have equal bytes$/);
  const again = await compare('base', '--prepare', 'copy');
  t.is(again.code, 2);
  t.is(again.err, 'compare-runs: copy: is there already; name another folder for the copy\n');
});

test.serial('of a network that is only a member of an ensemble no detector is compared', async (t) => {
  const net = (std: number) => ({
    file: 'net.onnx',
    preprocess: { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [std, std, std] },
  });
  const models = [
    { name: 'net', ...net(0.25) },
    { name: 'member', ...net(0.3), detectors: [] },
  ];
  const ensembles = [{ name: 'both', models: ['net', 'member'] }];
  const detectors = ['MSP', 'SG', 'TempScale'];
  await writeExperiment(folder, { images: 16, models, ensembles, detectors }, 'members.json');
  const { code, err } = await runFile(folder, 'members.json', 'members');
  t.is(code, 0, err);
  const { validation, failures, scores, rows } = await compareRuns(
    join(folder, 'members'),
    join(folder, 'members'),
  );
  t.deepEqual(failures, []);
  t.deepEqual([...new Set(validation.map(({ model }) => model))], ['net']);
  t.deepEqual([...new Set(scores.map(({ model }) => model))], ['net', 'member']);
  // Made from kept logits, at a temperature that no pass was made at.
  t.true(rows.some(({ detector }) => detector === 'TempScale'));
  t.true(rows.every(({ reference, other }) => other === reference));
});

test.serial('true differences of another engine are told as figures, by who made which scores', async (t) => {
  const { code, err } = await runExperiment(folder, 'tfjs', '--device', 'tfjs');
  t.is(code, 0, err);
  const { scores, rows, other, reference } = await compareRuns(join(folder, 'base'), join(folder, 'tfjs'));
  t.regex(reference.test.join(), /^onnxruntime/);
  t.regex(other.test.join(), /^tfjs/);
  t.is(scores.length, 6);
  for (const { logOdds, logSG, images } of scores) {
    t.is(images, 8);
    t.true((logOdds.largest ?? Number.NaN) > 0);
    t.true((logSG.median ?? Number.NaN) < 1e-3);
  }
  t.true(rows.some((row) => row.other !== null));
});

test.serial(
  'a run that was made elsewhere is read with the manifests of the experiment that is named',
  async (t) => {
    const elsewhere = await smallExperiment(t, { images: 16 });
    const there = await runFile(elsewhere, 'experiment.json', 'moved');
    t.is(there.code, 0, there.err);
    await rename(join(elsewhere, 'moved'), join(folder, 'moved'));
    await rm(elsewhere, { recursive: true });
    const lost = await compare('base', 'moved');
    t.is(lost.code, 2);
    t.regex(lost.err, /^compare-runs: .*clean\.csv: .*\n$/);
    const named = await compare('base', 'moved', '--experiment', 'experiment.json', '--out', 'report.md');
    t.is(named.code, 0, named.err);
    t.is(named.out, '');
    t.regex(await readFile(join(folder, 'report.md'), 'utf8'), /equal within the tolerances/);
  },
);

test.serial('runs that can not be compared are refused in one line', async (t) => {
  await writeExperiment(folder, { images: 16, epsilon: [0, 0.001] }, 'grid.json');
  t.is((await runFile(folder, 'grid.json', 'grid')).code, 0);
  const unfinished = await copyRun(folder, 'base', 'unfinished');
  await rm(join(unfinished, 'finished.json'));
  await writeFile(join(folder, 'file'), '');
  for (const [args, message] of [
    [['base', 'grid'], /grid: the grid is \{"epsilon":\[0,0\.001\].*compare two runs of the same experiment/],
    [['base', 'unfinished'], /unfinished: this run is not finished; finish it first: grodin run/],
    [['base', 'none'], /none: holds no run/],
    [['base'], /expected either a second run directory/],
    [['base', 'base', '--prepare', 'c'], /expected either a second run directory/],
    [['base', '--prepare', 'base/copy'], /base\/copy: lies in the run that is to be copied/],
    [['base', 'base', '--tolerance', '-1'], /Expected a number of at least 0/],
  ] as const) {
    const { code, err } = await compare(...args);
    t.is(code, 2, err);
    t.regex(err, message);
    t.is(err.trim().split('\n').length, 1, err);
  }
});

test.serial('a run without some of its validation shards is not copied', async (t) => {
  const holed = await copyRun(folder, 'base', 'holed');
  await prepareCopy(holed, join(folder, 'whole'));
  const [first = ''] = await shardNames(join(folder, 'whole'));
  await rm(join(holed, 'shards', first));
  await t.throwsAsync(prepareCopy(holed, join(folder, 'never')), {
    message: /1 of \d+ validation shards are missing or damaged; run it again first/,
  });
});

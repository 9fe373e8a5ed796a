import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { childrenOf, comparable, differences, shardNames, shardsFinished, start } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

// Long enough that a kill finds it at work in either wave, and with shards of every kind: of backward passes, of forward passes at
// perturbed images (ODIN alone), and of forward passes whose logits are kept (for Energy and the ensemble).
const size = {
  images: 24,
  outliers: ['noisy'],
  temperature: [1, 10],
  shardSeconds: 0.001,
  models: [
    { name: 'net', file: 'net.onnx', preprocess, detectors: ['MSP', 'G', 'Energy'] },
    {
      name: 'forward',
      file: 'net.onnx',
      preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] },
      detectors: ['ODIN'],
    },
  ],
  detectors: ['MSP', 'ODIN', 'G', 'Energy'],
  ensembles: [{ name: 'both', models: ['net', 'forward'] }],
};

let folder: string;
let expected: Map<string, string>;
let firstWave: number;
let total: number;

test.before(async (t) => {
  folder = await sharedExperiment(size);
  const whole = join(folder, 'whole');
  const { code, err } = await runExperiment(folder, whole);
  t.is(code, 0, err);
  expected = await comparable(whole);
  total = (await shardNames(whole)).length;
  firstWave = JSON.parse(await readFile(join(whole, 'plan', '0001-wave-1.json'), 'utf8')).shards.length;
  t.true(firstWave > 20 && total - firstWave > 20);
  const planned = await allPlanned(await openRecorded(runDirectory(whole)));
  for (const isKind of [
    (shard: PlannedShard) => shard.cells.length > 0,
    (shard: PlannedShard) => shard.forwardCells.length > 0,
    (shard: PlannedShard) => shard.logits === true,
  ])
    t.true(planned.filter(isKind).length > 5);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

// Kills at every step of either process are a drill of their own (scripts/drills/kills.ts).
const kills = [
  ['the pool process', 1],
  ['supervisor and pool process', 2],
  ['the supervisor', 1],
] as const;
for (const [victims, wave] of kills) {
  test.serial(
    `kill -9 of ${victims} in wave ${wave} changes no byte of what the run ends with`,
    async (t) => {
      const out = join(folder, `${victims} ${wave}`);
      const running = start(['run', 'experiment.json', '--out', out], folder);
      await shardsFinished(out, wave === 1 ? 5 : firstWave + 5);
      const supervisor = running.child.pid!;
      const [pool] = await childrenOf(supervisor);
      if (victims !== 'the pool process') process.kill(supervisor, 'SIGKILL');
      if (victims !== 'the supervisor') process.kill(pool!, 'SIGKILL');
      const { code, err } = await running.finished;
      if (victims === 'the pool process') {
        t.is(code, 0);
        t.regex(err, /the pool process died \(signal SIGKILL\).*; starting it again/);
      } else {
        t.is(code, null);
        while (await exists(pool!)) await pause(2);
        const left = (await shardNames(out)).length;
        t.true(left < (wave === 1 ? firstWave : total), `${left} shards were finished before the kill`);
        t.is((await runExperiment(folder, out)).code, 0);
      }
      t.deepEqual(differences(await comparable(out), expected), []);
    },
  );
}

for (const signal of ['SIGINT', 'SIGHUP'] as const) {
  test.serial(`${signal} stops a run cleanly with exit code 75, and the same command goes on`, async (t) => {
    // As if these tests were not run under nohup, which takes SIGHUP's effect away.
    process.env._ = process.execPath;
    const stopped = join(folder, signal);
    const running = start(['run', 'experiment.json', '--out', stopped], folder);
    await shardsFinished(stopped, 5);
    const [pool] = await childrenOf(running.child.pid!);
    running.child.kill(signal);
    const { code, out, err } = await running.finished;
    t.is(code, 75);
    t.is(out, '');
    t.regex(err, /grodin: stopped; finished work is kept: run the same command again to continue\n$/);
    t.false(await exists(pool!));
    t.true((await shardNames(stopped)).length < total);
    t.is((await runExperiment(folder, stopped)).code, 0);
    t.deepEqual(differences(await comparable(stopped), expected), []);
  });
}

test.serial('under nohup a closed terminal stops nothing', async (t) => {
  process.env._ = '/usr/bin/nohup';
  const out = join(folder, 'nohup');
  const running = start(['run', 'experiment.json', '--out', out], folder);
  await shardsFinished(out, 5);
  const [pool] = await childrenOf(running.child.pid!);
  process.kill(pool!, 'SIGHUP');
  running.child.kill('SIGHUP');
  const { code, err } = await running.finished;
  t.is(code, 0, err);
  t.notRegex(err, /died/);
  t.deepEqual(differences(await comparable(out), expected), []);
});

async function exists(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  // A zombie has ended; only its parent has not looked yet.
  return stat !== null && stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
}

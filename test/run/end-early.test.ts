import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { runWithoutReducing } from '../../pipeline/run.js';
import { Leases } from '../../pipeline/store/lease.js';
import { InterruptedError } from '../../stages/errors.js';
import { comparable, differences, shardNames, shardsFinished, start } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;
let expected: Map<string, string>;

/** Names of leases; who holds some has a hidden file beside them. */
async function leasesIn(out: string): Promise<string[]> {
  const names = await readdir(join(out, 'leases')).catch((): string[] => []);
  return names.filter((name) => !name.startsWith('.'));
}

test.before(async (t) => {
  folder = await sharedExperiment({ images: 32, temperature: [1, 100], shardSeconds: 0.001 });
  const { code, err } = await runExperiment(folder, 'whole');
  t.is(code, 0, err);
  expected = await comparable(join(folder, 'whole'));
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial(
  'SIGUSR2 lets a run finish the shards in flight and begin no more; the same command goes on',
  async (t) => {
    const out = join(folder, 'drained');
    const running = start(['run', 'experiment.json', '--out', out, '--workers', '1'], folder);
    await shardsFinished(out, 3);
    let inFlight: string[] = [];
    while (inFlight.length === 0) inFlight = await leasesIn(out);
    running.child.kill('SIGUSR2');
    const { code, err } = await running.finished;
    t.is(code, 75, err);
    t.regex(err, /\ngrodin: stopped; finished work is kept: run the same command again to continue\n$/);
    const done = await shardNames(out);
    for (const id of inFlight) t.true(done.includes(`${id}.arrow`), `shard ${id} was in flight`);
    t.true(done.length < 20, `${done.length} shards`);
    t.deepEqual(await readdir(join(out, 'leases')).catch(() => []), []);
    const again = await runExperiment(folder, out);
    t.is(again.code, 0, again.err);
    t.deepEqual(differences(await comparable(out), expected), []);
  },
);

test.serial('a run that has nothing to do but to wait ends after --wait, and says for what', async (t) => {
  const out = join(folder, 'waiting');
  const names = await shardNames(join(folder, 'whole'));
  const leases = new Leases(join(out, 'leases'));
  const { code: prepared, err: said } = await runExperiment(folder, 'waiting', '--wave', '1');
  t.is(prepared, 0, said);
  t.regex(
    said,
    /all scores of validation images are there; for those of test images: the same command without --wave 1\n$/,
  );
  const validation = await shardNames(out);
  t.true(validation.length > 10 && validation.length < names.length);
  const [held = ''] = names.filter((name) => !validation.includes(name));
  t.is((await leases.claim(held.replace('.arrow', ''))).kind, 'mine');
  try {
    const args = ['run', 'experiment.json', '--out', 'waiting', '--wait', '1s'];
    const { code, err } = await start(args, folder).finished;
    t.is(code, 75, err);
    t.regex(err, /other processes are at the one shard left of this wave; waited 1 s for them\n/);
    t.regex(
      err,
      /grodin: waited 1 s for shards that other processes are at; finished work is kept: run .*\n$/,
    );
    t.is((await shardNames(out)).length, names.length - 1, 'all else was done');
  } finally {
    await leases.close();
  }
  t.is((await runExperiment(folder, 'waiting')).code, 0);
  t.deepEqual(differences(await comparable(out), expected), []);
});

test.serial('from code, wave, wait and drain mean the same', async (t) => {
  const out = join(folder, 'by-code');
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const { nothingToDo } = await runWithoutReducing(experiment, { out, wave: 1 });
  t.false(nothingToDo);
  const planned = (await shardNames(join(folder, 'whole'))).length;
  const first = (await shardNames(out)).length;
  t.true(first > 10 && first < planned);
  const drain = new AbortController();
  const draining = runWithoutReducing(experiment, {
    out,
    drain: drain.signal,
    onProgress: ({ wave, stage }) => {
      if (wave === 2 && stage === 'scoring') drain.abort();
    },
  });
  await t.throwsAsync(draining, { instanceOf: InterruptedError });
  t.true((await shardNames(out)).length < planned);
  await runWithoutReducing(experiment, { out, wait: 60 });
  t.is((await shardNames(out)).length, planned);
});

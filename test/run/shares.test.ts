import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { shareOf } from '../../pipeline/pool/share.js';
import { comparable, differences, runFile, shardNames } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 16 });
  t.is((await runExperiment(folder, 'base')).code, 0);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test('processes that have a share each end with the bytes of one that has all', async (t) => {
  const ends = await Promise.all(
    ['1/3', '2/3', '3/3'].map((share) =>
      runFile(folder, 'experiment.json', 'shared', '--workers', '1', '--shard', share),
    ),
  );
  for (const { code, err } of ends) t.is(code, 0, err);
  t.deepEqual(
    differences(await comparable(join(folder, 'shared')), await comparable(join(folder, 'base'))),
    [],
  );
});

test('a share alone scores its part of a wave, and waits for the others as long as is said', async (t) => {
  const { code, err } = await runExperiment(folder, 'alone', '--shard', '2/2', '--wait', '1s', '--no-reduce');
  t.is(code, 75, err);
  t.regex(err, /waiting for \d+ shards of wave 1 that other processes score/);
  t.notRegex(err, /choosing/);
  const half = (await shardNames(join(folder, 'alone'))).length;
  t.true(half > 0);
  // Another goes on with what is left.
  t.is((await runExperiment(folder, 'alone')).code, 0);
  t.deepEqual(
    differences(await comparable(join(folder, 'alone')), await comparable(join(folder, 'base'))),
    [],
  );
  for (const share of ['0/2', '3/2', '1', 'x/2']) {
    const refused = await runExperiment(folder, 'no', '--shard', share);
    t.is(refused.code, 2);
    t.regex(refused.err, /Expected a part of all, for example 1\/4 to 4\/4/);
  }
});

test('shares follow each other, and each member is in one', (t) => {
  for (const [length, count] of [
    [10, 3],
    [2, 5],
    [0, 2],
    [7, 7],
  ] as const) {
    const list = Array.from({ length }, (_, place) => place);
    const shares = Array.from({ length: count }, (_, place) => shareOf(list, { index: place + 1, count }));
    t.deepEqual(shares.flat(), list);
    t.true(Math.max(...shares.map((share) => share.length)) <= Math.ceil(length / count));
  }
});

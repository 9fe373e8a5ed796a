import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { markOfThisProcess } from '../../manifests/output/living-process.js';
import { grodinHere } from '../cli/here.js';
import {
  childrenOf,
  comparable,
  copyRun,
  differences,
  shardNames,
  shardsFinished,
  start,
} from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

// Long enough that two processes meet at work.
const size = { images: 24, temperature: [1, 10, 100], shardSeconds: 0.001 };

let folder: string;
let expected: Map<string, string>;
let total: number;

test.before(async (t) => {
  folder = await sharedExperiment(size);
  const { code, err } = await runExperiment(folder, 'whole');
  t.is(code, 0, err);
  expected = await comparable(join(folder, 'whole'));
  total = (await shardNames(join(folder, 'whole'))).length;
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const runIn = (out: string, ...more: string[]) => {
  return start(['run', 'experiment.json', '--out', out, '--workers', '1', ...more], folder);
};

/** How many shards a process says that it did itself, wave by wave, where others did some. */
function scoredHere(err: string): number[] {
  return [...err.matchAll(/^(\d+) shards were scored by this process, \d+ by others$/gm)].map(([, n]) =>
    Number(n),
  );
}

test.serial(
  'two processes divide the shards of a run, none is done twice, and no byte differs',
  async (t) => {
    const out = join(folder, 'two');
    const first = runIn(out);
    const second = runIn(out);
    const ends = await Promise.all([first.finished, second.finished]);
    for (const { code, err } of ends) t.is(code, 0, err);
    t.deepEqual(differences(await comparable(out), expected), []);
    const counts = ends.map(({ err }) => scoredHere(err));
    t.true(counts.flat().length > 0, 'they met in neither wave');
    // Where one of them begins so late that the other has done a wave alone, there is nothing to add up.
    if (counts.every((waves) => waves.length === 2)) {
      t.is(
        counts.flat().reduce((sum, count) => sum + count, 0),
        total,
      );
    }
    t.is(ends[0]!.out, ends[1]!.out);
    t.true(
      ends.some(({ err }) =>
        /^process \d+ on .+ works on this run too; the shards are divided between the two$/m.test(err),
      ),
    );
    t.false((await readdir(out)).includes('leases'));
  },
);

for (const victims of ['a whole process', 'the pool of one'] as const) {
  test.serial(`kill -9 of ${victims} leaves its shards to the other, and no byte differs`, async (t) => {
    const out = join(folder, victims);
    const [one, other] = [runIn(out), runIn(out)];
    await shardsFinished(out, 5);
    const [pool] = await childrenOf(one.child.pid!);
    if (victims === 'a whole process') one.child.kill('SIGKILL');
    process.kill(pool!, 'SIGKILL');
    const { code, err } = await other.finished;
    t.is(code, 0, err);
    t.is((await one.finished).code, victims === 'a whole process' ? null : 0);
    t.deepEqual(differences(await comparable(out), expected), []);
    t.false((await readdir(out)).includes('leases'));
  });
}

test.serial('a process that is stopped gives its shards back', async (t) => {
  const out = join(folder, 'stopped');
  const [one, other] = [runIn(out), runIn(out)];
  await shardsFinished(out, 5);
  one.child.kill('SIGTERM');
  t.is((await one.finished).code, 75);
  const { code, err } = await other.finished;
  t.is(code, 0, err);
  t.deepEqual(differences(await comparable(out), expected), []);
});

test.serial(
  '--no-reduce ends when all scores are there, and grodin reduce makes the same results',
  async (t) => {
    const out = join(folder, 'scored');
    const { code, out: printed, err } = await runExperiment(folder, out, '--no-reduce', '--json');
    t.is(code, 0, err);
    t.regex(err, /scored: all scores are there; for the tables: grodin reduce .*scored\n$/);
    t.is(JSON.parse(printed).nothingToDo, false);
    t.false((await readdir(out)).includes('metrics.arrow'));
    t.is((await grodinHere(['reduce', out], folder)).code, 0);
    t.deepEqual(differences(await comparable(out), expected), []);
    t.regex((await runExperiment(folder, out, '--no-reduce')).err, /nothing to do/);
  },
);

test.serial(
  'what another process computes is waited for, and computed here when that has ended',
  async (t) => {
    const out = await copyRun(folder, 'whole', 'reducing');
    for (const name of ['finished.json', 'metrics.arrow']) await rm(join(out, name));
    await mkdir(join(out, 'leases'));
    const lease = { ...(await markOfThisProcess()), token: 'elsewhere' };
    const file = join(out, 'leases', 'reduction');
    await writeFile(file, `${JSON.stringify(lease)}\n           0\n`);
    const waiting = runIn(out);
    waiting.child.stderr!.on('data', (chunk) => {
      if (/computes metrics and tables; waiting for it/.test(`${chunk}`)) void rm(file);
    });
    const { code, err } = await waiting.finished;
    t.is(code, 0, err);
    t.regex(err, new RegExp(`process ${process.pid} on .* computes metrics and tables; waiting for it`));
    t.deepEqual(differences(await comparable(out), expected), []);
  },
);

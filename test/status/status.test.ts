import { mkdir, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { namesIn } from '../../manifests/output/file-system.js';
import { LeaseWatch } from '../../pipeline/status/in-flight.js';
import { remainingSeconds } from '../../pipeline/status/pace.js';
import { Leases } from '../../pipeline/store/lease.js';
import { grodin } from '../cli/built.js';
import { grodinHere } from '../cli/here.js';
import { childrenOf, copyRun, shardNames, shardsFinished, start } from '../run/command.js';
import { runExperiment, runFile } from '../run/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 24, maxBadFraction: 0.5 });
  await writeFile(join(folder, 'noisy', '3.png'), 'no image');
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function statusOf(run: string, ...more: string[]) {
  const { code, out, err } = await grodinHere(['status', run, '--json', ...more], folder);
  return { code, err, status: JSON.parse(out) };
}

test.serial(
  'a look counts what a check of every shard counts, but for damage, which only the check sees',
  async (t) => {
    const run = await copyRun(folder, 'base', 'looked at');
    for (const lost of (await shardNames(run)).slice(0, 3)) await rm(join(run, 'shards', lost));
    // Results without all of their scores are no finished run.
    t.regex((await grodinHere(['wait', run, '--timeout', '0.2s'], folder)).out, /^small: not finished, /);
    await rm(join(run, 'finished.json'));
    const { status } = await statusOf(run);
    const checked = (await statusOf(run, '--check')).status;
    t.deepEqual(status, checked);
    t.is(status.state, 'idle');
    t.is(status.failedImages, 1);
    t.is(status.inFlight.length, 0);
    t.true(status.workers[0].imagesPerSecond > 0);

    const before = await readdir(run, { recursive: true });
    const [one = ''] = await shardNames(run);
    await truncate(join(run, 'shards', one), 100);
    t.deepEqual((await statusOf(run)).status, status);
    t.deepEqual(await readdir(run, { recursive: true }), before);
    const done = (waves: { done: number }[]) => waves.reduce((sum, wave) => sum + wave.done, 0);
    t.is(done((await statusOf(run, '--check')).status.waves), done(status.waves) - 1);
  },
);

test.serial('for how long a shard has been at is left out where clocks differ', async (t) => {
  const run = await copyRun(folder, 'base', 'other clock');
  const [lost = ''] = await shardNames(run);
  await rm(join(run, 'shards', lost));
  await mkdir(join(run, 'leases'), { recursive: true });
  const id = lost.replace('.arrow', '');
  const holder = { host: 'far', machine: 'another', pid: 1, started: null, token: 'x-1' };
  for (const [since, told] of [
    [Date.now() - 1_000, true],
    [1, false],
    [Date.now() + 1e9, false],
  ] as const) {
    const times = JSON.stringify({ [id.slice(0, 16)]: since });
    await writeFile(join(run, 'leases', id), `${JSON.stringify(holder)}\n           1\n${times}\n`);
    const { status } = await statusOf(run);
    t.is(status.inFlight[0].process, 'alive');
    t.is(status.inFlight[0].since, told ? since : null);
  }
});

test.serial('without journals bad images are unknown, not none', async (t) => {
  const run = await copyRun(folder, 'base', 'without journals');
  await rm(join(run, 'journals'), { recursive: true });
  t.is((await statusOf(run)).status.failedImages, null);
  t.regex((await grodinHere(['status', run], folder)).out, /could not be used: unknown without --check/);
  t.is((await statusOf(run, '--check')).status.failedImages, 1);
});

test.serial(
  'exit codes tell whether a run is finished, worked on, or left; who died is told, and that nobody waits in vain',
  async (t) => {
    t.is((await statusOf('base', '--exit-code')).code, 0);
    t.is((await grodinHere(['wait', 'base'], folder)).code, 0);
    const running = start(['run', 'experiment.json', '--out', 'killed', '--workers', '1'], folder);
    await shardsFinished(join(folder, 'killed'), 3);
    const processes = await stoppedAtAShard(running.child.pid!, join(folder, 'killed'));
    const during = await statusOf('killed', '--exit-code');
    t.is(during.code, 75, during.err);
    t.is(during.status.state, 'working');
    t.true(during.status.imagesPerSecond > 0);
    t.is(during.status.inFlight[0].process, 'alive');
    const { code, err } = await grodinHere(['wait', 'killed', '--timeout', '1s'], folder);
    t.is(code, 75);
    t.regex(err, /^grodin: .*killed: not finished after 1 s\n$/);

    for (const pid of processes) process.kill(pid, 'SIGKILL');
    await running.finished;
    await pause(500);
    const left = await statusOf('killed', '--exit-code');
    t.is(left.code, 1);
    t.is(left.status.state, 'idle');
    t.is(left.status.inFlight[0].process, 'ended');
    t.regex(
      (await grodinHere(['status', 'killed'], folder)).out,
      /its process has ended; another takes it over/,
    );
    const waited = await grodinHere(['wait', 'killed', '--idle', '1s', '--json'], folder);
    t.is(waited.code, 1, waited.err);
    t.is(JSON.parse(waited.out).end, 'idle');

    const watching = grodin(['status', 'killed', '--watch'], folder);
    t.is((await runExperiment(folder, 'killed')).code, 0);
    const { code: ended, out } = await watching;
    t.is(ended, 0);
    t.regex(out.trimEnd().split('\n').at(-1) ?? '', /^small: finished; wave 1 \d+\/\d+ shards; wave 2 /);
  },
);

/** Stops a run, its pool first, at a moment at which it holds the lease of a shard. @returns its processes */
async function stoppedAtAShard(supervisor: number, run: string): Promise<readonly number[]> {
  const processes = [...(await childrenOf(supervisor)), supervisor];
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of processes) process.kill(pid, name);
  };
  for (;;) {
    signal('SIGSTOP');
    // What was asked of the system before may still come to be.
    await pause(50);
    const leases = await namesIn(join(run, 'leases'));
    if (leases.some((name) => /^[0-9a-f]{64}$/.test(name))) return processes;
    signal('SIGCONT');
    await pause(5);
  }
}

test.serial(
  'a lease of another host is silent when it does not change, whatever the clocks say',
  async (t) => {
    const leases = await temporaryFolder(t);
    const holder = { host: 'far', machine: 'another', pid: 1, started: null, token: 'x-1' };
    await writeFile(join(leases, 'still'), `${JSON.stringify(holder)}\n           1\n`);
    await utimes(join(leases, 'still'), 1, 1);
    const timing = { heartbeatMilliseconds: 100, staleMilliseconds: 400 };
    const here = new Leases(leases, timing);
    await here.claim('own');
    const watch = new LeaseWatch({ leases }, timing);
    const states = async () =>
      Object.fromEntries((await watch.look()).map(({ name, process }) => [name, process]));
    t.deepEqual(await states(), { own: 'alive', still: 'silent' });
    await writeFile(join(leases, 'still'), `${JSON.stringify(holder)}\n           2\n`);
    await utimes(join(leases, 'still'), 1, 1);
    t.deepEqual(await states(), { own: 'alive', still: 'alive' });
    await pause(500);
    t.deepEqual(await states(), { own: 'alive', still: 'silent' });
    await here.close();
  },
);

test.serial('what is left takes as long as shards of the same model took, divided among who works', (t) => {
  const done = [
    { model: 'a', work: 10, seconds: 20 },
    { model: 'a', work: 30, seconds: 40 },
    { model: 'b', work: 1, seconds: 20 },
  ];
  t.is(remainingSeconds([{ model: 'a', work: 100 }], done, 2), 75);
  t.is(remainingSeconds([{ model: 'b', work: 4 }], done, 1), 80);
  // As all together: 80 s for 41.
  t.true(Math.abs((remainingSeconds([{ model: 'c', work: 41 }], done, 1) ?? 0) - 80) < 1e-9);
  t.is(remainingSeconds([{ model: 'a', work: 100 }], done, 0), null);
  t.is(remainingSeconds([], [], 0), 0);
});

test.serial(
  'a wait for scores ends when those of this very experiment are there, whatever was there before',
  async (t) => {
    const grown = await sharedExperiment({ images: 12, outliers: ['noisy'] });
    t.teardown(() => rm(grown, { recursive: true, force: true }));
    const wait = (file: string, ...more: string[]) =>
      grodinHere(['wait', 'run', '--scores-of', file, '--timeout', '0.2s', ...more], grown);
    await writeExperiment(grown, { images: 12, outliers: ['noisy', 'dark'] }, 'grown.json');
    const nobody = await wait('experiment.json');
    t.is(nobody.code, 75);
    t.regex(nobody.err, /run: nobody has begun the run in time/);
    t.is((await runFile(grown, 'experiment.json', 'run', '--wave', '1')).code, 0);
    t.is((await wait('experiment.json')).code, 75);
    t.is((await runFile(grown, 'experiment.json', 'run', '--no-reduce')).code, 0);
    const there = await wait('experiment.json');
    t.is(there.code, 0, there.err);
    t.regex(there.out, /run: all scores are there\n$/);
    const early = await wait('grown.json');
    t.is(early.code, 75);
    t.regex(early.err, /run: the scores of grown\.json are not there after 0\.2 s\n$/);
    t.is((await runFile(grown, 'grown.json', 'run')).code, 0);
    t.is((await wait('grown.json')).code, 0);
    // What a run was does not count any more.
    t.is((await wait('experiment.json')).code, 75);
  },
);

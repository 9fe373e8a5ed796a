import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isAlive } from '../../manifests/output/living-process.js';
import { remember } from '../../pipeline/doctor/remembered.js';
import { childrenOf, comparable, differences, runFile, shardNames, shardsFinished } from '../run/command.js';
import { runExperiment } from '../run/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';

const program = fileURLToPath(new URL('../../scripts/launch-local.js', import.meta.url));

let folder: string;
let expected: Map<string, string>;
let table: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 32, temperature: [1, 100], shardSeconds: 0.001 });
  // Done as soon as its processes have started.
  await writeExperiment(folder, { images: 32, temperature: [1], epsilon: [0] }, 'short.json');
  const { code, out, err } = await runExperiment(folder, 'whole');
  t.is(code, 0, err);
  table = out;
  expected = await comparable(join(folder, 'whole'));
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

function launch(...args: string[]) {
  return launchWith({}, ...args);
}

function launchWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  const finished = once(child, 'close').then(([code]) => ({ code, ...printed }));
  return { child, printed, finished };
}

const launchTwo = (out: string) => launch('experiment.json', '--out', out, '--processes', '2');

test.serial(
  'two processes on the CPU end with the same bytes as one, each line marked with its process',
  async (t) => {
    const { code, out, err } = await launchTwo('two').finished;
    t.is(code, 0, err);
    t.is(out, table.replace('whole/tables', 'two/tables'));
    t.regex(err, /^cpu 1 \| wave 1/m);
    t.regex(err, /^cpu 2 \| wave 1/m);
    t.deepEqual(
      err.split('\n').filter((line) => line !== '' && !/^cpu [12] \| |^\w+ of net is below 0.5 /.test(line)),
      [],
    );
    t.deepEqual(differences(await comparable(join(folder, 'two')), expected), []);
    t.false((await readdir(join(folder, 'two'))).includes('leases'));
  },
);

test.serial('a process that dies is started again, and no byte differs', async (t) => {
  const out = join(folder, 'killed');
  const running = launchTwo(out);
  await shardsFinished(out, 5);
  const [victim] = await childrenOf(running.child.pid!);
  process.kill(victim!, 'SIGKILL');
  const { code, err } = await running.finished;
  t.is(code, 0, err);
  t.regex(err, /^cpu [12] \| ended with signal SIGKILL; starting it again$/m);
  t.deepEqual(differences(await comparable(out), expected), []);
});

test.serial('given up before it began the run, the first process leaves that to the next', async (t) => {
  const running = launch('short.json', '--out', 'first-killed', '--processes', '2');
  const killed = new Set<number>();
  // Before the run has begun there is only the first.
  while (killed.size < 3) {
    for (const pid of await childrenOf(running.child.pid!)) {
      if (!killed.has(pid)) process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
    await pause(5);
  }
  const { code, err } = await running.finished;
  t.is(code, 0, err);
  t.regex(err, /^cpu 1 \| ended with signal SIGKILL, 3 times without progress; given up$/m);
  t.regex(err, /^cpu 2 \| .*all scores are there/m);
});

test.serial(
  'whatever ends the launcher ends its processes cleanly, and the same command goes on',
  async (t) => {
    const out = join(folder, 'stopped');
    for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP', 'SIGHUP'], ['SIGKILL']] as const) {
      const before = (await shardNames(out)).length;
      const running = launchTwo(out);
      await shardsFinished(out, before + 3);
      const children = await childrenOf(running.child.pid!);
      const pools = (await Promise.all(children.map(childrenOf))).flat();
      // A terminal that is closed sends more than one.
      for (const signal of signals) {
        running.child.kill(signal);
        await pause(10);
      }
      const { code, out: printed, err } = await running.finished;
      t.is(printed, '');
      if (signals[0] === 'SIGKILL') {
        for (const pid of [...children, ...pools]) while (await isAlive(pid)) await pause(5);
      } else {
        t.is(code, 75, err);
        t.regex(
          err,
          /launch-local: stopped; finished work is kept: run the same command again to continue\n$/,
        );
        for (const pid of [...children, ...pools]) t.false(await isAlive(pid));
      }
      t.true((await shardNames(out)).length < expected.size - 10, signals[0]);
      t.false((await readdir(out)).includes('leases'), signals[0]);
    }
    const before = (await shardNames(out)).length;
    const last = launchWith({ _: '/usr/bin/nohup' }, 'experiment.json', '--out', out, '--processes', '2');
    await shardsFinished(out, before + 1);
    last.child.kill('SIGHUP');
    t.is((await last.finished).code, 0, 'nohup keeps SIGHUP away');
    t.deepEqual(differences(await comparable(out), expected), []);
  },
);

test.serial('--retry-errors scores again what could not be used, once for all processes', async (t) => {
  const image = join(folder, 'noisy', '7.png');
  const png = await readFile(image);
  await writeFile(image, 'no image');
  const broken = await runFile(folder, 'short.json', 'mended');
  await writeFile(image, png);
  t.is(broken.code, 1);
  t.regex(broken.err, /--retry-errors tries all of them once more/);
  const { code, out, err } = await launch(
    ...['short.json', '--out', 'mended', '--processes', '2', '--retry-errors', '--json'],
  ).finished;
  t.is(code, 0, err);
  t.is(JSON.parse(out).failedImages, 0);
});

test.serial('--tables says how much of the results is printed at the end', async (t) => {
  for (const which of ['all', 'none']) {
    // A finished run, whose results only have to be printed.
    const { code, out, err } = await launch(
      ...['short.json', '--out', 'mended', '--processes', '2', '--tables', which],
    ).finished;
    t.is(code, 0, err);
    t.is(/^95 % intervals in brackets/m.test(out), which === 'all');
    t.is(/ROC-AUC/.test(out), which === 'all');
  }
});

test.serial('bad usage and bad input are told in one line, with exit code 2', async (t) => {
  for (const [args, message] of [
    [
      ['experiment.json'],
      /^launch-local: required option '--out <dir>' not specified; see launch-local --help\n$/,
    ],
    [['experiment.json', '--out', 'x', '--proceses', '2'], /^launch-local: unknown option '--proceses'.*\n$/],
    [['nothing.json', '--out', 'x'], /^launch-local: .*nothing\.json.*\n$/],
    [
      ['experiment.json', '--out', 'x', '--device', 'cdua:0'],
      /^launch-local: --device: "cdua" is not a kind.*\n$/,
    ],
    [
      ['experiment.json', '--out', 'x', '--processes', '1000'],
      /^launch-local: --processes: found 1000, but there (is|are) \d+ cores? to run on.*\n$/,
    ],
  ] as const) {
    const { code, out, err } = await launch(...args).finished;
    t.is(code, 2);
    t.is(out, '');
    t.regex(err, message);
  }
});

test.serial('what every process refuses is said by one of them, and is bad input', async (t) => {
  const { code, err } = await launch(
    ...['experiment.json', '--out', 'x', '--processes', '2', '--memory', '20MB', '--precision', 'fp16'],
  ).finished;
  t.is(code, 2);
  t.regex(
    err,
    /^memory: 20 MB for 2 processes together, 10 MB for each\ncpu 1 \| grodin: --precision: cpu can't compute in "fp16"; take one of .*\nlaunch-local: no process/,
  );
});

test.serial('--device auto is what grodin doctor found, for all processes', async (t) => {
  const cache = join(folder, 'cache');
  await remember(
    { folder: cache, limit: 1e9 },
    {
      fp32: { device: 'cpu:0', why: 'alone' },
      tf32: null,
      // Which no process takes, so that it ends at once.
      fp16: { device: 'cpu:0', why: 'alone' },
    },
  );
  const { code, err } = await launchWith(
    { GRODIN_CACHE: cache },
    ...['experiment.json', '--out', 'x', '--device', 'auto', '--precision', 'fp16'],
  ).finished;
  t.is(code, 2);
  t.regex(
    err,
    /^--device auto: cpu:0, as grodin doctor found \(alone, in fp32\)\ncpu:0 \| grodin: --precision/,
  );
});

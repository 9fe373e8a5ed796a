#!/usr/bin/env node
/**
 * What happens to runs on clusters, one thing after the other: two reducers at once, a task that is stopped for longer than its lease
 * holds and goes on, a file system that is full and one that can't be written to, another version of grodin that joins. Each ends with
 * the files of a run that nobody disturbed, or with one line that says why not, after which the same command goes on.
 *
 * Takes Linux and the right to mount.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { echo } from 'zx';
import { RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { differences, runBytes, startRun } from './runs.js';
import { writeLong } from './scenarios.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const grodin = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));
const command = promisify(execFile);

interface Drill {
  readonly folder: string;
  readonly experiment: string;
  readonly expected: ReadonlyMap<string, string>;
}

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

/** @returns what is wrong, in a line each */
type Scenario = (drill: Drill) => Promise<readonly string[]>;

const scenarios: Readonly<Record<string, Scenario>> = {
  'two reducers at once': twoReducers,
  'a task that is stopped past its lease and goes on': stoppedPastItsLease,
  'a file system that is full': fullFileSystem,
  'a file system that can only be read': readOnly,
  'another version that joins': otherVersion,
};

async function drill(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-faults-'));
  let faults = 0;
  try {
    const experiment = await writeLong(join(folder, 'files'), 40);
    const undisturbed = join(folder, 'undisturbed');
    const { code, err } = await startRun(experiment, undisturbed).ended;
    if (code !== 0) throw new RunFailedError(`the undisturbed run failed: ${err}`);
    const expected = await runBytes(undisturbed);
    for (const [name, scenario] of Object.entries(scenarios)) {
      const begun = performance.now();
      const wrong = await scenario({ folder, experiment, expected });
      faults += wrong.length;
      echo(
        `${name}: ${wrong.length === 0 ? 'no fault' : wrong.join('; ')} (${((performance.now() - begun) / 1000).toFixed(0)} s)`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  if (faults > 0) throw new RunFailedError(`${faults} faults`);
}

async function twoReducers({ folder, expected }: Drill): Promise<readonly string[]> {
  const out = join(folder, 'reduced');
  await cp(join(folder, 'undisturbed'), out, { recursive: true });
  await rm(join(out, 'finished.json'));
  const ends = await Promise.all([start(['reduce', out]).ended, start(['reduce', out]).ended]);
  return [...failures(ends), ...(await compared(out, expected))];
}

async function stoppedPastItsLease({ folder, experiment, expected }: Drill): Promise<readonly string[]> {
  const out = join(folder, 'stopped');
  // As on two hosts, each with process numbers of its own.
  const stopped = start(['run', experiment, '--out', out, '--workers', '1'], { apart: true, isSlow: true });
  await shards(out, 3);
  await signalled(stopped.pid, 'STOP');
  const other = start(['run', experiment, '--out', out, '--workers', '1'], { apart: true });
  const ended = await other.ended;
  const before = await runBytes(out);
  await signalled(stopped.pid, 'CONT');
  const later = await stopped.ended;
  const taken = /has stopped renewing its leases; this process does its work/.test(ended.err);
  return [
    ...failures([ended, later]),
    ...(taken ? [] : ['nobody took over what the stopped task held']),
    ...differences(before, expected).filter((path) => !path.startsWith('leases')),
    ...(await compared(out, expected)),
  ];
}

async function fullFileSystem({ folder, experiment, expected }: Drill): Promise<readonly string[]> {
  return onSmallDisk(folder, 'full', async (mount) => {
    const out = join(mount, 'run');
    const full = await start(['run', experiment, '--out', out, '--workers', '1']).ended;
    await command('mount', ['-o', 'remount,size=200m', mount]);
    const again = await start(['run', experiment, '--out', out, '--workers', '1']).ended;
    return [
      ...oneLine(full, 1, /no space left|ENOSPC/i),
      ...failures([again]),
      ...(await compared(out, expected)),
    ];
  });
}

async function readOnly({ folder, experiment, expected }: Drill): Promise<readonly string[]> {
  return onSmallDisk(folder, 'read only', async (mount) => {
    await command('mount', ['-o', 'remount,size=200m', mount]);
    const out = join(mount, 'run');
    const killed = start(['run', experiment, '--out', out, '--workers', '1'], { isSlow: true });
    await shards(out, 3);
    await signalled(killed.pid, 'KILL');
    await killed.ended;
    await pause(1_000);
    await command('mount', ['-o', 'remount,ro', mount]);
    const failed = await start(['run', experiment, '--out', out, '--workers', '1']).ended;
    const seen = await start(['status', out]).ended;
    await command('mount', ['-o', 'remount,rw', mount]);
    const again = await start(['run', experiment, '--out', out, '--workers', '1']).ended;
    return [
      ...oneLine(failed, 2, /[0-9a-f]{64}\.arrow: the file system is read-only/),
      ...failures([seen, again]),
      ...(await compared(out, expected)),
    ];
  });
}

async function otherVersion({ folder, experiment, expected }: Drill): Promise<readonly string[]> {
  const copy = join(folder, 'other version');
  await mkdir(copy);
  await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'manifests', 'test']) await symlink(join(root, name), join(copy, name));
  const description = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...description, version: '99.0.0' }));
  const out = join(folder, 'two versions');
  const first = start(['run', experiment, '--out', out, '--workers', '1'], { isSlow: true });
  await shards(out, 3);
  const other = start(['run', experiment, '--out', out, '--workers', '1'], {
    program: join(copy, 'dist/pipeline/cli/main.js'),
  });
  const ends = await Promise.all([first.ended, other.ended]);
  // The plan names the revision, which tells of both versions.
  const others = (await compared(out, expected)).filter((path) => !path.startsWith('plan/'));
  return [...failures(ends), ...others];
}

/**
 * @param apart whether it has process numbers of its own, so that it takes others for those of another host
 * @param isSlow whether each shard takes a while
 */
function start(
  args: readonly string[],
  {
    apart = false,
    isSlow = false,
    program = grodin,
  }: { readonly apart?: boolean; readonly isSlow?: boolean; readonly program?: string } = {},
): { readonly pid: number; readonly ended: Promise<Ended> } {
  const words = [process.execPath, program, ...args];
  const [name = '', ...rest] = apart
    ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', ...words]
    : words;
  const child = spawn(name, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...{ GRODIN_CACHE: 'off', GRODIN_REPORT: 'off' },
      ...(isSlow && {
        NODE_OPTIONS: `--import ${new URL('./slurm/slow.js', import.meta.url).href}`,
        GRODIN_DRILL_SLOW: root,
        GRODIN_DRILL_PAUSE: '300',
      }),
    },
  });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return { pid: child.pid ?? 0, ended: once(child, 'exit').then(([code]) => ({ code, err })) };
}

/** Sends a signal to a process and all below it. */
async function signalled(pid: number, signal: string): Promise<void> {
  const { stdout } = await command('pgrep', ['-P', String(pid)]).catch(() => ({ stdout: '' }));
  for (const child of stdout.split('\n').filter(Boolean)) await signalled(Number(child), signal);
  await command('kill', [`-${signal}`, String(pid)]);
}

async function shards(out: string, count: number): Promise<void> {
  for (;;) {
    const names = await readdir(join(out, 'shards')).catch((): string[] => []);
    if (names.filter((name) => name.endsWith('.arrow') && !name.startsWith('.')).length >= count) return;
    await pause(10);
  }
}

async function onSmallDisk(
  folder: string,
  name: string,
  does: (mount: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const mount = join(folder, name);
  await mkdir(mount);
  await command('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'grodin-drill', mount]);
  try {
    return await does(mount);
  } finally {
    await command('umount', ['-l', mount]).catch(() => {});
  }
}

async function compared(out: string, expected: ReadonlyMap<string, string>): Promise<readonly string[]> {
  return differences(await runBytes(out), expected).map((path) => `${path} differs`);
}

function failures(ends: readonly Ended[]): readonly string[] {
  return ends.filter(({ code }) => code !== 0).map(({ code, err }) => `exit code ${code}: ${err}`);
}

/** What is wrong with an end that should be told in one line. */
function oneLine({ code, err }: Ended, expected: number, text: RegExp): readonly string[] {
  const lines = err.split('\n').filter((line) => line.startsWith('grodin: '));
  const isTold = code === expected && lines.length === 1 && text.test(lines[0] ?? '');
  return isTold ? [] : [`exit code ${code}, not told in one line: ${err}`];
}

await runScript(
  scriptProgram(
    'faults',
    'Have happen to runs what happens on clusters. Takes Linux and the right to mount.',
  ).action(drill),
);

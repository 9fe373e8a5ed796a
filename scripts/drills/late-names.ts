#!/usr/bin/env node
/**
 * Runs over one directory from two mounts of it, each of which remembers for a minute what it has seen and what it has not, as clients of
 * NFS do, and shares nothing with the other: names appear late, attributes are old. The processes of each mount have process
 * numbers of their own, as on two hosts; some are killed on the way. All files must be those of a run that nobody disturbed.
 *
 * Takes Linux, the right to mount, and Debian's package mergerfs.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { echo } from 'zx';
import { integerOption } from '../../pipeline/cli/options/numbers.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { differences, runBytes, startRun } from './runs.js';
import { writeLong } from './scenarios.js';

const grodin = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));
const run = promisify(execFile);

await runScript(
  scriptProgram(
    'late-names',
    'Run over one directory from two mounts that find new names up to a minute late, kill some of the processes, and compare all ' +
      'files with those of an undisturbed run. Takes Linux, the right to mount, and mergerfs.',
  )
    .option('--runs <n>', 'runs', integerOption(1), 10)
    .option('--images <n>', 'images of each set', integerOption(6), 40)
    .option('--seconds <n>', 'how long names and attributes are remembered', integerOption(0), 60)
    .action(drill),
);

interface Options {
  readonly runs: number;
  readonly images: number;
  readonly seconds: number;
}

async function drill({ runs, images, seconds }: Options): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-late-'));
  const mounts = ['one', 'two'].map((name) => join(folder, name));
  try {
    const experiment = await writeLong(join(folder, 'files'), images);
    const undisturbed = join(folder, 'undisturbed');
    const { code, err } = await startRun(experiment, undisturbed).ended;
    if (code !== 0) throw new RunFailedError(`the undisturbed run failed: ${err}`);
    const expected = await runBytes(undisturbed);
    const behind = join(folder, 'behind');
    await mkdir(behind);
    for (const mount of mounts) await mountWithMemory(behind, mount, seconds);
    const counts = { starts: 0, kills: 0 };
    const faults: string[] = [];
    const times: number[] = [];
    for (let number = 0; number < runs; number += 1) {
      const begun = performance.now();
      const ends = await Promise.all(
        mounts.map((mount) => untilDone(experiment, join(mount, `run-${number}`), counts)),
      );
      times.push((performance.now() - begun) / 1000);
      const failed = ends.filter((text): text is string => text !== null);
      const others =
        failed.length > 0 ? failed : differences(await runBytes(join(behind, `run-${number}`)), expected);
      if (others.length > 0) {
        faults.push(`run ${number}`);
        echo(`FAULT in run ${number}: ${others.join(', ')}`);
      }
    }
    echo(
      `${runs} runs from two mounts that remember for ${seconds} s: ${counts.starts} starts, ${counts.kills} kills, ${faults.length} faults; ` +
        `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} s each`,
    );
    if (faults.length > 0) throw new RunFailedError(`${faults.length} faults`);
  } finally {
    for (const mount of mounts) await run('umount', ['-l', mount]).catch(() => {});
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function mountWithMemory(behind: string, mount: string, seconds: number): Promise<void> {
  await mkdir(mount);
  const remembered = ['attr', 'entry', 'negative_entry'].map((what) => `cache.${what}=${seconds}`);
  await run('mergerfs', ['-o', `${remembered.join(',')},category.create=ff`, behind, mount]).catch(
    (error) => {
      throw new InputError(
        `mergerfs: can't mount ${mount} (${String(error).split('\n')[0]}); install the package and run this with the right to mount`,
      );
    },
  );
}

/** Starts a run in a namespace of process numbers of its own, again and again where it is killed. @returns what went wrong */
async function untilDone(
  experiment: string,
  out: string,
  counts: { starts: number; kills: number },
): Promise<string | null> {
  for (let start = 0; start < 10; start += 1) {
    counts.starts += 1;
    const child = spawn(
      'unshare',
      [
        ...['--pid', '--fork', '--kill-child', '--mount-proc'],
        ...[process.execPath, grodin, 'run', experiment, '--out', out, '--workers', '1'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, GRODIN_CACHE: 'off' } },
    );
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = once(child, 'exit');
    let isKilled = false;
    // Every second start is left alone, and later ones too.
    if (start < 3 && Math.random() < 0.5) {
      await Promise.race([ended, pause(2_000 + 10_000 * Math.random())]);
      isKilled = child.exitCode === null && child.signalCode === null && child.kill('SIGKILL');
    }
    const [code] = await ended;
    if (isKilled) counts.kills += 1;
    if (code === 0) return null;
    if (!isKilled) return `exit code ${code}: ${err}`;
  }
  return 'did not end within 10 starts';
}

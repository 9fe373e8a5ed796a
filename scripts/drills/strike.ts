import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DrillSubject } from './subjects.js';

/** The signals in turn. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** One signal to one command. */
export interface Strike {
  readonly subject: DrillSubject;
  readonly signal: (typeof signals)[number];
  /** Milliseconds after the command was started. */
  readonly delay: number;
}

/** What became of it. */
export interface StrikeOutcome {
  readonly strike: Strike;
  /** `early`: the signal was there before Node.js ran anything of ours, which has its usual effect. */
  readonly end: 'interrupted' | 'finished' | 'early' | 'wrong';
  /** Milliseconds from the signal to the end. */
  readonly took: number;
  /** What is not as it should be, one a line. */
  readonly faults: readonly string[];
}

/** Within what a command must end. */
const LIMIT_MILLISECONDS = 5_000;
/** Time after which it is killed, so that a drill ends. */
const PATIENCE_MILLISECONDS = 30_000;

/** Runs a subject to its end, as often as it must have been run before. @throws Error when it fails */
export async function runWhole(args: readonly string[], workspace: string): Promise<number> {
  const started = performance.now();
  const child = start(args, workspace, 'whole');
  const said = textOf(child);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with exit code ${code}: ${await said}`);
  return performance.now() - started;
}

/** Sends one signal and looks at what is left. @param limit milliseconds within which the command must end */
export async function strike(
  one: Strike,
  workspace: string,
  limit = LIMIT_MILLISECONDS,
): Promise<StrikeOutcome> {
  const { subject, signal, delay } = one;
  if (subject.output !== undefined)
    await rm(join(workspace, subject.output), { recursive: true, force: true });
  const mark = `${process.pid}-${Math.round(performance.now() * 1000)}`;
  const child = start(subject.args, workspace, mark);
  const said = textOf(child);
  const exit = once(child, 'exit');
  await Promise.race([exit, pause(delay)]);
  const sent = performance.now();
  const wasThere = child.exitCode === null && child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
  const [code, killedBy] = await exit;
  clearTimeout(patience);
  const took = performance.now() - sent;
  const faults = await leftovers(subject, workspace, mark);
  if (wasThere && took > limit) faults.push(`took ${Math.round(took)} ms`);
  const end = code === 75 ? 'interrupted' : code === 0 ? 'finished' : killedBy === signal ? 'early' : 'wrong';
  if (end === 'wrong') faults.push(`ended with ${code ?? killedBy}: ${(await said).slice(-500)}`);
  if (/\n {4}at |defect/.test(await said)) faults.push(`said ${(await said).slice(-500)}`);
  return { strike: one, end, took, faults };
}

function start(args: readonly string[], workspace: string, mark: string): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TMPDIR: join(workspace, 'tmp'),
      GRODIN_CACHE: join(workspace, 'cache'),
      GRODIN_DRILL: mark,
      // As if not started by nohup, which makes SIGHUP ineffective.
      _: process.execPath,
    },
  });
}

async function textOf({ stdout, stderr }: ChildProcess): Promise<string> {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  await Promise.all([stdout, stderr].map((stream) => stream && once(stream, 'close')));
  return text;
}

async function leftovers(subject: DrillSubject, workspace: string, mark: string): Promise<string[]> {
  const faults: string[] = [];
  for (const name of await readdir(join(workspace, 'tmp'))) {
    faults.push(`left ${name} in the folder for temporary files`);
    await rm(join(workspace, 'tmp', name), { recursive: true, force: true });
  }
  for (const folder of ['out', 'cache', 'finished']) {
    const names = await readdir(join(workspace, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter((one) => /\.tmp-/.test(one))) {
      faults.push(`left ${folder}/${name}`);
      // One fault is told once.
      await rm(join(workspace, folder, name), { force: true });
    }
  }
  if (subject.run !== undefined && (await isThere(join(workspace, subject.run, 'leases')))) {
    faults.push('left leases');
  }
  // The last process of a killed group may need an instant to end.
  for (let look = 0; ; look += 1) {
    const alive = await processesOf(mark);
    if (alive.length === 0) break;
    if (look === 40) {
      faults.push(`left the processes ${alive.join(', ')}`);
      break;
    }
    await pause(25);
  }
  return faults;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The processes that inherited a mark; only Linux tells. */
async function processesOf(mark: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`GRODIN_DRILL=${mark}\0`)) found.push(Number(name));
  }
  return found;
}

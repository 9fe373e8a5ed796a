#!/usr/bin/env node
/**
 * Kills runs with -9, or tells them to stop, at each named step, or kills them at random moments; starts them again and
 * compares all their files, byte for byte, with those of a run that nobody disturbed.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Option } from 'commander';
import { echo } from 'zx';
import { integerOption, nonNegativeNumber } from '../../pipeline/cli/options/numbers.js';
import { RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { childrenOf, differences, runBytes, type StartedRun, startRun } from './runs.js';
import { writeLong } from './scenarios.js';

/** Who is struck at a step: see `kill-at`. */
const strikes = ['self', 'all', 'leader'] as const;
type Strikes = readonly (typeof strikes)[number][];

await runScript(
  scriptProgram(
    'kills',
    'Kill runs with -9 and start them again: at each named step, once the process that takes it and once the whole run, and ' +
      'tell them to stop there; then at random moments, one to three processes over one directory. Linux only.',
  )
    .option('--every <n>', 'at every n-th step only; 0 for none', integerOption(0), 1)
    .addOption(
      new Option(
        '--victims <who>',
        'who is struck at steps: the process that takes it, the whole run, or whoever started it, by SIGTERM',
      )
        .choices(strikes)
        .default(strikes, 'each in turn')
        .argParser((text) => [text as (typeof strikes)[number]]),
    )
    .option('--minutes <n>', 'of random kills', nonNegativeNumber, 60)
    .action(drill),
);

interface Drill {
  readonly folder: string;
  readonly experiment: string;
  readonly expected: ReadonlyMap<string, string>;
}

async function drill({
  every,
  minutes,
  victims,
}: {
  readonly every: number;
  readonly minutes: number;
  readonly victims: Strikes;
}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-kills-'));
  const faults: string[] = [];
  try {
    if (every > 0) faults.push(...(await atSteps(await prepare(join(folder, 'short'), 6), every, victims)));
    if (minutes > 0) faults.push(...(await atRandom(await prepare(join(folder, 'long'), 60), minutes)));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  if (faults.length > 0) throw new RunFailedError(`${faults.length} faults`);
}

async function prepare(folder: string, images: number): Promise<Drill> {
  const experiment = await writeLong(folder, images);
  const out = join(folder, 'undisturbed');
  const { code, err } = await startRun(experiment, out).ended;
  if (code !== 0) throw new RunFailedError(`the undisturbed run failed: ${err}`);
  return { folder, experiment, expected: await runBytes(out) };
}

/** @returns faults, each in a line */
async function atSteps(
  { folder, experiment, expected }: Drill,
  every: number,
  all: Strikes,
): Promise<string[]> {
  const faults: string[] = [];
  const log = join(folder, 'steps');
  const killAt = new URL('./kill-at.js', import.meta.url).href;
  const struck = async (at: number, victims: Strikes[number], out: string) => {
    await rm(log, { force: true });
    return startRun(experiment, out, {
      NODE_OPTIONS: `--import ${killAt}`,
      GRODIN_DRILL_LOG: log,
      GRODIN_DRILL_AT: `${at}`,
      GRODIN_DRILL_VICTIMS: victims,
    }).ended;
  };
  const whole = join(folder, 'counted');
  await struck(0, 'self', whole);
  const steps = (await stat(log)).size;
  const names = new Set<string>();
  let kills = 0;
  for (const victims of all)
    for (let at = 1; at <= steps; at += every) {
      const out = join(folder, 'run');
      const first = await struck(at, victims, out);
      const step = await readFile(`${log}.step`, 'utf8').catch(() => null);
      if (step !== null) {
        kills += 1;
        names.add(step.replaceAll(/[0-9a-f]{12,}/g, 'ID'));
      }
      // A pool process alone is replaced by its supervisor.
      let { code, err } = first;
      const left = victims === 'leader' ? await leftBy(first, out) : [];
      if (code !== 0) ({ code, err } = await startRun(experiment, out).ended);
      const others =
        code === 0 ? [...left, ...differences(await runBytes(out), expected)] : [`exit code ${code}: ${err}`];
      if (others.length > 0) {
        faults.push(`step ${at} (${step}), ${victims}`);
        echo(`FAULT at step ${at} (${step}), ${victims} struck: ${others.join(', ')}`);
      }
      await rm(out, { recursive: true, force: true, maxRetries: 5 });
      await rm(`${log}.step`, { force: true });
    }
  echo(`${steps} named steps of ${names.size} kinds, ${kills} strikes, ${faults.length} faults`);
  return faults;
}

/** What a run left that was told to stop, and how it ended, as far as that is not as it should be. */
async function leftBy(
  { code, err }: { readonly code: number | null; readonly err: string },
  out: string,
): Promise<string[]> {
  const names = await readdir(out, { recursive: true }).catch((): string[] => []);
  const left = names.filter((name) => /\.tmp-|^leases/.test(name)).map((name) => `left ${name}`);
  return code === 0 || code === 75 ? left : [...left, `ended with ${code}: ${err}`];
}

/** @returns faults, each in a line */
async function atRandom({ folder, experiment, expected }: Drill, minutes: number): Promise<string[]> {
  const faults: string[] = [];
  const end = performance.now() + minutes * 60_000;
  const counts = { runs: 0, kills: 0, starts: 0 };
  for (let run = 0; performance.now() < end; run += 1) {
    const out = join(folder, `run-${run}`);
    const processes = 1 + Math.floor(Math.random() * 3);
    const ends = await Promise.all(
      Array.from({ length: processes }, () => untilDone(experiment, out, counts)),
    );
    counts.runs += 1;
    const failed = ends.filter((text): text is string => text !== null);
    const others = failed.length > 0 ? failed : differences(await runBytes(out), expected);
    if (others.length > 0) {
      faults.push(`run ${run}`);
      echo(`FAULT in run ${run} of ${processes} processes: ${others.join(', ')}`);
    }
    await rm(out, { recursive: true, force: true, maxRetries: 5 });
  }
  const { runs, kills, starts } = counts;
  echo(`${minutes} minutes: ${runs} runs, ${starts} starts, ${kills} random kills, ${faults.length} faults`);
  return faults;
}

/** Starts a run again and again, killing it at random moments, until it ends by itself. @returns what went wrong */
async function untilDone(
  experiment: string,
  out: string,
  counts: { kills: number; starts: number },
): Promise<string | null> {
  for (let start = 0; start < 40; start += 1) {
    counts.starts += 1;
    const running = startRun(experiment, out);
    // Later starts are left alone for longer, so that every run comes to its end.
    const patience = (1 + start / 4) * 6_000 * Math.random();
    const killed = await killAfter(running, patience);
    const { code, err } = await running.ended;
    if (killed) counts.kills += 1;
    if (code === 0) return null;
    if (!killed) return `exit code ${code}: ${err}`;
  }
  return 'did not end within 40 starts';
}

/** @returns whether there was still something to kill */
async function killAfter({ child, ended }: StartedRun, milliseconds: number): Promise<boolean> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await Promise.race([pause(milliseconds), ended]);
  const { pid } = child;
  if (isOver || pid === undefined) return false;
  const victims = [...(await childrenOf(pid)), pid];
  const chosen = victims.filter(() => Math.random() < 0.6);
  let any = false;
  for (const victim of chosen)
    try {
      process.kill(victim, 'SIGKILL');
      any = true;
    } catch {
      // It has ended meanwhile.
    }
  return any;
}

#!/usr/bin/env node
/**
 * Starts several runs over one directory, interleaved at every named step, and checks that none gives results that were
 * made from other files than its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echo } from 'zx';
import { integerOption } from '../../pipeline/cli/options/numbers.js';
import { RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { byChance, type Schedule, stopAt } from './interleaver.js';
import { Expectations, judge } from './judge.js';
import { type Scenario, writeScenarios } from './scenarios.js';

await runScript(
  scriptProgram(
    'interleavings',
    'Start runs of other files over one directory, interleaved at every named step. For each scenario each process is held ' +
      'at each of its steps while the others go on to their ends, and then come schedules by chance.',
  )
    .option('--every <n>', 'hold a process at every n-th of its steps only', integerOption(1), 1)
    .option('--random <n>', 'schedules by chance for each scenario', integerOption(0), 20)
    .option('--seed <n>', 'of the first of them', integerOption(0), 1)
    .option('--only <text>', 'scenarios whose names hold this', '')
    .action(drill),
);

interface DrillOptions {
  readonly every: number;
  readonly random: number;
  readonly seed: number;
  readonly only: string;
}

async function drill({ every, random, seed, only }: DrillOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-interleavings-'));
  try {
    const scenarios = (await writeScenarios(folder)).filter(({ name }) => name.includes(only));
    const expected = new Expectations(folder);
    let [count, faulty] = [0, 0];
    const names = new Set<string>();
    for (const scenario of scenarios) {
      const ends = { well: 0, refused: 0 };
      let held = 0;
      const one = async (what: string, schedule: Schedule): Promise<number> => {
        const out = join(folder, 'run');
        const { faults, steps, ends: all } = await judge(scenario, out, schedule, expected);
        await rm(out, { recursive: true });
        count += 1;
        for (const { step } of steps) names.add(step.replaceAll(/[0-9a-f]{12,}/g, 'ID'));
        for (const { status } of all) ends[status === 'fulfilled' ? 'well' : 'refused'] += 1;
        if (faults.length > 0) {
          faulty += 1;
          echo(`FAULT in ${scenario.name}, ${what}:\n  ${faults.join('\n  ')}`);
        }
        return steps.filter(({ process }) => process === held).length;
      };
      for (held = 0; held < scenario.starts.length; held += 1)
        for (let k = 0, own = Number.POSITIVE_INFINITY; k < own; k += every)
          own = await one(`process ${held} held at step ${k}`, stopAt(held, k));
      for (let n = 0; n < random; n += 1) await one(`seed ${seed + n}`, byChance(seed + n));
      echo(summary(scenario, count, ends));
    }
    echo(`${count} interleavings, ${names.size} named steps, ${faulty} with a fault`);
    if (faulty > 0) throw new RunFailedError(`${faulty} of ${count} interleavings gave a fault`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summary(
  { name }: Scenario,
  count: number,
  { well, refused }: { well: number; refused: number },
): string {
  return `${name}: ${count} interleavings so far; ${well} starts ended well, ${refused} said why not`;
}

#!/usr/bin/env node
/**
 * Changes experiments at random between runs of one run directory: models, sets, manifests, images, keys. Each run must end
 * with what a new run gives, and score what is new alone, or refuse in one line. What goes wrong is told with its seed and
 * the fewest changes that still lead to it.
 */
import { echo } from 'zx';
import { integerOption, nonNegativeNumber } from '../../pipeline/cli/options/numbers.js';
import { RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { type Fault, play, type Step, stepsOf } from './edits/play.js';

interface Values {
  readonly from: number;
  readonly to: number;
  readonly minutes: number;
  readonly steps: number;
  readonly verbose?: true;
}

const program = scriptProgram('fuzz-edits', 'change experiments at random between runs of one run directory')
  .option('--from <seed>', 'the first seed', integerOption(0), 0)
  .option('--to <seed>', 'the seed to stop before', integerOption(1), 100)
  .option('--minutes <n>', 'begin no further seed after so many', nonNegativeNumber, 1e6)
  .option('--steps <n>', 'changes of each experiment', integerOption(1), 8)
  .option('--verbose', 'print a line for each seed')
  .action(async ({ from, to, minutes, steps, verbose }: Values) => {
    const end = performance.now() + minutes * 60_000;
    const counts = { seeds: 0, changes: 0, runs: 0, refusals: 0, passes: 0, faults: 0 };
    const kinds = new Map<string, number>();
    for (let seed = from; seed < to && performance.now() < end; seed += 1) {
      const given = stepsOf(seed, steps);
      const { fault, ...played } = await play(seed, given);
      const all = given.slice(0, played.steps);
      counts.seeds += 1;
      for (const key of ['changes', 'runs', 'refusals', 'passes'] as const) counts[key] += played[key];
      if (verbose) echo(`seed ${seed}: ${JSON.stringify({ ...played, fault: fault?.kind ?? null })}`);
      if (fault === null) continue;
      counts.faults += 1;
      const known = kinds.get(fault.kind) ?? 0;
      kinds.set(fault.kind, known + 1);
      // Shrinking one of a kind is enough.
      const few = known < 2 ? await fewest(seed, all, fault) : { steps: all, fault };
      echo(`FAULT of seed ${seed}: ${few.fault.kind}: ${few.fault.text}`);
      for (const { change, way } of few.steps) echo(`  ${change}${way === null ? '' : `; ${way}`}`);
    }
    echo(
      `seeds ${from} to ${from + counts.seeds - 1}: ${counts.changes} changes, ${counts.runs} runs, ${counts.refusals} refusals, ` +
        `${counts.passes} passes, ${counts.faults} faults`,
    );
    for (const [kind, count] of kinds) echo(`  ${count} × ${kind}`);
    if (counts.faults > 0) throw new RunFailedError(`${counts.faults} faults`);
  });

/** Leaves steps out, and runs between them, as long as a fault of the same kind remains. */
async function fewest(seed: number, all: readonly Step[], first: Fault) {
  let best: { readonly steps: readonly Step[]; readonly fault: Fault } = { steps: all, fault: first };
  const tried = async (steps: readonly Step[]): Promise<boolean> => {
    const { fault } = await play(seed, steps);
    if (fault?.kind !== first.kind) return false;
    best = { steps, fault };
    return true;
  };
  for (let hasShrunk = true; hasShrunk; ) {
    hasShrunk = false;
    for (let at = best.steps.length - 1; at >= 0; at -= 1)
      if (await tried(best.steps.toSpliced(at, 1))) hasShrunk = true;
  }
  for (const [at, step] of best.steps.entries())
    for (const way of [null, 'run'] as const)
      if (step.way !== way && step.way !== null && (await tried(best.steps.with(at, { ...step, way }))))
        break;
  return best;
}

process.exitCode = await runScript(program);

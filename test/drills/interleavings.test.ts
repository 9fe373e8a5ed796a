import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { byChance, type Schedule, stopAt } from '../../scripts/drills/interleaver.js';
import { Expectations, judge } from '../../scripts/drills/judge.js';
import { type Scenario, writeScenarios } from '../../scripts/drills/scenarios.js';

let folder: string;
let scenarios: readonly Scenario[];
let expected: Expectations;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grodin-interleavings-'));
  scenarios = await writeScenarios(folder);
  expected = new Expectations(folder);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

// The whole drill, thousands of interleavings, is a script; these are the steps that it found to matter
// most, one of them for each scenario by turns.
const schedules: readonly (readonly [string, Schedule])[] = [
  ['the first held before it writes anything', stopAt(0, 3)],
  ['the first held once it has planned', stopAt(0, 40)],
  ['the second held in the middle of its scoring', stopAt(1, 80)],
  ['steps by chance', byChance(7)],
];

test.serial('no interleaving of starts gives results of other files than their own', async (t) => {
  for (const [index, scenario] of scenarios.entries()) {
    const own = schedules.filter((_, at) => at === index % schedules.length);
    for (const [what, schedule] of own) {
      const out = join(folder, 'run');
      const { faults } = await judge(scenario, out, schedule, expected);
      await rm(out, { recursive: true });
      t.deepEqual(faults, [], `${scenario.name}, ${what}`);
    }
  }
});

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readPlan } from '../../pipeline/plan/plan-file.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { shardNames } from './command.js';
import { runFile } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ outliers: ['noisy'] });
  await writeExperiment(folder, { outliers: ['noisy'], detectors: ['ODIN', 'G'] }, 'both.json');
  await writeExperiment(folder, { outliers: ['noisy'], detectors: ['ODIN', 'MSP'] }, 'forward.json');
  for (const name of ['both', 'forward']) {
    const { code, err } = await runFile(folder, `${name}.json`, name);
    t.is(code, 0, err);
  }
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial(
  'without a gradient detector no backward pass is planned, nor anything scored by one',
  async (t) => {
    const shards = (await readPlan(runDirectory(join(folder, 'forward')))).flatMap((step) => step.shards);
    t.true(shards.some(({ forwardCells }) => forwardCells.some(({ epsilon }) => epsilon > 0)));
    t.true(shards.every(({ cells }) => cells.length === 0));
    const { rows } = await scoreRows(join(folder, 'forward'));
    for (const key of rows.keys()) t.regex(key, / forward$/);
  },
);

test.serial('a forward pass at a perturbed image gives the logits of the scoring pass there', async (t) => {
  const [forward, both] = [await scoreRows(join(folder, 'forward')), await scoreRows(join(folder, 'both'))];
  let compared = 0;
  for (const [key, [predicted, maxLogit, logOdds]] of forward.rows) {
    const scored = both.rows.get(key.replace('forward', 'gradient'));
    if (scored === undefined) continue;
    t.is(predicted, scored[0]);
    for (const [value, other] of [
      [maxLogit, scored[1]],
      [logOdds, scored[2]],
    ])
      t.true(Math.abs(value! - other!) <= 1e-5 * Math.max(1, Math.abs(other!)), `${key}: ${value} ${other}`);
    if (!key.includes(' 0 ')) compared += 1;
  }
  t.true(compared > 20);
});

test.serial(
  'an experiment that grows by a gradient detector keeps its shards and scores the same cells again',
  async (t) => {
    const before = await shardNames(join(folder, 'forward'));
    const { code, err } = await runFile(folder, 'both.json', 'forward');
    t.is(code, 0, err);
    const after = new Set(await shardNames(join(folder, 'forward')));
    t.true(before.every((name) => after.has(name)));
    t.true(after.size > before.length);
    t.true((await readdir(join(folder, 'forward', 'tables'))).includes('table-6.md'));
  },
);

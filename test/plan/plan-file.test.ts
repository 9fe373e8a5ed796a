import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { RunFailedError } from '../../pipeline/errors.js';
import { appendPlanStep, type PlanStep, readPlan } from '../../pipeline/plan/plan-file.js';

const step: PlanStep = {
  number: 1,
  wave: 1,
  shards: [
    {
      id: 'a',
      model: 'net',
      set: 'clean',
      rows: Int32Array.of(2, 5, 9),
      cells: [
        { epsilon: 0, temperature: 10 },
        { epsilon: 0.0002, temperature: 10 },
      ],
      forwardTemperatures: [],
    },
    {
      id: 'b',
      model: 'net',
      set: 'clean',
      rows: Int32Array.of(2, 5, 9),
      cells: [],
      forwardTemperatures: [1, 1000],
    },
  ],
};

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'grodin-plan-'));

test('a plan comes back from its files in the order its steps were made', async (t) => {
  const folder = await temporary();
  t.true(await appendPlanStep(folder, step));
  t.true(await appendPlanStep(folder, { ...step, number: 2, wave: 2 }));
  t.deepEqual(await readPlan(folder), [step, { ...step, number: 2, wave: 2 }]);
});

test('of several processes that add the same step one succeeds and its file stands', async (t) => {
  const folder = await temporary();
  const results = await Promise.all(Array.from({ length: 8 }, () => appendPlanStep(folder, step)));
  t.is(results.filter(Boolean).length, 1);
  t.deepEqual(await readdir(folder), ['0001-wave-1.json']);
});

test('a plan file that is not one is named in the error', async (t) => {
  const folder = await temporary();
  await writeFile(join(folder, '0001-wave-1.json'), '{"wave": 1, "shards": 3}');
  await t.throwsAsync(readPlan(folder), {
    instanceOf: RunFailedError,
    message: /0001-wave-1\.json: not a plan/,
  });
});

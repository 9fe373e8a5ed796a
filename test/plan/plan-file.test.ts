import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { appendPlanStep, type PlanStep, readPlan } from '../../pipeline/plan/plan-file.js';
import { appendRevision } from '../../pipeline/store/revisions.js';
import { sealedJson } from '../../pipeline/store/sealed-json.js';
import { RunFailedError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { revisionOf } from '../store/small-revision.js';
import { temporaryFolder } from '../temporary-folder.js';

async function begun(t: ExecutionContext) {
  const directory = runDirectory(join(await temporaryFolder(t), 'run'));
  const { sha256 } = await appendRevision(directory, revisionOf(8), () => {});
  return { directory, step: stepOf(sha256) };
}

function stepOf(revision: string): PlanStep {
  return {
    number: 1,
    wave: 1,
    revision,
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
        forwardCells: [],
        forwardTemperatures: [],
      },
      {
        id: 'b',
        model: 'net',
        set: 'clean',
        rows: Int32Array.of(2, 5, 9),
        cells: [],
        forwardCells: [],
        forwardTemperatures: [1, 1000],
      },
      {
        id: 'c',
        model: 'net',
        set: 'clean',
        rows: Int32Array.of(2, 5),
        cells: [],
        forwardCells: [
          { epsilon: 0.0002, temperature: 10 },
          { epsilon: 0.0004, temperature: 10 },
        ],
        forwardTemperatures: [],
      },
    ],
  };
}

test('a plan comes back from its files in the order its steps were made', async (t) => {
  const { directory, step } = await begun(t);
  t.true(await appendPlanStep(directory.plan, step));
  t.true(await appendPlanStep(directory.plan, { ...step, number: 2, wave: 2 }));
  const read = await readPlan(directory);
  t.deepEqual(
    read.map(({ madeFor: _, ...rest }) => rest),
    [step, { ...step, number: 2, wave: 2 }],
  );
  t.is(read[0]?.madeFor.number, 1);
});

test('of several processes that add the same step one succeeds and its file stands', async (t) => {
  const { directory, step } = await begun(t);
  const results = await Promise.all(Array.from({ length: 8 }, () => appendPlanStep(directory.plan, step)));
  t.is(results.filter(Boolean).length, 1);
  t.deepEqual(await readdir(directory.plan), ['0001-wave-1.json']);
});

const damages: Readonly<Record<string, (text: string) => string>> = {
  'no plan at all': () => '{"wave": 1, "shards": 3}',
  'swapped rows': (text) => text.replace('[2,5,9]', '[2,9,5]'),
  'another model': (text) => text.replaceAll('"net"', '"ten"'),
  'half of it': (text) => text.slice(0, text.length / 2),
  'a shard of a list that is not there': (text) => {
    const { sha256: _, ...content } = JSON.parse(text.replace('"rows":0', '"rows":7'));
    return sealedJson(content).text;
  },
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a plan file with ${what} is named in the error`, async (t) => {
    const { directory, step } = await begun(t);
    await appendPlanStep(directory.plan, step);
    const file = join(directory.plan, '0001-wave-1.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, damage(text));
    t.not(await readFile(file, 'utf8'), text);
    await t.throwsAsync(readPlan(directory), {
      instanceOf: RunFailedError,
      message: /0001-wave-1\.json: was altered or damaged/,
    });
  });
}

test('a plan that was made for a revision which is not there is refused', async (t) => {
  const { directory, step } = await begun(t);
  await appendPlanStep(directory.plan, { ...step, revision: 'f'.repeat(64) });
  await t.throwsAsync(readPlan(directory), {
    message: /made for a revision of the run that is not in revisions\//,
  });
});

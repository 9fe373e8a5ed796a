import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { InputError, InterruptedError, readExperiment, reduce, run, status } from 'grodin';
import { nameOfThisProcess } from '../../manifests/output/living-process.js';
import { childrenOf } from '../run/command.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;
let out: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 8, outliers: ['noisy'], epsilon: [0], temperature: [1] });
  out = join(folder, 'out');
  await run(await readExperiment(join(folder, 'experiment.json')), { out, workers: 1, cache: null });
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const reason = new Error('enough');

/** What an error of work that was aborted is. */
const aborted = { instanceOf: InterruptedError, message: 'stopped, since it was aborted' };

test.serial('status and reduce do nothing for a signal that was aborted before', async (t) => {
  for (const call of [status, reduce]) {
    const error = await t.throwsAsync(call(out, { signal: AbortSignal.abort(reason) }), aborted);
    t.is(error.cause, reason);
  }
});

test.serial('a signal ends status before another shard is read', async (t) => {
  const controller = new AbortController();
  const looking = status(out, { signal: controller.signal });
  controller.abort(reason);
  t.is((await t.throwsAsync(looking, aborted)).cause, reason);
  t.true((await status(out, { signal: new AbortController().signal })).resultsWritten);
});

test.serial('a signal ends reduce at once, and what is unfinished in the run directory goes', async (t) => {
  const before = await readdir(out, { recursive: true });
  const metrics = await readFile(join(out, 'metrics.arrow'));
  const controller = new AbortController();
  const reducing = reduce(out, { signal: controller.signal });
  const [pid] = await childrenOf(process.pid);
  const writer = (await nameOfThisProcess()).replace(String(process.pid), String(pid));
  await writeFile(join(out, `.metrics.arrow.tmp-${writer}-0123456789ab`), 'unfinished');
  controller.abort(reason);
  t.is((await t.throwsAsync(reducing, aborted)).cause, reason);
  t.deepEqual((await readdir(out, { recursive: true })).sort(), before.sort());
  t.deepEqual(await readFile(join(out, 'metrics.arrow')), metrics);
  while ((await childrenOf(process.pid)).length > 0) await pause(5);
});

test.serial('reduce removes what earlier results had, and keeps what somebody else put there', async (t) => {
  const notes = ['tables/notes.md', 'tables/mine.csv', 'analyses/mine.csv'].map((name) => join(out, name));
  for (const file of notes) await writeFile(file, 'mine');
  const list = join(out, 'tables/.grodin-files.json');
  const before = await readFile(list, 'utf8');
  const former = join(out, 'tables/table-of-old.md');
  await writeFile(former, '');
  await writeFile(list, before.replace('[', '["table-of-old.md", "../metrics.arrow",'));
  await reduce(out);
  for (const file of notes) {
    t.is(await readFile(file, 'utf8'), 'mine');
    await rm(file);
  }
  await t.throwsAsync(readFile(former), { code: 'ENOENT' });
  await t.notThrowsAsync(readFile(join(out, 'metrics.arrow')));
  t.is(await readFile(list, 'utf8'), before);
});

test.serial('reduce gives what run gave, and says what a folder lacks that holds no run', async (t) => {
  const again = await run(await readExperiment(join(folder, 'experiment.json')), { out, workers: 1 });
  const { nothingToDo, memory, leftOut, costs, ...results } = again;
  t.true(nothingToDo);
  t.deepEqual(costs, []);
  t.deepEqual(await reduce(out, { workers: 1 }), results);
  await t.throwsAsync(reduce(folder), { instanceOf: InputError, message: /holds no run/ });
});

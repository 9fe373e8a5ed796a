import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { awaitedSubmission, ResultsCheck } from '../../pipeline/status/awaited.js';
import {
  readSubmission,
  recordAgain,
  recordSubmission,
  resultsStamp,
} from '../../pipeline/submissions/submission.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodin } from '../cli/built.js';
import { grodinHere } from '../cli/here.js';
import { shardNames } from '../run/command.js';
import { runFile } from '../run/here.js';
import { sharedExperiment, writeExperiment } from '../run/small-experiment.js';

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 12, outliers: ['noisy'] });
  await writeExperiment(folder, { images: 12, outliers: ['noisy', 'dark'] }, 'grown.json');
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const here = (...args: readonly string[]) => grodinHere(args, folder);

/** As a submission of an experiment leaves it in a run directory. */
async function submitted(run: string, file: string): Promise<void> {
  const directory = runDirectory(join(folder, run));
  await recordSubmission(directory, {
    scheduler: 'Slurm',
    jobs: ['101', '102'],
    experiment: join(folder, file),
    before: await resultsStamp(directory),
  });
}

test.serial('a run that was submitted is waited for before its first task has begun', async (t) => {
  t.is((await here('wait', 'run')).code, 2);
  await submitted('run', 'experiment.json');
  const said = /run: submitted to Slurm \(jobs 101, 102\); no task has begun yet\n/;
  const { code, out } = await here('status', 'run');
  t.is(code, 0);
  t.regex(out, said);
  t.is((await here('status', 'run', '--exit-code')).code, 1);
  t.is(JSON.parse((await here('status', 'run', '--json')).out).state, 'submitted');
  const early = await here('wait', 'run', '--timeout', '0.2s');
  t.is(early.code, 75);
  t.regex(early.err, said);
  t.regex(early.err, /nobody has begun the run in time/);
  const waiting = [grodin(['wait', 'run'], folder), grodin(['status', 'run', '--watch'], folder)];
  t.is((await runFile(folder, 'experiment.json', 'run')).code, 0);
  for (const one of await Promise.all(waiting)) {
    t.is(one.code, 0, one.err);
    t.regex(one.out, /: finished; wave 1 /);
  }
});

test.serial('results from before a submission are not taken for its own', async (t) => {
  const wait = (...more: string[]) => here('wait', 'run', '--timeout', '0.2s', ...more);
  // It has nothing to add.
  await submitted('run', 'experiment.json');
  t.is((await wait()).code, 0);
  t.is((await wait('--results-of', 'experiment.json')).code, 0);

  await submitted('run', 'grown.json');
  for (const early of [await wait(), await wait('--results-of', 'grown.json')]) {
    t.is(early.code, 75);
    t.regex(
      early.out,
      /not finished: the results are from before what was submitted to Slurm \(jobs 101, 102\)/,
    );
  }
  t.is((await here('status', 'run', '--exit-code')).code, 1);
  t.is((await runFile(folder, 'grown.json', 'run')).code, 0);
  t.is((await wait()).code, 0);
  t.is((await wait('--results-of', 'grown.json')).code, 0);
  t.is((await wait('--results-of', 'experiment.json')).code, 75);
});

test.serial('results of shards that are being tried again are not finished ones', async (t) => {
  const directory = runDirectory(join(folder, 'run'));
  await recordAgain(directory, { jobs: ['103'], before: await resultsStamp(directory) });
  t.deepEqual((await readSubmission(directory))?.jobs, ['103']);
  const [shard = ''] = await shardNames(directory.path);
  await rm(join(directory.shards, shard));
  t.is((await here('wait', 'run', '--timeout', '0.2s')).code, 75);
  // Results that would have the same bytes need not be made anew.
  t.is((await runFile(folder, 'grown.json', 'run', '--no-reduce')).code, 0);
  t.is(await awaitedSubmission(directory, new ResultsCheck(directory), true), null);
  t.is((await here('wait', 'run', '--timeout', '0.2s')).code, 0);
});

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';
import { writeMicroBenchmark } from '../../../manifests/micro-benchmark/write.js';
import { RunFailedError } from '../../../stages/errors.js';
import { compareRuns } from '../../compare-runs/compare.js';
import { differences, runBytes, startRun } from '../runs.js';
import { fillWorkspace } from '../workspace.js';
import type { SlurmClient } from './client.js';
import { gone, grodinOf, logged, running, waitFor } from './tasks.js';

const grodin = fileURLToPath(new URL('../../../pipeline/cli/main.js', import.meta.url));

/** Tasks of the array: one for each way to strike one. */
const TASKS = 4;

/**
 * Runs an experiment by an array, strikes its tasks, and compares what it comes to with what one process makes.
 * @param isShipped whether it is the shipped benchmark, in place of a small one
 * @param say told what was done @throws RunFailedError where anything is otherwise than it must be
 */
export async function strikeArray(
  client: SlurmClient,
  folder: string,
  isShipped: boolean,
  say: (text: string) => void,
): Promise<void> {
  await mkdir(folder);
  const data = join(folder, 'data');
  await (isShipped ? writeMicroBenchmark(data) : fillWorkspace(data, { images: 60, large: false }));
  const experiment = join(data, 'experiment.json');
  const alone = join(folder, 'alone');
  const { code, err } = await startRun(experiment, alone).ended;
  if (code !== 0) throw new RunFailedError(`the run by one process failed: ${err}`);
  const out = join(folder, 'array');
  const slow = join(folder, 'slow');
  await writeFile(slow, '');
  const config = join(folder, 'cluster.json');
  await writeFile(config, JSON.stringify(clusterConfig(slow)));
  const submit = submitter(client);
  const resources = ['--tasks', `${TASKS}`, '--cpus-per-task', '1', '--mem', '900M', '--time', '30'];
  const [array, reduce] = await submit(experiment, '--out', out, ...resources, '--config', config);
  const log = (task: number): string => join(out, 'slurm', `${array}_${task}.log`);
  for (let task = 0; task < TASKS; task += 1) await logged(log(task), /wave 1 .*: [1-9]\d*\/\d+ shards/);
  say(`job ${array}: ${TASKS} tasks divide the shards`);

  // Slurm looks at limits every 30 s, and then warns the task itself.
  await client.setTimeLimit(`${array}_2`, 2);

  process.kill(await grodinOf(array, 1), 'SIGKILL');
  await logged(log(1), /grodin failed \(exit code 137\)/);
  say('one task was killed with -9');

  await client.cancel(`${array}_3`);
  await logged(log(3), /ended with work left \(exit code 75\)/);
  say('one was cancelled, and dropped its shard');

  const { node } = await running(client, `${array}_0`);
  await client.preempt(node, 2);
  await logged(log(0), /ended with work left \(exit code 75\)/);
  await logged(log(0), /, start 2$/);
  say(`one was preempted on ${node}, and went on after it was put back into the queue`);

  await logged(log(2), /the time limit is near: finishing the shards in flight/);
  await logged(log(2), /into the queue again/);
  await client.setTimeLimit(`${array}_2`, 30);
  await logged(log(2), /, start 2$/);
  say('one was warned of its time limit, finished its shard and put itself back into the queue');

  await client.cancel(array);
  await gone(client, [array, reduce]);
  await requireIn(join(out, 'slurm', `reduce-${reduce}.log`), [
    new RegExp(`task ${array}_1 failed \\(exit code 137\\)`),
    new RegExp(`task ${array}_3 ended with work left`),
    /lacks \d+ of \d+ shards|is not fully planned/,
    /to go on: grodin submit slurm --resume/,
  ]);
  say(`all were cancelled; job ${reduce} said what is missing`);

  await rm(slow);
  const [again, last] = await submit('--out', out, '--resume');
  await gone(client, [again, last], isShipped ? 1_200 : undefined);
  await requireIn(join(out, 'slurm', `reduce-${last}.log`), [/ROC-AUC/]);
  say(`submitted again as jobs ${again} and ${last}, which ended it`);

  const others = differences(await runBytes(out), await runBytes(alone));
  if (others.length > 0)
    throw new RunFailedError(`these are not as one process makes them: ${others.join(', ')}`);
  const { failures, sameTables } = await compareRuns(alone, out);
  if (failures.length > 0) throw new RunFailedError(`compare-runs: ${failures.join('; ')}`);
  say(
    `all files equal those of one process byte for byte; compare-runs finds the same ${sameTables.length} tables`,
  );
}

/** Slows the tasks down as long as a file is there; the job for the tables is not. */
function clusterConfig(slow: string): object {
  const program = new URL('./slow.js', import.meta.url).href;
  return {
    partition: 'low',
    setup: [
      `export GRODIN_CACHE=off GRODIN_REPORT=off GRODIN_DRILL_SLOW='${slow}'`,
      `export NODE_OPTIONS='--import ${program}'`,
    ],
    maxRequeues: 20,
  };
}

/** @returns the jobs that were submitted: the array, and that for the tables */
function submitter(client: SlurmClient) {
  return async (...args: readonly string[]): Promise<readonly [array: string, reduce: string]> => {
    const run = $({ env: client.environment, quiet: true, nothrow: true });
    const { stdout, stderr, exitCode } = await run`${process.execPath} ${grodin} submit slurm ${args} --json`;
    if (exitCode !== 0) throw new RunFailedError(`grodin submit slurm: exit code ${exitCode}: ${stderr}`);
    const { jobs }: { readonly jobs: readonly { readonly job: string }[] } = JSON.parse(stdout);
    const [array, reduce] = jobs;
    if (array === undefined || reduce === undefined)
      throw new RunFailedError(`grodin submit slurm: ${stdout}`);
    return [array.job, reduce.job];
  };
}

async function requireIn(file: string, lines: readonly RegExp[]): Promise<void> {
  // What a job wrote may be seen a moment after it has left the queue.
  const text = await waitFor(`${file} is there`, () => readFile(file, 'utf8').catch(() => null));
  const missing = lines.filter((line) => !line.test(text));
  if (missing.length > 0) throw new RunFailedError(`${file}: lacks ${missing.join(', ')}: ${text}`);
}

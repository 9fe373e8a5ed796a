import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isThere } from '../../../manifests/output/file-system.js';
import { slurmJob } from '../../../pipeline/cluster/slurm/given-job.js';
import { batchScripts } from '../../../pipeline/cluster/slurm/submit.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { FakeSlurm, runBatch } from './fake-slurm.js';

/** A folder with the scripts of a run, whose `grodin` does what is said. */
async function scripts(t: ExecutionContext, grodin: string) {
  const folder = await temporaryFolder(t);
  // With what a shell would take apart.
  const out = join(folder, "it's a run");
  const fake = await FakeSlurm.in(join(folder, 'fakes'));
  await FakeSlurm.in(join(out, 'slurm'));
  const program = await fake.grodin('grodin', grodin);
  const given = {
    experiment: join(folder, 'an experiment.json'),
    out,
    tasks: 5,
    maxRequeues: 2,
    program: '/no/grodin',
  };
  const job = slurmJob(
    given,
    { setup: ['export FROM_SETUP=here'], grodin: program },
    { name: 'small', device: 'cpu' },
    () => {},
  );
  const files = new Map<string, string>();
  for (const { file, text } of batchScripts(job)) {
    files.set(file, join(folder, file));
    await writeFile(join(folder, file), text);
  }
  return {
    fake,
    out,
    tasks: files.get('tasks.sh') ?? '',
    reduce: files.get('reduce.sh') ?? '',
    exitFile: join(out, 'slurm', '7_3.exit'),
  };
}

/** Shell that ends by itself some time after a signal, as finishing a shard does. */
const drains = `
  trap 'echo "finishing in $FROM_SETUP"; /bin/sleep 0.3; echo finished; exit 75' USR2
  trap 'echo dropped; exit 75' TERM
  echo 'grodin ready'
  for ((i = 0; i < 400; i++)); do /bin/sleep 0.05; done`;

test('a task gives grodin its words as they are, and notes how it ended', async (t) => {
  const { fake, out, tasks, exitFile } = await scripts(
    t,
    'for word in "$@"; do echo "<$word>"; done; exit 0',
  );
  const { code, text } = await runBatch(tasks, fake.path);
  t.is(code, 0, text);
  t.regex(
    text,
    /<run>\n<.*\/an experiment\.json>\n<--out>\n<.*\/it's a run>\n<--no-reduce>\n<--wait>\n<300s>\n/,
  );
  t.regex(text, /task 7_3 on \S+, start 1\n/);
  t.regex(text, /done: nothing is left for this task\n$/);
  t.is(await readFile(exitFile, 'utf8'), '0\n');
  t.true(out.includes("'"));
  t.deepEqual(
    (await fake.calls()).map((call) => call.replace(/ \/.*/, ' …')),
    ['srun --ntasks=1 --cpus-per-task=8 …'],
  );
});

test('what is refused or fails is not put into the queue again', async (t) => {
  for (const [status, said] of [
    [2, /grodin refused what it was given \(exit code 2\); see above\n$/],
    [1, /grodin failed \(exit code 1\); see above\n$/],
    [137, /grodin failed \(exit code 137\); see above\n$/],
  ] as const) {
    const { fake, tasks, exitFile } = await scripts(t, `exit ${status}`);
    const { code, text } = await runBatch(tasks, fake.path);
    t.is(code, status);
    t.regex(text, said);
    t.is(await readFile(exitFile, 'utf8'), `${status}\n`);
    t.is((await fake.calls()).filter((call) => call.startsWith('scontrol')).length, 0);
  }
});

test('a task with work left puts itself into the queue again, last of all and so often as it may', async (t) => {
  const { fake, tasks, exitFile } = await scripts(t, 'exit 75');
  for (const restarts of [undefined, '1']) {
    await fake.forget();
    const { code, text } = await runBatch(tasks, fake.path, { env: { SLURM_RESTART_COUNT: restarts } });
    t.is(code, 75, text);
    t.regex(text, /into the queue again\n$/);
    t.is((await fake.calls()).at(-1), 'scontrol requeue 7_3');
    t.false(await isThere(exitFile));
  }
  await fake.forget();
  const { code, text } = await runBatch(tasks, fake.path, { env: { SLURM_RESTART_COUNT: '2' } });
  t.is(code, 75);
  t.regex(text, /was in the queue again 2 times already, and stays out of it now\n$/);
  t.is((await fake.calls()).length, 1);
  t.is(await readFile(exitFile, 'utf8'), '75\n');
});

test('a task goes into the queue again also where Slurm does not answer for a while', async (t) => {
  const { fake, tasks, exitFile } = await scripts(t, 'exit 75');
  await fake.put('deaf-show', '3');
  await fake.put('deaf-requeue', '2');
  const { code, text } = await runBatch(tasks, fake.path);
  t.is(code, 75);
  t.regex(
    text,
    /can't go into the queue again yet, and tries on: slurm_load_jobs error: Unable .*\n\S+ \S+ into the queue again\n$/,
  );
  t.is((await fake.calls()).filter((call) => call === 'scontrol requeue 7_3').length, 3);
  t.false(await isThere(exitFile));
});

test('a task that Slurm never puts into the queue says why it stays out, and how to go on', async (t) => {
  for (const deaf of ['deaf-show', 'deaf-requeue'] as const) {
    const { fake, out, tasks, exitFile } = await scripts(t, 'exit 75');
    await fake.put(deaf, '99');
    const { code, text } = await runBatch(tasks, fake.path);
    t.is(code, 75);
    t.notRegex(text, /into the queue again\n/);
    t.true(
      text.endsWith(
        'stays out of the queue with work left: slurm_load_jobs error: Unable to contact slurm controller (connect failure); ' +
          `to go on: grodin submit slurm --resume --out ${out.replaceAll(/[' ]/g, '\\$&')}\n`,
      ),
      text,
    );
    t.is(await readFile(exitFile, 'utf8'), '75\n');
  }
});

test('what Slurm is ending itself asks no longer than it may live', async (t) => {
  const { fake, tasks } = await scripts(t, drains);
  await fake.put('deaf-show', '99');
  const { code, text } = await runBatch(tasks, fake.path, {
    during: async (shell) => {
      shell.kill('SIGTERM');
      process.kill(Number(await readFile(join(tasks, '..', 'fakes', 'pid'), 'utf8')), 'SIGTERM');
    },
  });
  t.is(code, 75, text);
  t.regex(text, /dropped\n(?:.*\n)*.*stays out of the queue with work left: .*\n$/);
  const looks = (await readFile(join(tasks, '..', 'fakes', 'calls'), 'utf8')).match(/scontrol show/g);
  t.true((looks?.length ?? 0) < 12, text);
});

test('a task that Slurm ends does not put itself into the queue again', async (t) => {
  for (const state of ['CANCELLED', 'COMPLETING', 'PREEMPTED', 'TIMEOUT']) {
    const { fake, tasks, exitFile } = await scripts(t, 'exit 75');
    await fake.put('state', state);
    const { code, text } = await runBatch(tasks, fake.path);
    t.is(code, 75);
    t.regex(
      text,
      new RegExp(`does not go into the queue again by itself: .* ending the job \\(${state}\\)\n$`),
    );
    t.is((await fake.calls()).length, 1, state);
    t.is(await readFile(exitFile, 'utf8'), '75\n');
  }
});

test('USR2 to the shell alone reaches grodin, which is waited for until it has finished its shard', async (t) => {
  const { fake, tasks } = await scripts(t, drains);
  const { code, text } = await runBatch(tasks, fake.path, {
    env: { FAKE_SLEEP: '30' },
    during: (shell) => void shell.kill('SIGUSR2'),
  });
  t.is(code, 75, text);
  t.regex(
    text,
    /the time limit is near.*\nfinishing in here\nfinished\n.*ended with work left.*\n.*into the queue again\n/,
  );
  t.is((await fake.calls()).at(-1), 'scontrol requeue 7_3');
});

test('a shard that is not finished shortly before the time limit is dropped, so that the task can go back into the queue', async (t) => {
  const { fake, tasks } = await scripts(t, `${drains.replace(/trap .*USR2/, "trap 'echo on with it' USR2")}`);
  const { code, text } = await runBatch(tasks, fake.path, { during: (shell) => void shell.kill('SIGUSR2') });
  t.is(code, 75, text);
  t.regex(
    text,
    /on with it\n(?:.*\n)*.*the time limit is there: dropping the shards in flight\n(?:.*\n)*dropped\n(?:.*\n)*.*into the queue again\n/,
  );
  t.deepEqual((await fake.calls()).slice(1), ['scancel --signal=TERM 7_3', 'scontrol requeue 7_3']);
});

test('TERM to the shell alone is passed on to grodin; where Slurm ends the job, grodin has it from Slurm', async (t) => {
  for (const [state, told] of [
    ['RUNNING', true],
    ['COMPLETING', false],
  ] as const) {
    const { fake, tasks, exitFile } = await scripts(t, `${drains}`);
    await fake.put('state', state);
    const { code, text } = await runBatch(tasks, fake.path, {
      during: async (shell) => {
        shell.kill('SIGTERM');
        if (!told)
          process.kill(
            Number(await readFile(join(exitFile, '..', '..', '..', 'fakes', 'pid'), 'utf8')),
            'SIGTERM',
          );
      },
    });
    t.is(code, 75, text);
    t.regex(text, /told to end: dropping the shards in flight\n(?:.*\n)*dropped\n/);
    t.is((await fake.calls()).includes('scancel --signal=TERM 7_3'), told);
    t.is((await fake.calls()).includes('scontrol requeue 7_3'), told);
  }
});

test('what a signal ends before it listens has all of its work left', async (t) => {
  const { fake, tasks } = await scripts(
    t,
    `echo 'grodin ready'; kill -s USR2 "$PPID"; /bin/sleep 0.2; kill -s USR2 $$`,
  );
  const { code, text } = await runBatch(tasks, fake.path, { env: { FAKE_SLEEP: '30' } });
  t.is(code, 75, text);
  t.regex(text, /into the queue again\n/);
});

test('the job for the tables names the tasks that did not end well, and ends as grodin reduce does', async (t) => {
  const { fake, out, reduce } = await scripts(t, '[ "$1" != reduce ] || exit "$(cat "$0.code")"');
  for (const [task, code] of [
    [0, 0],
    [1, 75],
    [2, 2],
    [4, 0],
  ] as const)
    await writeFile(join(out, 'slurm', `7_${task}.exit`), `${code}\n`);
  const program = join(out, '..', 'fakes', 'grodin');
  await writeFile(`${program}.code`, '1');
  const failed = await runBatch(reduce, fake.path, { args: ['7'] });
  t.is(failed.code, 1);
  const lines = failed.text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^[\d-]+ [\d:]+ /, ''));
  const log = (task: number) => join(out, 'slurm', `7_${task}.log`);
  t.deepEqual(lines, [
    `task 7_1 ended with work left (exit code 75): ${log(1)}`,
    `task 7_2 was refused (exit code 2): ${log(2)}`,
    `task 7_3 was ended before it could say how: ${log(3)}`,
    `grodin reduce ${out}`,
    `grodin status ${out}`,
    'no tables: grodin reduce ended with exit code 1, see above; first mend what was refused, or submit with other options; ' +
      `where it is mended: grodin submit slurm --resume --out ${out.replaceAll(/[' ]/g, '\\$&')}`,
  ]);
  // Without a run as without a task that was refused, there is nothing to mend.
  await rm(join(out, 'slurm', '7_2.exit'));
  await writeFile(`${program}.code`, '2');
  const without = await runBatch(reduce, fake.path, { args: ['7'] });
  t.is(without.code, 2);
  t.regex(
    without.text,
    /no tables: grodin reduce ended with exit code 2, see above; to go on: grodin submit/,
  );
  await writeFile(`${program}.code`, '0');
  const { code, text } = await runBatch(reduce, fake.path, { args: ['7'] });
  t.is(code, 0);
  t.true(text.endsWith(`grodin reduce ${out}\n`));
});

import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { keepSubmission } from '../../pipeline/cluster/slurm/submission.js';
import { engineFirst } from '../../scripts/resume/resume-program.js';
import type { Finished } from '../cli/built.js';
import { FakeKubectl } from '../cluster/kubernetes/fake-kubectl.js';
import { FakeSlurm } from '../cluster/slurm/fake-slurm.js';
import { comparable, differences, revisionsOf, shardsFinished, start } from '../run/command.js';
import { runExperiment } from '../run/here.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 32, temperature: [1, 100], shardSeconds: 0.001, workers: 1 });
  t.is((await runExperiment(folder, 'whole')).code, 0);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

function script(name: 'resume' | 'cancel', args: readonly string[], path?: string): Promise<Finished> {
  const program = fileURLToPath(new URL(`../../scripts/${name}.js`, import.meta.url));
  return new Promise((resolve) => {
    const env = { ...process.env, ...(path === undefined ? {} : { PATH: path }) };
    const child = execFile(process.execPath, [program, ...args], { cwd: folder, env }, (_, out, err) => {
      resolve({ code: child.exitCode, out, err });
    });
  });
}

test.serial(
  'cancel stops the processes of a run, and only these; resume goes on with it to the same bytes',
  async (t) => {
    const out = join(folder, 'stopped');
    const running = [
      start(['run', 'experiment.json', '--out', 'stopped'], folder),
      start(['run', 'experiment.json', '--out=stopped'], folder),
    ];
    const other = start(['run', 'experiment.json', '--out', 'other'], folder);
    await shardsFinished(out, 2);
    const cancelled = await script('cancel', ['stopped', '--json']);
    t.is(cancelled.code, 0, cancelled.err);
    const said = JSON.parse(cancelled.out);
    t.deepEqual(said, {
      out,
      stopped: running
        .map(({ child }) => child.pid ?? 0)
        .sort((a, b) => a - b)
        .map((pid) => `process ${pid} of this machine: stopped`),
      unreached: [],
    });
    for (const { finished } of running) t.is((await finished).code, 75);
    t.not(other.child.exitCode, 75);
    other.child.kill();
    await other.finished;
    t.is((await script('cancel', ['stopped'])).out, 'nobody on this machine works on it\n');
    const resumed = await script('resume', ['stopped', '--processes', '1']);
    t.is(resumed.code, 0, resumed.err);
    t.regex(
      resumed.err,
      /^launch-local \S+\/stopped\/local\/experiment\.json --out \S+\/stopped --device cpu --processes 1\n/,
    );
    t.deepEqual(differences(await comparable(out), await comparable(join(folder, 'whole'))), []);
    t.is((await revisionsOf(out)).length, 1);
    // Before the folder or behind it.
    for (const by of [['--by=slurm'], ['--by', 'slurm']])
      t.regex((await script('resume', ['stopped', ...by])).err, /nothing was submitted for this run yet/);
    t.deepEqual(engineFirst(['d', '--by', 'local', '--processes', '4']), [
      ...['--by', 'local', 'd', '--processes', '4'],
    ]);
  },
);

test.serial('a launcher is told once, for all that it started', async (t) => {
  const launched = fileURLToPath(new URL('../../scripts/launch-local.js', import.meta.url));
  const child = execFile(
    process.execPath,
    [launched, 'experiment.json', '--out', 'launched', '--processes', '2'],
    { cwd: folder },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await shardsFinished(join(folder, 'launched'), 2);
  const { code, out, err } = await script('cancel', ['launched']);
  t.is(code, 0, err);
  t.is(out, `process ${child.pid} of this machine: stopped\n`);
  t.is(await ended, 75);
});

test.serial('submissions are repeated and cancelled where they are recorded, the later of two', async (t) => {
  const fakes = await FakeSlurm.in(join(folder, 'slurm-fakes'));
  const kubernetes = join(folder, 'kubernetes-fakes');
  const kubectl = await FakeKubectl.in(kubernetes);
  const path = `${kubernetes}:${fakes.path}`;
  const out = join(folder, 'submitted');
  await mkdir(join(out, 'slurm'), { recursive: true });
  await writeFile(join(out, 'slurm', 'tasks.sh'), '#!/bin/bash\n');
  await keepSubmission(out, [{ script: 'tasks.sh', job: '41' }]);
  const repeated = await script('resume', ['submitted'], path);
  t.is(repeated.code, 0, repeated.err);
  t.regex(repeated.out, /^submitted again: 101; follow it: grodin status \S+\/submitted\n$/);
  t.regex((await fakes.calls()).join('\n'), /sbatch --parsable \S+\/slurm\/tasks\.sh/);
  t.regex(
    (await script('resume', ['submitted', '--processes', '2'], path)).err,
    /--processes: the submission is repeated as it was written; edit it in \S+\/slurm/,
  );
  await fakes.put('queue', '101\n');
  const cancelled = await script('cancel', ['submitted'], path);
  t.is(cancelled.code, 0, cancelled.err);
  t.is(cancelled.out, 'job 101 of Slurm: cancelled\n');
  t.is((await fakes.calls()).at(-1), 'scancel 101');

  await mkdir(join(out, 'kubernetes'));
  await writeFile(
    join(out, 'kubernetes', 'jobs.yaml'),
    'kind: Job\nmetadata: { name: mine, namespace: vision }\n',
  );
  await kubectl.knows({ mine: 'Failed' });
  const jobs = await script('resume', ['submitted'], path);
  t.is(jobs.code, 0, jobs.err);
  t.regex(jobs.out, /^submitted again: mine; /);
  await kubectl.calls();
  t.is(
    (await script('cancel', ['submitted'], path)).out,
    'job 101 of Slurm: cancelled\njob mine of Kubernetes: removed, with its pods\n',
  );
  t.regex((await kubectl.calls()).join('\n'), /kubectl --namespace vision delete jobs\.batch mine /);
});

test.serial('what can not be reached is said, with what to do', async (t) => {
  const out = join(folder, 'unreached');
  await mkdir(join(out, 'slurm'), { recursive: true });
  await keepSubmission(out, [{ script: 'tasks.sh', job: '41' }]);
  await mkdir(join(out, 'leases'));
  const lease = { host: 'node7', machine: 'another', pid: 812, started: '5', token: 'a-1' };
  await writeFile(join(out, 'leases', 'shard'), `${JSON.stringify(lease)}\n           7\n`);
  // No program of a scheduler is there.
  const { code, err } = await script('cancel', ['unreached'], '/nowhere');
  t.is(code, 1);
  t.deepEqual(err.split('\n'), [
    "jobs 41 of Slurm: can't be reached from here (squeue: there is no such program on this machine; submit from a machine of the cluster, or see the scripts with --dry-run); run scancel 41 where they can",
    'process 812 on node7: works on it, or did when it died or was stopped; if it lives, stop it there: kill 812',
    `cancel: ${out}: 2 could not be stopped from here, see above`,
    '',
  ]);
});

test.serial('a folder without a run is refused, and so is a run that no file can say again', async (t) => {
  for (const name of ['resume', 'cancel'] as const) {
    const missing = await script(name, ['nowhere']);
    t.is(missing.code, 2);
    t.is(missing.err, `${name}: ${folder}/nowhere: there is no such folder; check the path\n`);
  }
  t.regex(
    (await script('cancel', ['clean'])).err,
    /clean: holds no run, and nothing was submitted for one; check the path/,
  );
  t.regex(
    (await script('resume', ['clean'])).err,
    /clean: holds no run \(there is no revisions\/0001\.json\)/,
  );
  await rm(join(folder, 'dark.csv'));
  const gone = await script('resume', ['whole']);
  t.is(gone.code, 2);
  t.regex(
    gone.err,
    /whole\/local\/experiment\.json: outliers\[1\]\.manifest: .*there is no file \S+\/dark\.csv/,
  );
  t.is(JSON.parse(await readFile(join(folder, 'whole', 'local', 'experiment.json'), 'utf8')).name, 'small');
});

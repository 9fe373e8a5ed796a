import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { parseAllDocuments } from 'yaml';
import { grodinHere } from '../../cli/here.js';
import { comparable, differences, shardsFinished } from '../../run/command.js';
import { runExperiment } from '../../run/here.js';
import { sharedExperiment } from '../../run/small-experiment.js';
import { evict, type LocalPod, runJob } from './local-cluster.js';

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 32, temperature: [1, 100], shardSeconds: 0.001, workers: 1 });
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** The jobs of a run, whose pods see this machine's folder by its own path. */
async function jobsOf(
  out: string,
  ...more: readonly string[]
): Promise<readonly [tasks: IJob, reduce: IJob]> {
  const {
    code,
    out: text,
    err,
  } = await grodinHere(
    [
      ...[
        'submit',
        'kubernetes',
        join(folder, 'experiment.json'),
        '--out',
        join(folder, out),
        '--tasks',
        '4',
      ],
      ...['--image', 'grodin', '--claim', `results:${folder}`, '--dry-run', ...more],
    ],
    folder,
  );
  if (code !== 0) throw new Error(err);
  const [tasks, reduce] = [...parseAllDocuments(text)].map((document) => document.toJS());
  return [tasks, reduce];
}

test('evicted, killed and refused pods change no byte of the results, and each is treated as its end deserves', async (t) => {
  t.is((await runExperiment(folder, 'whole')).code, 0);
  const out = join(folder, 'pods');
  const [tasks, reduce] = await jobsOf('pods', '--concurrent', '3');
  const strikes: Promise<void>[] = [];
  const strike = async (shards: number, action: () => void): Promise<void> => {
    await shardsFinished(out, shards);
    action();
  };
  const onPod = (pod: LocalPod): void => {
    if (pod.attempt > 0) return;
    if (pod.index === 0) strikes.push(strike(2, () => evict(tasks, pod)));
    if (pod.index === 1) strikes.push(strike(4, () => void pod.child?.kill('SIGKILL')));
  };
  const [scored, reduced] = await Promise.all([
    // The third lands on a node without the GPU that it is told to use.
    runJob(tasks, { env: process.env, onPod, broken: new Map([[2, ['--device', 'cuda:7']]]) }),
    runJob(reduce, { env: process.env }),
  ]);
  await Promise.all(strikes);
  const codes = (index: number) =>
    scored.pods.filter((pod) => pod.index === index).map(({ exitCode }) => exitCode);
  const all = scored.pods.map(({ text }) => text).join('\n');
  t.deepEqual(codes(0), [75, 0], all);
  t.deepEqual(codes(1), [137, 0], all);
  t.deepEqual(codes(2), [2], all);
  t.deepEqual(codes(3), [0], all);
  t.deepEqual(scored.failed, [2]);
  t.deepEqual(
    reduced.pods.map(({ exitCode }) => exitCode),
    [0],
    reduced.pods[0]?.text,
  );
  t.deepEqual(differences(await comparable(out), await comparable(join(folder, 'whole'))), []);
});

test('an eviction is not counted, whatever its exit code; other failures are, and an index that has used up its tries is given up', async (t) => {
  const [tasks] = await jobsOf('counted', '--max-retries', '1');
  const ends = async (disrupted: boolean, ...words: readonly string[]) => {
    const job = structuredClone(tasks);
    Object.assign(job.spec!, { completions: 1 });
    job.spec!.template.spec!.containers[0]!.args = [...words];
    return runJob(job, {
      env: process.env,
      onPod: (pod) => {
        pod.isDisrupted = disrupted && pod.attempt < 3;
      },
    });
  };
  const missing = ['status', join(folder, 'nowhere')];
  t.deepEqual(
    (await ends(false, ...missing)).pods.map(({ exitCode }) => exitCode),
    [2],
  );
  t.deepEqual(
    (await ends(true, ...missing)).pods.map(({ exitCode }) => exitCode),
    [2, 2, 2, 2],
  );
  const idle = [
    'wait',
    join(folder, 'whole-not'),
    '--scores-of',
    join(folder, 'experiment.json'),
    '--timeout',
    '0.1s',
  ];
  const { pods, failed } = await ends(false, ...idle);
  t.deepEqual(
    pods.map(({ exitCode }) => exitCode),
    [75, 75],
  );
  t.deepEqual(failed, [0]);
});

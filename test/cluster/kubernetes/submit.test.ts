import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type IJob, Job } from 'kubernetes-models/batch/v1';
import { parseAllDocuments } from 'yaml';
import { isThere } from '../../../manifests/output/file-system.js';
import type { Finished } from '../../cli/built.js';
import { grodinHere } from '../../cli/here.js';
import { sharedExperiment } from '../../run/small-experiment.js';
import { FakeKubectl } from './fake-kubectl.js';

let folder: string;
let fake: FakeKubectl;

test.before(async () => {
  folder = await sharedExperiment({ images: 4 });
  fake = await FakeKubectl.in(join(folder, 'fakes'));
  // Programs are looked for where this process says.
  process.env.PATH = fake.path;
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const submit = (...args: readonly string[]): Promise<Finished> =>
  grodinHere(['submit', 'kubernetes', ...args], folder);
const usual = (out: string, ...more: readonly string[]): Promise<Finished> =>
  submit(
    ...['experiment.json', '--out', out, '--tasks', '8', '--image', 'grodin:1'],
    ...['--claim', `results:${folder}`, ...more],
  );

function jobsIn(text: string): readonly IJob[] {
  return [...parseAllDocuments(text)].map((document) => document.toJS());
}

/** What the schema of the API says against a job. */
function faultsOf(job: unknown): string {
  try {
    new Job(job as IJob).validate();
    return '';
  } catch (error) {
    return String(error);
  }
}

test.serial(
  "every manifest is one by the API's own schema, and by what its server requires beside",
  async (t) => {
    await writeFile(
      join(folder, 'all.json'),
      JSON.stringify({
        image: 'registry.example.org/team/grodin@sha256:0123abc',
        command: ['node', '/app/main.js'],
        namespace: 'vision',
        claims: [`results:${folder}`, 'images.v1:/images:ro'],
        gpus: 2,
        gpuResource: 'nvidia.com/mig-1g.10gb',
        cpus: 6,
        memory: '24Gi',
        concurrent: 3,
        maxRetries: 5,
        user: '1000:2000',
        nodeSelector: { gpu: 'a100', spot: 'true' },
        tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }, { operator: 'Exists' }],
        imagePullSecrets: ['regcred'],
        serviceAccount: 'runner',
        env: { GRODIN_CACHE: '/cache', NO: 'off', OCTAL: '0755' },
        reduce: { cpus: 4, memory: '64Gi', nodeSelector: { pool: 'cpu' } },
      }),
    );
    const all = ['--config', 'all.json', '--queue', 'gpu', '--grace', '90s', '--max-failed', '2', '--costs'];
    for (const more of [[], ['--suspend'], all]) {
      const claims = more === all ? [] : ['--image', 'grodin:1', '--claim', `results:${folder}`];
      const { code, out, err } = await submit(
        ...['experiment.json', '--out', 'dry', '--tasks', '8', '--dry-run', ...claims, ...more],
      );
      t.is(code, 0, err);
      const jobs = jobsIn(out);
      t.is(jobs.length, 2);
      for (const job of jobs) {
        t.is(faultsOf(job), '');
        const { spec, metadata } = job;
        t.regex(metadata?.name ?? '', /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/);
        t.true(`${metadata?.name}-${(spec?.completions ?? 1) - 1}`.length <= 63);
        t.is(spec?.template.spec?.restartPolicy, 'Never');
        t.is(spec?.podReplacementPolicy, 'Failed');
        t.is(spec?.podFailurePolicy?.rules[0]?.action, 'Ignore');
        t.is(spec?.suspend, more.length > 0);
        for (const { volumeMounts = [] } of spec?.template.spec?.containers ?? [])
          for (const { name } of volumeMounts)
            t.true(spec?.template.spec?.volumes?.some((volume) => volume.name === name));
        // What the schema is there for.
        t.regex(
          faultsOf({ ...job, spec: { ...spec, podReplacementPolicy: 'Always' } }),
          /podReplacementPolicy/,
        );
        t.regex(faultsOf({ ...job, spec: { ...spec, template: undefined } }), /template/);
      }
      t.true((jobs[0]?.spec?.maxFailedIndexes ?? 9) <= 8);
    }
    t.false(await isThere(join(folder, 'dry')));
    t.deepEqual(await fake.calls(), []);
  },
);

test.serial(
  'every option has its place in the manifest, and options come before the configuration',
  async (t) => {
    const { code, out, err } = await usual(
      'Images & "$(HOME)"',
      ...[
        '--config',
        'all.json',
        '--claim',
        'images:/images:ro',
        '--gpus',
        '1',
        '--cpus',
        '12',
        '--memory',
        '48Gi',
      ],
      ...[
        '--concurrent',
        '4',
        '--namespace',
        'other',
        '--user',
        '0',
        '--max-retries',
        '3',
        '--max-failed',
        '0',
      ],
      ...[
        '--grace',
        '2min',
        '--wait',
        '90s',
        '--precision',
        'tf32',
        '--deadline',
        '20min',
        '--costs',
        '--rescore',
      ],
      ...['--trust-images', '--tables', 'all', '--dry-run'],
    );
    t.is(code, 0, err);
    t.is(err, 'each task has GPUs: they are used by --device cuda; --device says otherwise\n');
    const [tasks, reduce] = jobsIn(out);
    t.like(tasks, {
      metadata: { name: 'grodin-images-home', namespace: 'other' },
      spec: {
        completionMode: 'Indexed',
        completions: 8,
        parallelism: 4,
        backoffLimitPerIndex: 3,
        maxFailedIndexes: 0,
        suspend: false,
        template: {
          spec: {
            terminationGracePeriodSeconds: 120,
            serviceAccountName: 'runner',
            nodeSelector: { gpu: 'a100', spot: 'true' },
            securityContext: { runAsUser: 0, runAsGroup: 0 },
          },
        },
      },
    });
    t.deepEqual(tasks?.spec?.podFailurePolicy?.rules, [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailIndex', onExitCodes: { operator: 'In', values: [2] } },
    ]);
    const [container] = tasks?.spec?.template.spec?.containers ?? [];
    t.is(container?.image, 'grodin:1');
    t.deepEqual(container?.command, ['node', '/app/main.js']);
    // A dollar that Kubernetes would take for a variable is doubled.
    const run = join(folder, 'Images & "$$(HOME)"');
    t.deepEqual(container?.args, [
      ...['run', join(folder, 'experiment.json'), '--out', run, '--no-reduce', '--wait', '90s'],
      ...[
        '--device',
        'cuda',
        '--precision',
        'tf32',
        '--deadline',
        '1200s',
        '--rescore',
        '--trust-images',
        '--costs',
      ],
    ]);
    t.deepEqual(container?.env, [
      { name: 'GRODIN_TASKS', value: '8' },
      { name: 'GRODIN_CACHE', value: '/cache' },
      { name: 'NO', value: 'off' },
      { name: 'OCTAL', value: '0755' },
    ]);
    // Quoted for readers of YAML 1.1, as kubectl is.
    t.regex(out, /value: "off"\n/);
    t.regex(out, /value: "0755"\n/);
    const given = { cpu: '12', memory: '48Gi', 'nvidia.com/mig-1g.10gb': 1 };
    t.deepEqual(container?.resources, { requests: given, limits: given });
    t.deepEqual(container?.volumeMounts, [
      { name: 'results', mountPath: folder },
      { name: 'images', mountPath: '/images', readOnly: true },
    ]);
    const pod = reduce?.spec?.template.spec;
    t.is(reduce?.metadata?.name, 'grodin-images-home-reduce');
    t.deepEqual(pod?.initContainers?.[0]?.args, [
      ...['wait', run, '--scores-of', join(folder, 'experiment.json'), '--idle', '7200s'],
    ]);
    t.deepEqual(pod?.containers[0]?.args, ['reduce', run, '--tables', 'all']);
    t.deepEqual(pod?.containers[0]?.resources?.limits, { cpu: '4', memory: '64Gi' });
    t.deepEqual(pod?.nodeSelector, { pool: 'cpu' });
  },
);

test.serial('what Kueue is to let go has its label and waits', async (t) => {
  for (const job of jobsIn((await usual('queued', '--queue', 'gpu', '--dry-run')).out)) {
    t.is(job.metadata?.labels?.['kueue.x-k8s.io/queue-name'], 'gpu');
    t.true(job.spec?.suspend);
  }
});

test.serial(
  'the manifest is written into the run directory, or where it is said, and submitted with --apply',
  async (t) => {
    await fake.knows({});
    await fake.calls();
    const file = join(folder, 'run', 'kubernetes', 'jobs.yaml');
    const written = await usual('run');
    t.is(written.code, 0, written.err);
    t.true(
      written.out.startsWith(
        `jobs grodin-run, grodin-run-reduce: ${file}\nsubmit them: kubectl create -f ${file}\n`,
      ),
    );
    t.is(await readFile(file, 'utf8'), (await usual('run', '--dry-run')).out);
    t.deepEqual(await fake.calls(), []);
    const elsewhere = await usual(
      'run',
      '--apply',
      '--namespace',
      'vision',
      '--file',
      'other/jobs.yaml',
      '--json',
    );
    t.is(elsewhere.code, 0, elsewhere.err);
    const other = join(folder, 'other', 'jobs.yaml');
    t.deepEqual(JSON.parse(elsewhere.out), {
      file: other,
      namespace: 'vision',
      jobs: ['grodin-run', 'grodin-run-reduce'],
      submitted: true,
    });
    t.deepEqual(await fake.calls(), [
      'kubectl --namespace vision get jobs.batch grodin-run grodin-run-reduce --ignore-not-found --output=json',
      `kubectl --namespace vision create --filename ${other}`,
    ]);
  },
);

test.serial('jobs of the same name are left alone, and of a refused submission nothing stays', async (t) => {
  await fake.knows({ 'grodin-run': null });
  await fake.calls();
  const there = await usual('run', '--apply');
  t.is(there.code, 2);
  t.regex(
    there.err,
    /job grodin-run: the cluster has one of this name already; remove it \(kubectl delete job grodin-run grodin-run-reduce\), or submit under another --name/,
  );
  t.deepEqual((await fake.calls()).length, 1);
  await fake.knows({});
  await fake.refuses(true);
  const refused = await usual('run', '--apply');
  await fake.refuses(false);
  t.is(refused.code, 1);
  t.regex(refused.err, /kubectl create .*: Error from server \(Forbidden\): jobs\.batch is forbidden/);
  t.regex((await fake.calls()).at(-1) ?? '', /^kubectl delete jobs\.batch grodin-run grodin-run-reduce /);
});

test.serial('--resume submits the manifest as it is now, once the tasks have ended', async (t) => {
  const file = join(folder, 'run', 'kubernetes', 'jobs.yaml');
  await usual('run');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('name: grodin-run', 'name: edited'));
  await fake.calls();
  for (const [state, goesOn] of [
    [null, false],
    ['Suspended', false],
    ['Failed', true],
    ['Complete', true],
  ] as const) {
    await fake.knows({ edited: state, 'edited-reduce': null });
    const { code, err } = await submit('--resume', '--out', 'run');
    t.is(code, goesOn ? 0 : 2, err);
    const calls = await fake.calls();
    if (goesOn)
      t.deepEqual(calls.slice(1), [
        'kubectl delete jobs.batch edited edited-reduce --ignore-not-found --cascade=foreground',
        `kubectl create --filename ${file}`,
      ]);
    else {
      t.regex(
        err,
        /job edited: has not ended, and goes on by itself; to begin anew: kubectl delete job edited/,
      );
      t.is(calls.length, 1);
    }
  }
  await fake.knows({});
  t.is((await submit('--resume', '--file', file)).code, 0);
  t.deepEqual((await fake.calls()).slice(1), [`kubectl create --filename ${file}`]);
});

test.serial('what does not go together is refused in one line', async (t) => {
  await writeFile(join(folder, 'bad.json'), JSON.stringify({ nodeSelector: { spot: true } }));
  await writeFile(join(folder, 'typo.json'), JSON.stringify({ cpu: 8 }));
  await writeFile(join(folder, 'tasks.json'), JSON.stringify({ env: { GRODIN_TASKS: '9' } }));
  await writeFile(join(folder, 'no-jobs.yaml'), 'kind: Pod\n');
  for (const [args, message] of [
    [
      ['--out', '/elsewhere/run'],
      /--out: found \/elsewhere\/run, which pods don't see: it lies below none of /,
    ],
    [
      ['--claim', 'images:relative'],
      /Expected a volume claim and the folder that pods see it at, for example/,
    ],
    [['--claim', 'images:/a/../b'], /Expected a volume claim/],
    [
      ['--claim', `other:${'FOLDER'}`],
      /--claim: found results and other at .*; give each a folder of its own/,
    ],
    [
      ['--claim', 'inner:FOLDER/locked:ro', '--out', 'locked/run'],
      /which lies on the claim inner, read-only by :ro/,
    ],
    [
      ['--claim', 'inner:FOLDER/locked:ro', '--out', 'locked'],
      /which lies on the claim inner, read-only by :ro/,
    ],
    [
      ['--claim', 'inner:FOLDER/whole/shards:ro', '--out', 'whole'],
      /which has in it the claim inner, read-only by :ro/,
    ],
    [['--image', 'a b'], /Expected the name of an image/],
    [['--memory', '32'], /Expected a size with its unit/],
    [['--tasks', '100001'], /from 1 to 100000/],
    [['--max-failed', '9'], /--max-failed: found 9, of 8 tasks/],
    [['--grace', '2s'], /--grace: found 2 s; expected whole seconds, at least 10/],
    [['--name', 'Upper'], /--name: found Upper; expected small letters/],
    [['--gpus', '1', '--device', 'cpu'], /leaves the GPUs idle that are asked for/],
    [['--config', 'bad.json'], /bad\.json: nodeSelector\.spot: .*expected a text, in quotes/],
    [['--config', 'typo.json'], /typo\.json: .*cpu.*cpus/],
    [['--config', 'tasks.json'], /GRODIN_TASKS and JOB_COMPLETION_INDEX are set by the job itself/],
  ] as const) {
    const { code, err } = await usual(
      'refused',
      '--dry-run',
      ...args.map((arg) => arg.replace('FOLDER', folder)),
    );
    t.is(code, 2, args.join(' '));
    t.regex(err, message);
    t.regex(err, /^[^\n]+\n$/);
  }
  for (const [args, message] of [
    [['--resume'], /--resume: give the manifest by --file, or the run directory that holds it by --out/],
    [['--resume', '--out', 'run', '--gpus', '1'], /--resume: found --gpus too/],
    [['--resume', '--file', 'no-jobs.yaml'], /no-jobs\.yaml: found something else than a Job with a name/],
    [['--resume', '--out', 'nowhere'], /nowhere\/kubernetes\/jobs\.yaml: no such/],
    [['experiment.json', '--out', 'x', '--tasks', '1'], /--claim: missing; name the volume claim/],
    [
      ['/data/e.json', '--out', '/data/x', '--tasks', '1', '--image', 'g', '--claim', 'a:/data'],
      /--file: missing; this machine does not see the run directory/,
    ],
  ] as const) {
    const { code, err } = await submit(...args);
    t.is(code, 2, args.join(' '));
    t.regex(err, message);
  }
});

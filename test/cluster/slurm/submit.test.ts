import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { isThere } from '../../../manifests/output/file-system.js';
import { type Finished, grodin } from '../../cli/built.js';
import { grodinHere } from '../../cli/here.js';
import { start } from '../../run/command.js';
import { sharedExperiment, writeExperiment } from '../../run/small-experiment.js';
import { FakeSlurm } from './fake-slurm.js';

let folder: string;
let fake: FakeSlurm;

test.before(async () => {
  folder = await sharedExperiment({ images: 4 });
  fake = await FakeSlurm.in(join(folder, 'fakes'));
  // Programs are looked for where this process says.
  process.env.PATH = fake.path;
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const submit = (...args: string[]): Promise<Finished> => grodinHere(['submit', 'slurm', ...args], folder);
const usual = (out: string, ...more: string[]): Promise<Finished> =>
  submit('experiment.json', '--out', out, '--tasks', '8', ...more);

async function configured(config: object, ...more: string[]): Promise<Finished> {
  await writeFile(join(folder, 'cluster.json'), JSON.stringify(config));
  return usual('out', '--config', 'cluster.json', '--dry-run', ...more);
}

test.serial('--dry-run prints scripts that bash can read, and writes and submits nothing', async (t) => {
  await fake.forget();
  const { code, out, err } = await usual('dry', '--dry-run');
  t.is(code, 0, err);
  t.deepEqual(await fake.calls(), []);
  t.false(await isThere(join(folder, 'dry')));
  const [, tasks = '', reduce = ''] = out.split(/^#### .*\n/m);
  t.regex(out, /^#### .*\/dry\/slurm\/tasks\.sh\n#!\/bin\/bash\n/);
  for (const [at, text] of [tasks, reduce].entries()) {
    await writeFile(join(folder, `dry-${at}.sh`), text);
    await promisify(execFile)('bash', ['-n', join(folder, `dry-${at}.sh`)]);
  }
  const options = (text: string) => text.split('\n').filter((line) => line.startsWith('#SBATCH'));
  t.deepEqual(options(tasks), [
    '#SBATCH --job-name=grodin-small',
    '#SBATCH --array=0-7',
    '#SBATCH --signal=B:USR2@120',
    '#SBATCH --ntasks=1',
    '#SBATCH --cpus-per-task=8',
    '#SBATCH --requeue',
    '#SBATCH --open-mode=append',
    `#SBATCH --output=${folder}/dry/slurm/%A_%a.log`,
  ]);
  t.deepEqual(options(reduce), [
    '#SBATCH --job-name=grodin-small-reduce',
    '#SBATCH --ntasks=1',
    '#SBATCH --cpus-per-task=8',
    '#SBATCH --requeue',
    '#SBATCH --open-mode=append',
    `#SBATCH --output=${folder}/dry/slurm/reduce-%j.log`,
  ]);
  // The program that runs, by its path.
  t.regex(tasks, /^grodin=\(\S*node\S* \S+\/pipeline\/cli\/main\.js\)$/m);
});

test.serial('every option has its place in the script', async (t) => {
  const { code, out, err } = await usual(
    '100% "new"',
    ...['--concurrent', '3', '--gpus-per-task', 'a100:2', '--cpus-per-task', '12', '--mem', '64G'],
    ...['--time', '1-0', '--partition', 'gpu,long', '--account', 'lab', '--max-requeues', '4'],
    ...['--warning', '5min', '--wait', '90s', '--precision', 'tf32', '--deadline', '20min', '--costs'],
    ...['--trust-images', '--rescore', '--tables', 'none', '--dry-run', '--json'],
  );
  t.is(code, 0, err);
  t.is(err, 'each task has GPUs: they are used by --device cuda; --device says otherwise\n');
  const [tasks, reduce] = JSON.parse(out).scripts as readonly { readonly text: string }[];
  for (const line of [
    '#SBATCH --array=0-7%3',
    '#SBATCH --signal=B:USR2@300',
    '#SBATCH --cpus-per-task=12',
    '#SBATCH --gpus-per-task=a100:2',
    '#SBATCH --mem=64G',
    '#SBATCH --time=1-0',
    '#SBATCH --partition=gpu,long',
    '#SBATCH --account=lab',
    `#SBATCH --output="${folder}/100%% \\"new\\"/slurm/%A_%a.log"`,
    'max_requeues=4',
  ])
    t.true(tasks!.text.includes(`\n${line}\n`), line);
  t.regex(
    tasks!.text,
    /^srun --ntasks=1 --cpus-per-task=12 .* run \S+ --out '\S+% "new"' --no-reduce --wait 90s --device cuda --precision tf32 --deadline 1200s --rescore --trust-images --costs &$/m,
  );
  t.regex(reduce!.text, /^"\$\{grodin\[@\]\}" reduce "\$out" --tables none$/m);
  t.notRegex(reduce!.text, /gpus/);
  t.regex(reduce!.text, /^#SBATCH --account=lab$/m);
});

test.serial(
  "a cluster's configuration says what is the same for every run; options come first",
  async (t) => {
    const config = {
      partition: 'gpu',
      account: 'lab',
      time: '2:00:00',
      mem: '8G',
      cpusPerTask: 4,
      gres: 'gpu:1',
      concurrent: 2,
      maxRequeues: 9,
      sbatch: ['--qos=long', '--exclude n1', '--comment=two words', '--gpus 2', '--constraint="a b"'],
      setup: ['module load cuda/12', 'export X="a b"'],
      container: 'apptainer exec --nv grodin.sif',
      reduce: { partition: 'cpu', time: '30', sbatch: [] },
    };
    const { code, out, err } = await configured(config, '--partition', 'fast', '--gpus-per-task', '1');
    t.is(code, 0, err);
    const [, tasks = '', reduce = ''] = out.split(/^#### .*\n/m);
    for (const line of [
      '#SBATCH --partition=fast',
      '#SBATCH --account=lab',
      '#SBATCH --qos=long',
      '#SBATCH --exclude=n1',
      '#SBATCH --comment="two words"',
      '#SBATCH --gpus=2',
      '#SBATCH --constraint="a b"',
      '#SBATCH --array=0-7%2',
    ])
      t.true(tasks.includes(`\n${line}\n`), line);
    t.false(tasks.includes('--gres'));
    t.regex(
      tasks,
      /\nmodule load cuda\/12\nexport X="a b"\n\ngrodin=\(apptainer exec --nv grodin\.sif grodin\)\nmax_requeues=9\n/,
    );
    t.regex(reduce, /^#SBATCH --partition=cpu$/m);
    t.notRegex(reduce, /qos/);
  },
);

test.serial('a configuration may be TOML', async (t) => {
  const toml = (text: string) =>
    writeFile(join(folder, 'cluster.toml'), text).then(() =>
      usual('out', '--config', 'cluster.toml', '--dry-run'),
    );
  const { code, out, err } = await toml(
    'gpusPerTask = 2\nsbatch = ["--qos=long"]\n\n[reduce] # the tables\npartition = "cpu"\n',
  );
  t.is(code, 0, err);
  t.regex(out, /^#SBATCH --gpus-per-task=2$/m);
  t.regex(out, /^#SBATCH --partition=cpu$/m);
  for (const [text, said] of [
    ['mem = \n', /^grodin: cluster\.toml:1:\d+: the cluster's configuration is not valid TOML: .+\n$/],
    ['mem = "1G"\nmem = "2G"\n', /cluster\.toml:2:\d+: .* is not valid TOML: /],
    ['partion = "gpu"\n', /cluster\.toml: unknown key "partion"; did you mean "partition"\?/],
    ['time = 04:00:00\n', /cluster\.toml: time: found .*; expected a time as Slurm has it/],
  ] as const) {
    const refused = await toml(text);
    t.is(refused.code, 2);
    t.regex(refused.err, said);
  }
});

test.serial('GPUs of a configuration may be a plain number', async (t) => {
  t.regex((await configured({ gpusPerTask: 2 })).out, /^#SBATCH --gpus-per-task=2$/m);
});

test.serial('waves are arrays of their own where that is asked for', async (t) => {
  const files = async (wave: string): Promise<readonly string[]> => {
    const { out } = await usual('waves', '--wave', wave, '--dry-run', '--json');
    const scripts = JSON.parse(out).scripts as readonly { readonly file: string; readonly text: string }[];
    return scripts.map(({ file, text }) =>
      `${file}${/ (--wave 1|--no-reduce) /.exec(text)?.[0] ?? ''}`.trim(),
    );
  };
  t.deepEqual(await files('1'), ['wave-1.sh --wave 1']);
  t.deepEqual(await files('2'), ['wave-2.sh --no-reduce', 'reduce.sh']);
  t.deepEqual(await files('each'), ['wave-1.sh --wave 1', 'wave-2.sh --no-reduce', 'reduce.sh']);
  await fake.forget();
  const { code, out, err } = await usual('waves', '--wave', 'each', '--json');
  t.is(code, 0, err);
  const slurm = join(folder, 'waves', 'slurm');
  t.deepEqual(await fake.calls(), [
    `sbatch --parsable ${slurm}/wave-1.sh`,
    `sbatch --parsable --dependency=afterany:101 ${slurm}/wave-2.sh`,
    `sbatch --parsable --dependency=afterany:102 ${slurm}/reduce.sh 101 102`,
  ]);
  t.deepEqual(
    JSON.parse(out).jobs.map(({ job }: { readonly job: string }) => job),
    ['101', '102', '103'],
  );
});

test.serial(
  'an array is submitted with the job for the tables behind it, and again by --resume as its scripts are then',
  async (t) => {
    await fake.forget();
    const slurm = join(folder, 'run', 'slurm');
    const { code, out, err } = await usual('run');
    t.is(code, 0, err);
    const calls = [
      `sbatch --parsable ${slurm}/tasks.sh`,
      `sbatch --parsable --dependency=afterany:101 ${slurm}/reduce.sh 101`,
    ];
    t.deepEqual(await fake.calls(), calls);
    t.regex(
      out,
      /^job 101: \S+\/tasks\.sh\njob 102: \S+\/reduce\.sh\nfollow it: grodin status run; grodin wait run --results-of experiment\.json; squeue --jobs=101,102; logs are \S+\/101_\*\.log\n$/,
    );
    // Known as submitted before any task has begun.
    const status = await grodinHere(['status', 'run'], folder);
    t.is(status.code, 0);
    t.regex(status.out, /run: submitted to Slurm \(jobs 101, 102\); no task has begun yet\n$/);
    t.true(((await stat(join(slurm, 'tasks.sh'))).mode & 0o100) !== 0);

    await fake.put('queue', '101\n');
    const early = await submit('--out', 'run', '--resume');
    t.is(early.code, 2);
    t.regex(
      early.err,
      /^grodin: \S+\/run: jobs 101, 102 of its last submission are still in the queue, and go on by themselves; to begin anew: scancel 101 102\n$/,
    );

    await rm(join(folder, 'fakes', 'queue'));
    await writeFile(join(slurm, 'tasks.sh'), '# edited\n');
    await fake.forget();
    const again = await submit('--out', 'run', '--resume');
    t.is(again.code, 0, again.err);
    t.deepEqual(
      (await fake.calls()).filter((call) => call.startsWith('sbatch')),
      calls,
    );
    t.is(await readFile(join(slurm, 'tasks.sh'), 'utf8'), '# edited\n');

    const retried = await submit('--out', 'run', '--resume', '--retry-errors');
    t.is(retried.code, 0, retried.err);

    const never = await submit('--out', 'never', '--resume');
    t.is(never.code, 2);
    t.regex(never.err, /never\/slurm: nothing was submitted for this run yet; submit it without --resume\n$/);
  },
);

test.serial(
  'what Slurm refuses is told in its words, and nothing of the submission is left in the queue',
  async (t) => {
    await fake.forget();
    await fake.put('refuse-reduce.sh', '');
    const { code, err } = await usual('refused');
    await rm(join(folder, 'fakes', 'refuse-reduce.sh'));
    t.is(code, 1);
    t.regex(err, /^grodin: sbatch .*reduce\.sh 101: sbatch: error: invalid partition specified: nowhere\n$/);
    t.is((await fake.calls()).at(-1), 'scancel 101');
    t.regex((await submit('--out', 'refused', '--resume')).err, /nothing was submitted for this run yet/);
  },
);

test.serial(
  'jobs have the environment of who submits them, and what is stopped half-way takes back what it submitted',
  async (t) => {
    await fake.forget();
    const args = ['submit', 'slurm', 'experiment.json', '--out', 'stopped', '--tasks', '2'];
    const { code, err } = await grodin(args, folder, { TMPDIR: folder });
    t.is(code, 0, err);
    t.is(await readFile(join(folder, 'fakes', 'temporary'), 'utf8'), `${folder}\n`);
    await fake.forget();
    await fake.put('slow', '');
    const running = start(args, folder);
    while ((await fake.calls()).length === 0) await pause(10);
    running.child.kill('SIGTERM');
    const stopped = await running.finished;
    await rm(join(folder, 'fakes', 'slow'));
    t.is(stopped.code, 75, stopped.err);
    t.is(stopped.err, 'grodin: stopped; nothing of it is left in the queue: give the same command again\n');
    t.deepEqual((await fake.calls()).slice(1), ['scancel 101']);
  },
);

test.serial('an array that the cluster does not take is refused with what it takes', async (t) => {
  const { code, err } = await submit('experiment.json', '--out', 'large', '--tasks', '2000');
  t.is(code, 2);
  t.regex(
    err,
    /^grodin: --tasks: found 2000, but this cluster takes arrays of 1001 tasks at most \(MaxArraySize\); ask for fewer, .*\n$/,
  );
});

test.serial('a machine without Slurm is told to dry-run', async (t) => {
  await writeFile(join(folder, 'bash'), '#!/bin/sh\n', { mode: 0o755 });
  process.env.PATH = folder;
  const { code, err } = await usual('nowhere');
  process.env.PATH = fake.path;
  t.is(code, 2);
  t.is(
    err,
    'grodin: scontrol: there is no such program on this machine; submit from a machine of the cluster, or see the scripts with --dry-run\n',
  );
});

test.serial('bad values are refused in one line', async (t) => {
  const refused: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [['--tasks', '0'], /--tasks <n>' argument '0' is invalid\. Expected an integer of at least 1/],
    [['--concurrent', 'all'], /--concurrent <n>' argument 'all' is invalid/],
    [
      ['--gpus-per-task', '0'],
      /Expected a number of GPUs, or their type and number, for example 1 or a100:2/,
    ],
    [['--gres', 'gpu 1'], /Expected generic resources as Slurm has them/],
    [
      ['--gres', 'gpu:1', '--gpus-per-task', '1'],
      /--gpus-per-task: found 1 beside --gres gpu:1, which would ask for GPUs twice/,
    ],
    [['--cpus-per-task', '0'], /Expected an integer from 1 to 10000/],
    [['--mem', '4GB'], /Expected a size as Slurm has it, for example 32G/],
    [['--time', '4h'], /Expected a time as Slurm has it/],
    [['--time', '0'], /Expected a time as Slurm has it/],
    [['--time', '2'], /--time: found 2, of which nothing is left when a task is told 2 min before its end/],
    [['--warning', '30s'], /--warning: found 30 s; expected whole seconds from 60 to 65535/],
    [['--partition', 'a b'], /Expected a name without spaces and quotes/],
    [['--account', '--x'], /Expected a name without spaces and quotes/],
    [['--wave', '3'], /Expected 1, 2 or each/],
    [['--max-requeues', '-1'], /Expected an integer of at least 0/],
    [['--device', 'gpu'], /"gpu" is not a kind of device/],
    [
      ['--device', 'cpu', '--gres', 'gpu:1'],
      /--device: found cpu, which leaves the GPUs idle that are asked for/,
    ],
    [['--config', 'no.json'], /no\.json/],
    [['--resume'], /--resume: found an experiment too, but what was written is submitted as it is/],
    [['--unknown'], /unknown option '--unknown'/],
  ];
  for (const [args, said] of refused) {
    const { code, out, err } = await usual('bad', '--dry-run', ...args);
    t.is(code, 2, args.join(' '));
    t.is(out, '');
    t.regex(err, /^grodin: .*\n$/);
    t.regex(err, said);
  }
  for (const [args, said] of [
    [['experiment.json', '--out', 'bad'], /--tasks: missing; say how many tasks/],
    [['--out', 'bad', '--tasks', '1'], /missing required argument 'experiment'; only --resume needs none/],
    [['experiment.json', '--tasks', '1'], /required option '--out <dir>' not specified/],
    [['--out', 'bad', '--resume', '--max-requeues', '1'], /--resume: found --max-requeues too/],
    [
      ['experiment.json', '--out', 'a\nb', '--tasks', '1'],
      /--out: found .*, which a batch script can't name/,
    ],
  ] as const) {
    const { code, err } = await submit(...args);
    t.is(code, 2, args.join(' '));
    t.regex(err, said);
  }
  t.false(await isThere(join(folder, 'bad')));
});

test.serial('a bad configuration is refused by the key', async (t) => {
  for (const [config, said] of [
    [{ partion: 'gpu' }, /cluster\.json: unknown key "partion"; did you mean "partition"\?/],
    [
      { gpusPerTask: 'two' },
      /cluster\.json: gpusPerTask: found "two"; expected a number of GPUs, or their type and number/,
    ],
    [{ gpusPerTask: 0 }, /cluster\.json: gpusPerTask: found 0; expected an integer from 1 to 9999/],
    [{ time: '4h' }, /cluster\.json: time: found "4h"; expected a time as Slurm has it/],
    [
      { setup: ['a\nb'] },
      /cluster\.json: setup\[0\]: found .*; expected one line, without control characters/,
    ],
    [
      { sbatch: ['qos=long'] },
      /cluster\.json: sbatch\[0\]: found "qos=long"; expected one option of sbatch with its dashes/,
    ],
    [
      { sbatch: ['--array=0-9'] },
      /cluster\.json: sbatch\[0\]: found "--array=0-9"; this option, .*, is what the script works by/,
    ],
    ...['--arr=0-3', '--sig=B:USR1@10', '--no 2', '--tasks-per-node=4', '--wai'].map(
      (option) => [{ sbatch: [option] }, /sbatch\[0\]: found .*; this option, .*; leave it out/] as const,
    ),
    ...['--nodelist=a --array=3', '--qos long -a 3', '-a 0-3', '--comment="a" --array="3"', '--qos='].map(
      (option) =>
        [{ sbatch: [option] }, /sbatch\[0\]: found .*; expected one option .*; give each a text/] as const,
    ),
    [
      { setup: ['#SBATCH --array=0-3'] },
      /setup\[0\]: found .*; expected bash; options of sbatch have the key/,
    ],
    [{ reduce: { gres: 'gpu:1' } }, /cluster\.json: reduce: unknown key "gres"/],
    [
      { setup: ['if true; then'] },
      /tasks\.sh: bash can't read the script \(.*\); mend "setup", "container" or "grodin" of the --config file/,
    ],
  ] as const) {
    const { code, err } = await configured(config);
    t.is(code, 2, err);
    t.regex(err, /^grodin: .*\n$/);
    t.regex(err, said);
  }
});

test.serial('GPUs and device go together, or it is said that they do not', async (t) => {
  await writeExperiment(folder, { device: 'webgpu' }, 'gpu.json');
  const device = async (file: string, ...args: string[]) => {
    const { err, out } = await submit(file, '--out', 'out', '--tasks', '1', '--dry-run', ...args);
    return [/ --device (\S+)/.exec(out)?.[1] ?? null, err];
  };
  t.deepEqual(await device('experiment.json'), [null, '']);
  t.deepEqual(await device('gpu.json', '--gres', 'gpu:1'), [null, '']);
  t.deepEqual(await device('experiment.json', '--gres', 'shard:1'), [null, '']);
  t.deepEqual(await device('experiment.json', '--gres', 'gpu:1', '--device', 'tensorrt'), ['tensorrt', '']);
  t.deepEqual(await device('experiment.json', '--device', 'auto'), ['auto', '']);
  t.deepEqual(await device('experiment.json', '--gres', 'gpu:0'), [null, '']);
  t.deepEqual(await device('experiment.json', '--gres', 'shard:1,gpu:a100:2,gpu:t4:0', '--device', 'cuda'), [
    ...['cuda', ''],
  ]);
  const [, said] = await device('gpu.json');
  t.regex(said ?? '', /^--device webgpu: no GPUs are asked for; /);
});

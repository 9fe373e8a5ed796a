import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { comparable, copyRun, differences, revisionsOf, runFile } from './command.js';
import { runFile as runHere } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

const images = 12;

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ images });
  await writeExperiment(folder, { images, batchSize: null }, 'free.json');
  await writeExperiment(folder, { images, batchSize: 4096 }, 'large.json');
  // The network takes little beside the process itself.
  const { code, err } = await runFile(folder, 'free.json', 'base', '--memory', '435MB', '--workers', '2');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function batchOf(run: string): Promise<number> {
  return (await revisionsOf(join(folder, run))).at(-1)!.experiment.batchSize;
}

test.serial(
  'the batch is chosen from the memory when the run is planned, and the plan says so',
  async (t) => {
    const batch = await batchOf('base');
    t.true(batch >= 1 && batch < 32, `${batch}`);
    await writeExperiment(folder, { images, batchSize: null, memory: '435 MB' }, 'says.json');
    const { code, err, out } = await runFile(folder, 'says.json', 'said', '--workers', '2', '--json');
    t.is(code, 0, err);
    t.regex(
      err,
      new RegExp(`memory: about \\d+ MB planned of 435 MB allowed, for 2 workers with batches of ${batch}\n`),
    );
    t.regex(err, /memory: at most [\d.]+ [MG]B was used\n/);
    const { memory } = JSON.parse(out);
    t.is(memory.batchSize, batch);
    t.is(memory.workers, 2);
    t.is(memory.allowedBytes, 435e6);
    t.true(memory.plannedBytes <= 435e6 && memory.peakBytes > 0);
    t.deepEqual(
      differences(await comparable(join(folder, 'said')), await comparable(join(folder, 'base'))),
      [],
    );
  },
);

test.serial('without a bound a batch is 32 images', async (t) => {
  t.is((await runHere(folder, 'free.json', 'unbounded')).code, 0);
  t.is(await batchOf('unbounded'), 32);
});

test.serial(
  'a run keeps its batch when it goes on with other memory, says so, and changes no byte',
  async (t) => {
    const before = await comparable(join(folder, 'base'));
    for (const [memory, runIt] of [
      ['100GB', runHere],
      ['360MB', runFile],
    ] as const) {
      const run = await copyRun(folder, 'base', `again with ${memory}`);
      await rm(join(run, 'shards'), { recursive: true });
      await rm(join(run, 'finished.json'));
      const { code, err } = await runIt(folder, 'free.json', run, '--memory', memory);
      t.is(code, 0, err);
      t.regex(
        err,
        /this run was begun with batches of \d+ and keeps them; --memory only bounds the number of workers\n/,
      );
      t.deepEqual(differences(await comparable(run), before), []);
      t.is((await revisionsOf(run)).length, 1);
    }
  },
);

test.serial('a finished run has nothing to do, whatever the memory', async (t) => {
  const { code, err } = await runHere(folder, 'free.json', 'base', '--memory', '1MB');
  t.is(code, 0);
  t.regex(err, /nothing to do\n$/);
});

test.serial('memory that holds not even one image is refused with what would do', async (t) => {
  const { code, err } = await runHere(folder, 'free.json', 'little', '--memory', '100MB');
  t.is(code, 2);
  t.regex(
    err,
    /^grodin: --memory, or "memory" of the experiment: 100 MB is too little: model "net" needs about \d+ MB for one worker with one image at once; allow at least that much\n$/,
  );
});

test.serial('a batch size of the experiment that does not fit is refused with both numbers', async (t) => {
  const { code, err } = await runHere(folder, 'large.json', 'large', '--memory', '300MB');
  t.is(code, 2);
  t.regex(
    err,
    /--memory, or "memory" of the experiment: 300 MB is too little for "batchSize" 4096, which needs about [\d.]+ GB with one worker; /,
  );
});

test.serial('--dry-run tells batch, workers and memory', async (t) => {
  const args = ['--dry-run', '--memory', '435MB', '--workers', '2'];
  const { out } = await runHere(folder, 'free.json', 'dry', ...args);
  t.regex(out, /Memory: about \d+ MB planned of 435 MB allowed, for 2 workers with batches of \d+\./);
  const { memory } = JSON.parse((await runHere(folder, 'free.json', 'dry', ...args, '--json')).out);
  t.is(memory.batchSize, await batchOf('base'));
});

test.serial('a memory that is no size is bad usage', async (t) => {
  const { code, err } = await runHere(folder, 'free.json', 'none', '--memory', 'much');
  t.is(code, 2);
  t.regex(err, /Expected a size, for example 4GB/);
});

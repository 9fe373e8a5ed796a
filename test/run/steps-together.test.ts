import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { runInProcess } from '../../scripts/drills/in-process.js';
import { cpu } from '../../workers/devices/cpu.js';
import type { DeviceKind } from '../../workers/devices/device.js';
import type { Engine } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { copyRun, revisionsOf, shardNames } from './command.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment } from './small-experiment.js';

const epsilons = [0, 0.001, 0.002, 0.003, 0.004, 0.005];
let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 12, epsilon: epsilons, shardSeconds: 0.1 });
  await run('passes', null);
  await run('groups', 4);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Runs `experiment.json` to its end by a kind of device that scores so many ε together, or none. */
async function run(name: string, together: number | null, engine: Engine = onnxRuntimeCpu) {
  // The CPU in this process: as a GPU does it, whose kind says so.
  const kind: { stepsTogether?: number; load: DeviceKind['load'] } = cpu;
  kind.load = async () => engine;
  if (together === null) delete kind.stepsTogether;
  else kind.stepsTogether = together;
  const notes: string[] = [];
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const outcome = await runInProcess(experiment, {
    out: join(folder, name),
    device: 'cpu',
    workers: 1,
    onNote: (text) => notes.push(text),
  });
  return { outcome, notes };
}

/** How many ε the shards of a run say that they were scored by, each number once. */
async function layoutsOf(name: string): Promise<readonly (string | undefined)[]> {
  return metadataOf(name, 'steps_together');
}

async function metadataOf(name: string, key: string): Promise<readonly (string | undefined)[]> {
  const found = new Set<string | undefined>();
  for (const shard of await shardNames(join(folder, name)))
    found.add(tableFromIPC(await readFile(join(folder, name, 'shards', shard))).schema.metadata.get(key));
  return [...found].sort();
}

/** The CPU, but with room for so many images a batch at most. */
function smallEngine(images: number): Engine {
  return {
    ...onnxRuntimeCpu,
    open: async (file, options) => {
      const session = await onnxRuntimeCpu.open(file, options);
      return {
        ...session,
        dispose: () => session.dispose(),
        run: async (feeds) => {
          if ((feeds.image?.dims[0] ?? 0) > images) throw new Error('Failed to allocate memory');
          return session.run(feeds);
        },
      };
    },
  };
}

/** Removes every second shard, and what was made from them. */
async function loseHalf(name: string): Promise<void> {
  const out = join(folder, name);
  for (const [index, shard] of (await shardNames(out)).entries())
    if (index % 2 === 0) await rm(join(out, 'shards', shard));
  for (const file of await readdir(out)) if (file.endsWith('.arrow')) await rm(join(out, file));
}

async function bytesOf(name: string): Promise<ReadonlyMap<string, string>> {
  const out = join(folder, name, 'shards');
  const names = await shardNames(join(folder, name));
  return new Map(
    await Promise.all(
      names.map(async (shard) => [shard, await readFile(join(out, shard), 'base64')] as const),
    ),
  );
}

async function isAlike(one: string, other: string): Promise<boolean> {
  const [a, b] = [await scoreRows(join(folder, one)), await scoreRows(join(folder, other))];
  return (
    a.rows.size > 0 &&
    [...a.rows].every(([key, values]) => {
      const found = b.rows.get(key);
      return (
        // Wave 2 may choose other cells where two are as good to the last digits.
        found === undefined ||
        values.every(
          (value, at) =>
            Math.abs((value ?? 0) - (found[at] ?? 0)) <= 1e-4 * Math.max(1, Math.abs(value ?? 0)),
        )
      );
    })
  );
}

test.serial(
  'a run by groups has shards of its own, which say so, and the scores of one pass by pass',
  async (t) => {
    t.deepEqual(await layoutsOf('passes'), [undefined]);
    t.deepEqual(await layoutsOf('groups'), ['4']);
    t.is((await revisionsOf(join(folder, 'passes'))).at(-1)!.experiment.stepsTogether, undefined);
    t.is((await revisionsOf(join(folder, 'groups'))).at(-1)!.experiment.stepsTogether, 4);
    const known = new Set(await shardNames(join(folder, 'passes')));
    t.false((await shardNames(join(folder, 'groups'))).some((name) => known.has(name)));
    t.true(await isAlike('passes', 'groups'));
  },
);

test.serial(
  'a run by groups that lost shards gets the same bytes again, also by a kind with larger groups',
  async (t) => {
    for (const together of [4, 5]) {
      const name = `again by ${together}`;
      await copyRun(folder, 'groups', name);
      await loseHalf(name);
      await run(name, together);
      t.deepEqual(await bytesOf(name), await bytesOf('groups'));
    }
  },
);

test.serial('a run that was begun pass by pass goes on so on a device that has groups', async (t) => {
  await copyRun(folder, 'passes', 'continued');
  t.true((await run('continued', 4)).outcome.nothingToDo);
  await loseHalf('continued');
  const { notes } = await run('continued', 4);
  t.deepEqual(await bytesOf('continued'), await bytesOf('passes'));
  t.false(
    notes.some((note) => note.includes('ways')),
    notes.join('\n'),
  );
});

test.serial(
  'a run by groups goes on pass by pass on a device that has none, and says that it is mixed',
  async (t) => {
    await copyRun(folder, 'groups', 'mixed');
    t.true((await run('mixed', null)).outcome.nothingToDo);
    await loseHalf('mixed');
    const { notes } = await run('mixed', null);
    t.deepEqual(await layoutsOf('mixed'), ['4', undefined]);
    t.true(await isAlike('mixed', 'groups'));
    t.true(
      notes.some((note) =>
        /made by 2 combinations.*batches of 4\); .*batches of 4, 4 ε together\)/.test(note),
      ),
      notes.join('\n'),
    );
  },
);

test.serial('where memory does not do for a group the batch is halved, and groups stay', async (t) => {
  const { notes } = await run('little', 4, smallEngine(2));
  t.true(notes.some((note) => note.endsWith('out of memory; trying again with batches of 2')));
  t.deepEqual(await layoutsOf('little'), ['4']);
  t.deepEqual(await metadataOf('little', 'batch_size'), ['2']);
  t.true(await isAlike('groups', 'little'));
});

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Experiment } from '../../pipeline/experiment/experiment.js';
import { graphsInUse, memoryOfGraphs } from '../../pipeline/graphs/compiled-graphs.js';
import { conflictBetween } from '../../pipeline/plan/growth.js';
import { deviceBytes, poolBytes } from '../../pipeline/plan/memory-plan.js';
import { planBatch } from '../../pipeline/setup/plan-batch.js';
import { appendRevision } from '../../pipeline/store/revisions.js';
import { loweringPresets } from '../../stages/lowerings/lowerings.js';
import { stepsTogetherOn } from '../../workers/devices/device.js';
import { deviceKinds } from '../../workers/devices/index.js';
import { leastMemory } from '../../workers/devices/nvidia.js';
import { cudaMemory } from '../../workers/engines/cuda-memory.js';
import { onnxRuntimeMemory } from '../../workers/engines/onnxruntime-memory.js';
import { prepareRunDirectory, runDirectory } from '../../workers/store/run-directory.js';
import { readNetwork } from '../scoring/golden-network.js';
import { revisionOf } from '../store/small-revision.js';
import { temporaryFolder } from '../temporary-folder.js';

const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));
const setup = {
  workers: 1,
  allowedBytes: null,
  engine: 'onnxruntime',
  lowerings: loweringPresets.cuda,
  stepsTogether: 5,
  memoryUse: onnxRuntimeMemory,
};

/** What a pool process takes by groups of 5, or pass by pass. */
function bytes(batch: number, stepsTogether: number | null): number {
  const { lowerings } = setup;
  const use = { stepsTogether, movesForward: false };
  const graphs = memoryOfGraphs(readNetwork('residual'), graphsInUse(use), { batch, lowerings });
  return poolBytes([graphs], batch, 1, onnxRuntimeMemory);
}

/** What the graphs take of a GPU's memory. */
function onDevice(batch: number, stepsTogether: number | null): number {
  const { lowerings } = setup;
  const use = { stepsTogether, movesForward: false };
  const graphs = memoryOfGraphs(readNetwork('residual'), graphsInUse(use), { batch, lowerings });
  return deviceBytes([graphs], batch, cudaMemory);
}

async function experimentIn(t: ExecutionContext, batchSize: number | null = null) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'net.onnx');
  await copyFile(network, file);
  const { experiment } = revisionOf(4);
  const models = experiment.models.map((model) => ({ ...model, file }));
  const unplanned = { memory: null, maxPixels: 1e9, device: 'cuda', workers: null };
  const { engine: _, ...rest } = experiment;
  const asked: Experiment = { ...rest, ...unplanned, models, batchSize };
  return { asked, directory: runDirectory(join(folder, 'run')) };
}

async function begin(
  directory: ReturnType<typeof runDirectory>,
  stepsTogether: number | null,
  engine: string,
) {
  await prepareRunDirectory(directory);
  const revision = revisionOf(4);
  const layout = stepsTogether === null ? {} : { stepsTogether };
  const experiment = { ...revision.experiment, ...layout, engine };
  await appendRevision(directory, { ...revision, experiment, engine }, () => {});
}

test('CUDA scores several ε together, all other kinds pass by pass', (t) => {
  const asking = deviceKinds.filter(({ stepsTogether }) => stepsTogether !== undefined);
  t.deepEqual(
    asking.map(({ name }) => name),
    ['cuda'],
  );
  t.true(asking.every(({ stepsTogether = 0 }) => stepsTogether >= 2));
});

test('a device scores as many ε together as was planned, or none', (t) => {
  t.is(stepsTogetherOn({ stepsTogether: 5 }, 5), 5);
  t.is(stepsTogetherOn({ stepsTogether: 5 }, 4), 4);
  t.is(stepsTogetherOn({ stepsTogether: 5 }, undefined), null);
  t.is(stepsTogetherOn({}, 5), null);
});

test('a new run takes the layout of its devices', async (t) => {
  const { asked, directory } = await experimentIn(t);
  t.is((await planBatch(asked, directory, setup)).experiment.stepsTogether, 5);
  t.false(
    'stepsTogether' in (await planBatch(asked, directory, { ...setup, stepsTogether: null })).experiment,
  );
});

for (const was of [null, 3, 5])
  test(`a run that was begun with ${was ?? 'no'} ε together stays so on any device of its engine`, async (t) => {
    const { asked, directory } = await experimentIn(t);
    await begin(directory, was, 'onnxruntime');
    for (const stepsTogether of [null, 5])
      for (const allowedBytes of [null, 1])
        t.is(
          (await planBatch(asked, directory, { ...setup, stepsTogether, allowedBytes })).experiment
            .stepsTogether,
          was ?? undefined,
        );
  });

test('a run that another engine begins anew takes the layout of its devices', async (t) => {
  const { asked, directory } = await experimentIn(t);
  await begin(directory, 3, 'tfjs');
  t.is((await planBatch(asked, directory, setup)).experiment.stepsTogether, 5);
});

test('memory counts the images of a whole group', (t) => {
  // The scoring graph is most of what a batch takes.
  const batchPart = (together: number | null) => bytes(8, together) - bytes(1, together);
  t.true(batchPart(5) > 3 * batchPart(null));
});

test('where memory is bounded groups get a smaller batch, and are given up where they hold too few images', async (t) => {
  const { asked, directory } = await experimentIn(t);
  const planned = async (allowedBytes: number) =>
    (await planBatch(asked, directory, { ...setup, allowedBytes })).experiment;
  const enough = await planned(bytes(16, 5));
  t.deepEqual([enough.batchSize, enough.stepsTogether], [16, 5]);
  const little = await planned(bytes(1, 5) - 1);
  t.is(little.stepsTogether, undefined);
  t.true(little.batchSize >= 1);
});

test("a new run's batch is the largest that the memory of the smallest device holds", async (t) => {
  const { asked, directory } = await experimentIn(t);
  const planned = async (smallest: number) => planBatch(asked, directory, deviceWith(smallest));
  const room = await planned(1e12);
  t.deepEqual([room.experiment.batchSize, room.experiment.stepsTogether, room.notes], [32, 5, []]);
  const less = await planned(onDevice(20, 5) / 0.85);
  t.deepEqual([less.experiment.batchSize, less.experiment.stepsTogether], [20, 5]);
  t.regex(less.notes.join(), /^memory: batches of 20, which take about \S+ [MG]B of a device's \S+ [MG]B$/);
  const tiny = await planned(1e9);
  t.deepEqual([tiny.experiment.batchSize, tiny.experiment.stepsTogether], [1, undefined]);
  t.regex(tiny.notes.at(-1) ?? '', /batches of 1 may take about .* one that can't be allocated is halved$/);
});

test('a settled batch that a device may be too small for is taken, and said', async (t) => {
  const { asked, directory } = await experimentIn(t, 32);
  const { experiment, notes } = await planBatch(asked, directory, deviceWith(1e9));
  t.deepEqual([experiment.batchSize, experiment.stepsTogether], [32, undefined]);
  t.regex(notes.at(-1) ?? '', /one that can't be allocated is halved$/);
});

test('a new run whose batch is settled gives groups up where they do not fit', async (t) => {
  const { asked, directory } = await experimentIn(t, 8);
  const planned = async (allowedBytes: number) =>
    (await planBatch(asked, directory, { ...setup, allowedBytes })).experiment.stepsTogether;
  t.is(await planned(bytes(8, 5)), 5);
  t.is(await planned(bytes(8, 5) - 1), undefined);
});

/** A device with so much memory of its own. */
const deviceWith = (smallest: number | null) => ({
  ...setup,
  ownMemory: { smallest: async () => smallest, use: cudaMemory },
});

test("a new run scores each ε alone where a device's memory is too small for groups, or unknown", async (t) => {
  const { asked, directory } = await experimentIn(t, 8);
  const planned = async (smallest: number | null) => planBatch(asked, directory, deviceWith(smallest));
  t.is((await planned(1.2 * onDevice(8, 5))).experiment.stepsTogether, 5);
  const little = await planned(onDevice(8, 5));
  t.is(little.experiment.stepsTogether, undefined);
  t.regex(little.notes[0] ?? '', /^memory: each ε has a pass of its own, since 5 together would take about /);
  t.is((await planned(null)).experiment.stepsTogether, undefined);
  await begin(directory, 5, 'onnxruntime');
  t.is((await planned(1)).experiment.stepsTogether, 5, 'a run that was begun keeps its layout');
});

test("nvidia-smi's answer gives the memory of the smallest GPU, or none", (t) => {
  t.is(leastMemory('81559\n24576\n'), 24576 * 2 ** 20);
  t.is(leastMemory('[N/A]\n'), null);
  t.is(leastMemory(''), null);
});

test('a living process with another layout is a conflict', (t) => {
  const passes = revisionOf(4);
  const groups = { ...passes, experiment: { ...passes.experiment, stepsTogether: 5 } };
  t.deepEqual(conflictBetween(passes, groups), {
    what: 'the number of ε scored together',
    before: 1,
    now: 5,
  });
  t.is(conflictBetween(groups, groups), null);
});

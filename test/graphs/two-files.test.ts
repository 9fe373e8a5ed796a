import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { CompiledGraphs } from '../../pipeline/graphs/compiled-graphs.js';
import type { StoredGraph } from '../../pipeline/graphs/graph-folder.js';
import { readHashedModel } from '../../pipeline/model/read-model.js';
import { portableLowerings } from '../../stages/lowerings/lowerings.js';
import { loadCpuBackend } from '../../workers/devices/load-tfjs.js';
import { type Engine, type HostTensor, runOnHost } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { dataFileOf, digestOfGraph } from '../../workers/onnx-files/graph-files.js';
import { SessionCache } from '../../workers/session-cache.js';
import { temporaryFolder } from '../temporary-folder.js';

const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));
const { model, sha256 } = await readHashedModel(network);
const options = { batch: 2, lowerings: portableLowerings };
/** Smaller than any graph of the network with its weights. */
const largestFile = 10_000;

/** Folders whose graphs don't fit in one file, a cache, and how often the model was compiled. */
async function setUp(t: ExecutionContext) {
  const root = await temporaryFolder(t);
  let compilations = 0;
  const decode = async () => {
    compilations += 1;
    return model;
  };
  const cache = { folder: join(root, 'cache'), limit: 1e9 };
  const of = (run: string, largest: number | undefined = largestFile) =>
    new CompiledGraphs(join(root, run), cache, largest).of(
      { file: network, sha256, decode },
      'forward',
      options,
    );
  return { root, of, compilations: () => compilations };
}

/** The logits of two made-up images. */
async function logits(engine: Engine, { file, model: { channels, height, width } }: StoredGraph) {
  const data = Float32Array.from({ length: 2 * channels * height * width }, (_, i) => Math.sin(i * 0.37));
  const image: HostTensor = { type: 'float32', dims: [2, channels, height, width], data };
  const session = await engine.open(file, { threads: 1 });
  try {
    return (await runOnHost(engine, session, { image })).logits?.data;
  } finally {
    await session.dispose();
  }
}

test('a graph that does not fit in one file has its weights beside it, and both engines open it', async (t) => {
  const { root, of } = await setUp(t);
  const two = await of('two');
  t.true((await readFile(two.file)).length < largestFile);
  t.deepEqual((await readdir(join(root, 'two'))).sort(), [
    basename(two.file).replace(/onnx$/, 'json'),
    basename(two.file),
    `${basename(two.file)}.data`,
  ]);
  t.is(two.sha256, await digestOfGraph(two.file));
  t.is(
    two.sha256,
    createHash('sha256')
      .update(await readFile(two.file))
      .update(await readFile(dataFileOf(two.file)))
      .digest('hex'),
  );
  await rm(join(root, 'cache'), { recursive: true });
  const one = await of('one', 1e9);
  t.deepEqual(one.memory, two.memory);
  for (const engine of [onnxRuntimeCpu, await loadCpuBackend('cpu')])
    t.deepEqual(await logits(engine, two), await logits(engine, one), engine.name);
});

test('a graph of two files comes from the cache whole, and goes by its key in every folder', async (t) => {
  const { root, of, compilations } = await setUp(t);
  const first = await of('first');
  const second = await of('second');
  t.is(compilations(), 1);
  t.deepEqual(await readFile(dataFileOf(second.file)), await readFile(dataFileOf(first.file)));
  t.deepEqual(await logits(onnxRuntimeCpu, second), await logits(onnxRuntimeCpu, first));
  t.true((await readdir(join(root, 'cache/graphs'))).includes(basename(dataFileOf(first.file))));
});

const damages: Readonly<Record<string, (data: string) => Promise<void>>> = {
  missing: (data) => rm(data),
  'cut short': async (data) => truncate(data, (await stat(data)).size - 4),
  'of another byte': async (data) => {
    const bytes = await readFile(data);
    bytes[100] = bytes[100]! ^ 1;
    await rm(data);
    await writeFile(data, bytes);
  },
};

for (const [what, damage] of Object.entries(damages))
  test(`a graph whose weights are ${what} is compiled anew, in the folder and in the cache, and never opened`, async (t) => {
    const { root, of, compilations } = await setUp(t);
    const graph = await of('run');
    const good = await logits(onnxRuntimeCpu, graph);
    for (const folder of ['run', 'cache/graphs'])
      await damage(join(root, folder, basename(dataFileOf(graph.file))));
    const { file, sha256: digest } = graph;
    const session = await new SessionCache(onnxRuntimeCpu, { threads: 1 }).of({
      ...{
        name: 'net',
        sha256,
        preprocess: preprocessPresets.cifar10!,
        input: graph.model,
        epsilonScale: [],
      },
      forward: { file, sha256: digest },
      gradient: { kind: 'passes', perturbation: { file, sha256: digest }, scoring: { file, sha256: digest } },
    });
    const image: HostTensor = { type: 'float32', dims: [1], data: Float32Array.of(0) };
    await t.throwsAsync(
      session.withBatch(image, (batch) => batch.forward()),
      {
        message: /: this compiled graph was altered since it was compiled; remove it and run again$/,
      },
    );
    const again = await of('run');
    t.is(compilations(), 2);
    t.deepEqual(again, graph);
    t.deepEqual(await logits(onnxRuntimeCpu, again), good);
    t.deepEqual(await logits(onnxRuntimeCpu, await of('another')), good);
    t.is(compilations(), 2);
  });

test('weights that were left of a graph which fits in its file now are removed', async (t) => {
  const { root, of } = await setUp(t);
  const { file } = await of('run');
  await rm(join(root, 'cache'), { recursive: true });
  await rm(file.replace(/onnx$/, 'json'));
  const whole = await of('run', 1e9);
  t.is(whole.file, file);
  t.deepEqual((await readdir(join(root, 'run'))).length, 2);
  t.is(await digestOfGraph(file), whole.sha256);
});

test('a graph that is larger than the whole cache is not kept, and drives no other out', async (t) => {
  const { root, of, compilations } = await setUp(t);
  const first = await of('first');
  const graphs = new CompiledGraphs(join(root, 'second'), {
    folder: join(root, 'cache'),
    limit: (await stat(dataFileOf(first.file))).size,
  });
  await graphs.of({ file: network, sha256, decode: async () => model }, 'scoring', options);
  t.is((await readdir(join(root, 'cache/graphs'))).length, 3);
  await of('third');
  t.is(compilations(), 1);
});

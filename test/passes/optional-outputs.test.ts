import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Lowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import { compileForward, compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { layersNamed } from '../../stages/scoring/layer-names.js';
import { loadCpuBackend } from '../../workers/devices/load-tfjs.js';
import type { Engine, EngineSession, HostTensor } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { ModelPasses } from '../../workers/passes/model-passes.js';
import { openGraph } from '../../workers/passes/open.js';
import { disagreements, readNetwork, readNetworkGolden } from '../scoring/golden-network.js';
import { temporaryFolder } from '../temporary-folder.js';

const engines: Readonly<
  Record<string, { readonly load: () => Promise<Engine>; readonly lowerings: Lowerings }>
> = {
  'ONNX Runtime': { load: async () => onnxRuntimeCpu, lowerings: loweringPresets.cpu },
  'TensorFlow.js, cpu': { load: () => loadCpuBackend('cpu'), lowerings: loweringPresets.portable },
  'TensorFlow.js, wasm': { load: () => loadCpuBackend('wasm'), lowerings: loweringPresets.portable },
};

const network = 'bottleneck';
const golden = readNetworkGolden(network);
const batch = golden.seeds.length;
const images: HostTensor = {
  type: 'float32',
  dims: [batch, ...golden.shape],
  data: goldenImages(golden),
};
const still = new Array<number>(golden.shape[0]).fill(0);

for (const [name, { load, lowerings }] of Object.entries(engines)) {
  test.serial(`on ${name}, the forward pass gives features that make its logits`, async (t) => {
    const engine = await load();
    const options = { batch, lowerings, features: true };
    const passes = await passesOf(t, engine, { forward: compileForward(readNetwork(network), options) });
    const found = await passes.withBatch(images, (uploaded) => uploaded.forwardWithFeatures());
    t.is(found.features.length, batch * found.size);
    t.is(found.logits.length, batch * found.classes);
    const { logits } = await passes.withBatch(images, (uploaded) => uploaded.forward());
    t.deepEqual(logits, found.logits);
    // The last layer, as the file has it.
    const { initializers } = readNetwork(network).graph;
    const [weight, bias] = ['fc.weight', 'fc.bias'].map((tensor) => initializers.get(tensor)!.data);
    const product = Array.from(logits, (_, at) => {
      const [n, k] = [Math.floor(at / found.classes), at % found.classes];
      const features = found.features.subarray(n * found.size, (n + 1) * found.size);
      return features.reduce((sum, x, d) => sum + x * Number(weight![k * found.size + d]), Number(bias![k]));
    });
    t.deepEqual(disagreements('logits', Array.from(logits), product, 1e-4), []);
    await passes.dispose();
  });

  test.serial(`on ${name}, scores come with norms of layers, pass by pass and in a grid`, async (t) => {
    const engine = await load();
    const model = readNetwork(network);
    const options = { batch, lowerings, layerNorms: true };
    const scoring = compileScoring(model, options);
    const perturbation = compilePerturbation(model, { batch, lowerings });
    const apart = await passesOf(t, engine, { perturbation, scoring });
    const grid = await passesOf(t, engine, { grid: compileGrid(model, { ...options, steps: 2 }) });
    const alone = await apart.withBatch(images, async (one) => one.score(await one.stand(), still, 1));
    const [first, second] = await grid.withBatch(images, (one) => one.scoreGrid([still, still], 1));
    for (const { layerLogNorms } of [alone, first!, second!])
      for (const [layer, parameter] of layersNamed(scoring)!.entries()) {
        const count = layersNamed(scoring)!.length;
        const norms = golden.seeds.map((_, n) => layerLogNorms![n * count + layer]!);
        t.deepEqual(disagreements(parameter, norms, golden.parameters[parameter]!.logSG), []);
      }
    await apart.dispose();
    await grid.dispose();
  });
}

test('a graph without features has none to give, and scores without norms say so', async (t) => {
  const model = readNetwork(network);
  const lowerings = loweringPresets.cpu;
  const passes = await passesOf(t, onnxRuntimeCpu, {
    forward: compileForward(model, { batch, lowerings }),
    scoring: compileScoring(model, { batch, lowerings }),
  });
  await passes.withBatch(images, async (one) => {
    await t.throwsAsync(one.forwardWithFeatures(), { message: 'the compiled graph has no output features' });
    t.is((await one.score(await one.stand(), still, 1)).layerLogNorms, null);
  });
  await passes.dispose();
});

type Kind = 'forward' | 'perturbation' | 'scoring' | 'grid';

/** The passes of some graphs, opened as workers do. */
async function passesOf(
  t: ExecutionContext,
  engine: Engine,
  graphs: Readonly<Partial<Record<Kind, Model>>>,
): Promise<ModelPasses> {
  const folder = await temporaryFolder(t);
  const sessions = new Map<Kind, EngineSession>();
  for (const [kind, graph] of Object.entries(graphs) as [Kind, Model][]) {
    const file = join(folder, `${kind}.onnx`);
    await writeFile(file, encodeModel(graph));
    sessions.set(kind, await openGraph(engine, kind, file, { threads: 1 }));
  }
  const open = (kind: Kind) => async () => sessions.get(kind)!;
  return new ModelPasses(engine, {
    forward: open('forward'),
    gradient: graphs.grid
      ? { kind: 'grid', steps: 2, several: open('grid'), single: open('grid') }
      : { kind: 'passes', perturbation: open('perturbation'), scoring: open('scoring') },
    dispose: async () => {
      for (const session of sessions.values()) await session.dispose();
    },
  });
}

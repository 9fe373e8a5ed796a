import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile-passes.js';
import { collectGarbage } from '../../../workers/collect-garbage.js';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import { readAll } from '../../../workers/engines/engine.js';
import { prepare } from '../../../workers/engines/tfjs/interpreter.js';
import type { TensorFlow } from '../../../workers/engines/tfjs/tensorflow.js';
import { readNetwork } from '../../scoring/golden-network.js';
import { openGraph } from './golden-scores.js';
import { openTinyBatches } from './tiny-batches.js';
import { tinyClassifier } from './tiny-classifier.js';

// The same instance as the engine's.
const tf: TensorFlow = createRequire(import.meta.url)('@tensorflow/tfjs-core');

for (const backend of ['cpu', 'wasm'] as const) {
  test.serial(
    `memory does not grow over 1000 batches on backend ${backend}, and ends where it began`,
    async (t) => {
      const engine = await loadCpuBackend(backend);
      await engine
        .upload({ type: 'float32', dims: [1], data: Float32Array.of(0) })
        .then((one) => one.dispose());
      const before = tf.memory();
      const batches = await openTinyBatches(t, engine);
      await batches.score();
      const first = tf.memory();
      for (let run = 1; run < 1000; run += 1) await batches.score();
      t.is(tf.memory().numTensors, first.numTensors);
      t.is(tf.memory().numDataBuffers, first.numDataBuffers);
      t.is(tf.memory().numBytes, first.numBytes);
      await batches.dispose();
      t.is(tf.memory().numTensors, before.numTensors);
      t.is(tf.memory().numDataBuffers, before.numDataBuffers);
    },
  );
}

test.serial('a run that fails gives back what it had computed', async (t) => {
  const engine = await loadCpuBackend('cpu');
  const options = { batch: 2, lowerings: portableLowerings };
  const perturbation = await openGraph(t, engine, compilePerturbation(tinyClassifier, options));
  const image = await engine.upload({ type: 'float32', dims: [2, 2, 5, 5], data: new Float32Array(100) });
  const temperature = await engine.upload({ type: 'float32', dims: [1], data: Float32Array.of(2) });
  await readAll(await perturbation.run({ image, temperature }));
  const before = tf.memory().numTensors;
  await t.throwsAsync(perturbation.run({ image }), {
    message: /value temperature is neither fed nor computed/,
  });
  t.is(tf.memory().numTensors, before);
  for (const tensor of [image, temperature]) tensor.dispose();
  await perturbation.dispose();
});

test.serial('an open graph keeps its weights on the device only', async (t) => {
  await loadCpuBackend('wasm');
  await tf.setBackend('wasm');
  for (const [network, compile] of [
    ['grouped', compilePerturbation],
    ['bottleneck', compileScoring],
  ] as const) {
    const { graph, weights } = await prepared(network, compile);
    t.deepEqual(await keptOf(weights), [], network);
    graph.dispose();
  }
});

/** The names of what is still there. V8 may hold on for a while to what it compiles code with. */
async function keptOf(weights: readonly (readonly [string, WeakRef<object>])[]): Promise<string[]> {
  for (let attempt = 0; ; attempt += 1) {
    // What was just looked at is kept until another turn of the event loop.
    await setTimeout(20);
    collectGarbage();
    const kept = weights.filter(([, data]) => data.deref() !== undefined).map(([name]) => name);
    if (kept.length === 0 || attempt === 100) return kept;
  }
}

async function prepared(network: string, compile: typeof compileScoring) {
  const model = compile(readNetwork(network), { batch: 2, lowerings: portableLowerings });
  // The smallest are kept here and there, as biases are.
  const large = [...model.graph.initializers].filter(([, { data }]) => data.length >= 100);
  const weights = large.map(([name, { data }]) => [name, new WeakRef(data)] as const);
  return { graph: await prepare(tf, model), weights };
}

import { createRequire } from 'node:module';
import test from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile.js';
import { readAll } from '../../../workers/engines/engine.js';
import { HeldTensors } from '../../../workers/engines/held-tensors.js';
import { loadCpuBackend } from '../../../workers/engines/tfjs/load.js';
import type { TensorFlow } from '../../../workers/engines/tfjs/tensorflow.js';
import { openGraph } from './golden-scores.js';
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
      const options = { batch: 2, lowerings: portableLowerings };
      const perturbation = await openGraph(t, engine, compilePerturbation(tinyClassifier, options));
      const scoring = await openGraph(t, engine, compileScoring(tinyClassifier, options));
      const batch = async (): Promise<void> => {
        const held = new HeldTensors();
        const put = async (name: string, dims: number[], data: Float32Array) =>
          held.put(name, await engine.upload({ type: 'float32', dims, data }));
        const image = await put(
          'image',
          [2, 2, 5, 5],
          Float32Array.from({ length: 100 }, (_, i) => Math.sin(i)),
        );
        const temperature = await put('temperature', [1], Float32Array.of(2));
        const epsilon = await put('epsilon', [2], Float32Array.of(0.01, 0.01));
        const { direction, ...others } = await perturbation.run({ image, temperature });
        held.put('direction', direction!);
        await readAll(others);
        await readAll(await scoring.run({ image, temperature, epsilon, direction: direction! }));
        held.dispose();
      };
      await batch();
      const first = tf.memory();
      for (let run = 1; run < 1000; run += 1) await batch();
      t.is(tf.memory().numTensors, first.numTensors);
      t.is(tf.memory().numDataBuffers, first.numDataBuffers);
      t.is(tf.memory().numBytes, first.numBytes);
      await perturbation.dispose();
      await scoring.dispose();
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
  await t.throwsAsync(perturbation.run({ image }), { message: /no value temperature/ });
  t.is(tf.memory().numTensors, before);
  for (const tensor of [image, temperature]) tensor.dispose();
  await perturbation.dispose();
});

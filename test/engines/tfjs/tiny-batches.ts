import type { ExecutionContext } from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile.js';
import { type Engine, readAll } from '../../../workers/engines/engine.js';
import { HeldTensors } from '../../../workers/engines/held-tensors.js';
import { openGraph, vector } from './golden-scores.js';
import { tinyClassifier } from './tiny-classifier.js';

/** Graphs of the tiny classifier, opened, for batches of two images. */
export interface TinyBatches {
  /** Perturbs and scores a batch, and gives back all that it took. */
  readonly score: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export async function openTinyBatches(t: ExecutionContext, engine: Engine): Promise<TinyBatches> {
  const options = { batch: 2, lowerings: portableLowerings };
  const perturbation = await openGraph(t, engine, compilePerturbation(tinyClassifier, options));
  const scoring = await openGraph(t, engine, compileScoring(tinyClassifier, options));
  const pixels = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
  return {
    async score() {
      const held = new HeldTensors();
      const image = held.put(
        'image',
        await engine.upload({ type: 'float32', dims: [2, 2, 5, 5], data: pixels }),
      );
      const temperature = held.put('temperature', await engine.upload(vector([2])));
      const epsilon = held.put('epsilon', await engine.upload(vector([0.01, 0.01])));
      const { direction: found, ...others } = await perturbation.run({ image, temperature });
      const direction = held.put('direction', found!);
      await readAll(others);
      await readAll(await scoring.run({ image, temperature, epsilon, direction }));
      held.dispose();
    },
    async dispose() {
      await perturbation.dispose();
      await scoring.dispose();
    },
  };
}

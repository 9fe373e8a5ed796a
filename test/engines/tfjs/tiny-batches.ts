import type { ExecutionContext } from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile-passes.js';
import type { Engine } from '../../../workers/engines/engine.js';
import { passesOf } from '../../../workers/passes/open.js';
import { openGraph } from './golden-scores.js';
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
  const data = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
  const passes = passesOf(engine, { perturbation, scoring });
  return {
    score: () =>
      passes.withBatch({ type: 'float32', dims: [2, 2, 5, 5], data }, async (held) => {
        const { direction } = await held.perturbWithLogits(2);
        await held.score(direction, [0.01, 0.01], 2);
      }),
    dispose: () => passes.dispose(),
  };
}

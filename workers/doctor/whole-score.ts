import { join } from 'node:path';
import { type GraphMemory, graphMemory } from '../../stages/graph/graph-memory.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { type BatchPoint, type BatchSizes, type BenchPass, passInputs, pointOf } from '../bench/pass.js';
import type { Engine } from '../engines/engine.js';
import { writeGraph } from '../onnx-files/graph-files.js';
import type { ModelPasses } from '../passes/model-passes.js';
import { openPasses } from '../passes/open.js';

/** Both passes of a whole score, compiled for a batch and written to files. */
export interface WholeScore extends BatchSizes {
  readonly perturbation: BenchPass;
  readonly scoring: BenchPass;
  /** What running both takes. */
  readonly memory: readonly GraphMemory[];
}

/** Compiles a network's passes into a folder. */
export async function compileWholeScore(
  model: Model,
  folder: string,
  { batch, lowerings }: { readonly batch: number; readonly lowerings: Lowerings },
): Promise<WholeScore> {
  const { channels, height, width } = describeModel(model);
  const sizes: BatchSizes = { batch, channels, height, width };
  const graphs = {
    perturbation: compilePerturbation(model, { batch, lowerings }),
    scoring: compileScoring(model, { batch, lowerings }),
  };
  const write = async (kind: keyof typeof graphs): Promise<BenchPass> => {
    const file = join(folder, `${kind}.onnx`);
    await writeGraph(file, graphs[kind]);
    return { kind, file, inputs: passInputs(kind, sizes) };
  };
  return {
    ...sizes,
    perturbation: await write('perturbation'),
    scoring: await write('scoring'),
    memory: [graphs.perturbation, graphs.scoring].map((graph) => graphMemory(graph, batch)),
  };
}

/** Seconds of each run of a batch: the passes, and both with all transfers, as a run does them. */
export interface WholeScoreTimes {
  readonly perturbation: readonly number[];
  readonly scoring: readonly number[];
  readonly whole: readonly number[];
}

/**
 * Runs a batch until the time is over, at least once after a run that does not count.
 * @param seconds how long, at most, but for the last run
 * @param onWarm called after the run that does not count
 */
export async function timeWholeScore(
  engine: Engine,
  { perturbation, scoring, ...sizes }: WholeScore,
  {
    threads,
    seconds,
    onWarm,
  }: { readonly threads: number; readonly seconds: number; readonly onWarm?: () => void },
): Promise<WholeScoreTimes> {
  const files = { perturbation: perturbation.file, scoring: scoring.file };
  const passes = await openPasses(engine, files, { threads });
  const point = pointOf(sizes);
  const times = { perturbation: [] as number[], scoring: [] as number[], whole: [] as number[] };
  try {
    await scoreOnce(passes, point);
    onWarm?.();
    const began = performance.now();
    while (times.whole.length === 0 || performance.now() - began < 1000 * seconds) {
      const { perturbed, scored } = await scoreOnce(passes, point);
      times.perturbation.push(perturbed);
      times.scoring.push(scored);
      times.whole.push(perturbed + scored);
    }
  } finally {
    await passes.dispose();
  }
  return times;
}

/** @returns seconds until the direction was there, and from then on until the scores were */
function scoreOnce(
  passes: ModelPasses,
  { images, steps, temperature }: BatchPoint,
): Promise<{ readonly perturbed: number; readonly scored: number }> {
  const started = performance.now();
  return passes.withBatch(images, async (batch) => {
    const direction = await batch.perturb(temperature);
    const between = performance.now();
    await batch.score(direction, steps, temperature);
    return { perturbed: (between - started) / 1000, scored: (performance.now() - between) / 1000 };
  });
}

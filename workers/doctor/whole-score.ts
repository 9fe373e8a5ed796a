import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GraphMemory, graphMemory } from '../../stages/graph/memory.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { type BenchPass, feedsOf, type PassInput } from '../bench/pass.js';
import { type Engine, type EngineSession, outputNamed, readAll, takeOutput } from '../engines/engine.js';
import { HeldTensors } from '../engines/held-tensors.js';

/** Both passes of a whole score, compiled for a batch and written to files. */
export interface WholeScore {
  readonly batch: number;
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
  const image: PassInput = { name: 'image', dims: [batch, channels, height, width], fill: 'pixels' };
  const temperature: PassInput = { name: 'temperature', dims: [1], fill: 'ones' };
  const direction: PassInput = { ...image, name: 'direction', fill: 'signs' };
  const epsilon: PassInput = { name: 'epsilon', dims: [channels], fill: 'steps' };
  const graphs = {
    perturbation: compilePerturbation(model, { batch, lowerings }),
    scoring: compileScoring(model, { batch, lowerings }),
  };
  const write = async (kind: keyof typeof graphs): Promise<string> => {
    const file = join(folder, `${kind}.onnx`);
    await writeFile(file, encodeModel(graphs[kind]));
    return file;
  };
  return {
    batch,
    perturbation: {
      kind: 'perturbation',
      file: await write('perturbation'),
      inputs: [image, temperature],
    },
    scoring: {
      kind: 'scoring',
      file: await write('scoring'),
      inputs: [image, direction, epsilon, temperature],
    },
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
  { perturbation, scoring }: WholeScore,
  {
    threads,
    seconds,
    onWarm,
  }: { readonly threads: number; readonly seconds: number; readonly onWarm?: () => void },
): Promise<WholeScoreTimes> {
  const sessions = {
    perturbation: await engine.open(perturbation.file, { threads, keepOnDevice: ['direction'] }),
    scoring: await engine.open(scoring.file, { threads }),
  };
  const times = { perturbation: [] as number[], scoring: [] as number[], whole: [] as number[] };
  try {
    await scoreOnce(engine, sessions, scoring);
    onWarm?.();
    const began = performance.now();
    while (times.whole.length === 0 || performance.now() - began < 1000 * seconds) {
      const { perturbed, scored } = await scoreOnce(engine, sessions, scoring);
      times.perturbation.push(perturbed);
      times.scoring.push(scored);
      times.whole.push(perturbed + scored);
    }
  } finally {
    await sessions.perturbation.dispose();
    await sessions.scoring.dispose();
  }
  return times;
}

/** @returns seconds until the direction was there, and from then on until the scores were */
async function scoreOnce(
  engine: Engine,
  sessions: Readonly<Record<'perturbation' | 'scoring', EngineSession>>,
  pass: BenchPass,
): Promise<{ readonly perturbed: number; readonly scored: number }> {
  const { image, epsilon, temperature } = feedsOf(pass);
  const held = new HeldTensors();
  try {
    const started = performance.now();
    const uploaded = held.put('image', await engine.upload(outputNamed({ image }, 'image')));
    const t = held.put('temperature', await engine.upload(outputNamed({ temperature }, 'temperature')));
    const perturbed = await sessions.perturbation.run({ image: uploaded, temperature: t });
    const direction = held.put('direction', takeOutput('direction', perturbed));
    const between = performance.now();
    const steps = held.put('epsilon', await engine.upload(outputNamed({ epsilon }, 'epsilon')));
    await readAll(await sessions.scoring.run({ image: uploaded, direction, epsilon: steps, temperature: t }));
    return { perturbed: (between - started) / 1000, scored: (performance.now() - between) / 1000 };
  } finally {
    held.dispose();
  }
}

import { join, resolve } from 'node:path';
import type { ParameterOptions } from '../../stages/differentiation/parameter.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { hasAddedChannelAxis } from '../../stages/import/grey-images.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward, compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { compileTraining } from '../../stages/scoring/compile-training.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { type BenchPass, type PassInput, type PassKind, passInputs } from '../../workers/bench/pass.js';
import { encodeGraph, writeEncoded } from '../../workers/onnx-files/graph-files.js';
import { naming } from '../model/read-model.js';

/** The graphs of one model, on disk and ready to run. */
export interface PreparedPasses {
  readonly passes: readonly BenchPass[];
  /** Why plain inference does not run the user's own file, or null where it does. */
  readonly recompiled: string | null;
  /** Seconds to compile, encode and write each pass but plain inference, which needs none. */
  readonly compileSeconds: Readonly<Record<Exclude<PassKind, 'plain'>, number>>;
}

/**
 * Compiles a model's passes for a batch and writes them into a folder.
 * @param file of the model
 * @throws ModelError naming the file
 */
export async function preparePasses(
  file: string,
  model: Model,
  folder: string,
  batch: number,
  options: ParameterOptions,
): Promise<PreparedPasses> {
  const { channels, height, width } = naming(file, () => describeModel(model));
  const sizes = { batch, channels, height, width };
  const write = async (name: string, compile: () => Model) => {
    const started = performance.now();
    const path = join(folder, `${name}.onnx`);
    await writeEncoded(
      path,
      naming(file, () => encodeGraph(path, compile())),
    );
    return { file: path, seconds: (performance.now() - started) / 1000 };
  };
  const recompiled = whyRecompiled(model, batch);
  const plain: BenchPass =
    recompiled === null
      ? { kind: 'plain', file: resolve(file), inputs: [ownInput(model, batch)] }
      : {
          kind: 'plain',
          file: (await write('plain', () => compileForward(model, { batch }))).file,
          inputs: passInputs('forward', sizes),
        };
  const perturbation = await write('perturbation', () => compilePerturbation(model, { batch }));
  const scoring = await write('scoring', () => compileScoring(model, { ...options, batch }));
  const training = await write('training', () => compileTraining(model, { ...options, batch }));
  return {
    passes: [
      plain,
      { kind: 'perturbation', file: perturbation.file, inputs: passInputs('perturbation', sizes) },
      { kind: 'scoring', file: scoring.file, inputs: passInputs('scoring', sizes) },
      { kind: 'training', file: training.file, inputs: passInputs('training', sizes) },
    ],
    recompiled,
    compileSeconds: {
      perturbation: perturbation.seconds,
      scoring: scoring.seconds,
      training: training.seconds,
    },
  };
}

function whyRecompiled(model: Model, batch: number): string | null {
  const { fixedBatch } = findClassifier(model);
  const [input] = model.graph.inputs;
  if (fixedBatch !== null && fixedBatch !== batch) return `the file is exported for batches of ${fixedBatch}`;
  if (model.graph.inputs.length > 1) return 'the file takes more than the image';
  if (hasAddedChannelAxis(model)) return 'the file takes the pixels of images in another shape';
  return input?.type === 'float32' ? null : `the file takes images of type ${input?.type}`;
}

/** The image as the file itself takes it, channels last or first. */
function ownInput(model: Model, batch: number): PassInput {
  const [input] = model.graph.inputs;
  return {
    name: input?.name ?? 'image',
    dims: [batch, ...(input?.dims ?? []).slice(1).map(Number)],
    fill: 'pixels',
  };
}

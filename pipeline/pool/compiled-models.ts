import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward, compilePerturbation, compileScoring } from '../../stages/scoring/compile.js';
import { describeModel, type ModelDescription } from '../../stages/scoring/describe-model.js';
import type { ModelTask } from '../../workers/task.js';
import { packageVersion } from '../cli/version.js';
import { writeAtomically } from '../store/atomic-file.js';
import { hashJson } from '../store/canonical-json.js';
import type { OpenModel } from '../waves/open-run.js';

const description = z.object({
  channels: z.number(),
  height: z.number(),
  width: z.number(),
  classes: z.number(),
  multiplications: z.number(),
}) satisfies z.ZodType<ModelDescription>;

/** A model whose graphs lie on disk. */
export interface CompiledModel {
  readonly task: ModelTask;
  readonly description: ModelDescription;
}

/**
 * Compiles models into a folder, each once for each batch size; what is there already is used as it is.
 * The description is written last, so that where it is the graphs are too.
 */
export class CompiledModels {
  readonly #folder: string;
  readonly #known = new Map<string, Promise<CompiledModel>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws ModelError naming the file, when the model can't be compiled */
  async of(model: OpenModel, batchSize: number): Promise<CompiledModel> {
    const { sha256, parameters, tie, untie } = model.identity;
    const version = await packageVersion();
    const key = hashJson({ version, sha256, parameters, tie, untie, batchSize }).slice(0, 32);
    const known = this.#known.get(key) ?? this.#compile(model, batchSize, key);
    this.#known.set(key, known);
    const { description, task } = await known;
    // The same file under two names, or with two ways to preprocess, is one compiled model.
    const { name, preprocess } = model;
    return { description, task: { ...task, name, preprocess, epsilonScale: model.identity.epsilonScale } };
  }

  async #compile(model: OpenModel, batchSize: number, key: string): Promise<CompiledModel> {
    const file = (kind: string): string => join(this.#folder, `${key}-${kind}.onnx`);
    const described = join(this.#folder, `${key}.json`);
    const existing = await readFile(described, 'utf8').catch(() => null);
    const result =
      existing === null
        ? await compileTo(file, described, model, batchSize)
        : description.parse(JSON.parse(existing));
    const { channels, height, width } = result;
    return {
      description: result,
      task: {
        name: model.name,
        forward: file('forward'),
        perturbation: file('perturbation'),
        scoring: file('scoring'),
        preprocess: model.preprocess,
        input: { channels, height, width },
        epsilonScale: model.identity.epsilonScale,
      },
    };
  }
}

async function compileTo(
  file: (kind: string) => string,
  described: string,
  model: OpenModel,
  batchSize: number,
): Promise<ModelDescription> {
  const decoded = attributed(model.file, decodeModel, await readFile(model.file));
  const result = attributed(model.file, describeModel, decoded);
  const { parameters, tie, untie } = model.identity;
  const options = { parameters, tie, untie, batch: batchSize };
  for (const [kind, compile] of [
    ['forward', compileForward],
    ['perturbation', compilePerturbation],
    ['scoring', compileScoring],
  ] as const) {
    const graph = attributed(model.file, (source: Model) => compile(source, options), decoded);
    await writeAtomically(file(kind), encodeModel(graph));
  }
  await writeAtomically(described, `${JSON.stringify(result)}\n`);
  return result;
}

/** Names the file in what is wrong with a model. */
function attributed<From, To>(file: string, step: (from: From) => To, from: From): To {
  try {
    return step(from);
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

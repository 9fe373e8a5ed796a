import type { ParameterOptions } from '../stages/differentiation/parameter.js';
import type { ParameterDecisions } from '../stages/differentiation/parameters.js';
import { encodeModel } from '../stages/onnx/encode.js';
import { type CompileOptions, compileOneShot, listParameters } from '../stages/scoring/compile.js';
import { notesOn } from '../stages/scoring/describe-model.js';
import { naming, readModel } from './model/read-model.js';

/**
 * Compiles an ONNX classifier into one graph that perturbs and scores a batch: inputs `image` float32 [N, C, H, W]
 * (preprocessed), `temperature` float32 [1], `epsilon` float32 [C] (step of each channel in the network's input space);
 * outputs `logits` [N, K] and `predicted` int64 [N] at the perturbed image, and float32 [N] `log_odds`, `log_s`,
 * `log_sg`, `log_g`.
 * @param file path of the ONNX file
 * @returns the bytes of an ONNX file (opset 17, standard operations)
 * @throws InputError or ModelError naming the file and, where there is one, the operation and node
 */
export async function compile(file: string, options: CompileOptions = {}): Promise<Uint8Array> {
  const model = await readModel(file);
  return naming(file, () => encodeModel(compileOneShot(model, options)));
}

/** What counts as a parameter of the model, and why. @throws as `compile` */
export async function parametersOf(
  file: string,
  options: ParameterOptions = {},
): Promise<ParameterDecisions> {
  const model = await readModel(file);
  return naming(file, () => listParameters(model, options));
}

/** A model file, read once for all that is asked of it. */
export interface ModelToCompile {
  readonly decisions: ParameterDecisions;
  /** What users of its scores should know, each in one line. */
  readonly notes: readonly string[];
  /** The bytes of the scorer. @throws as `compile` */
  readonly compile: () => Uint8Array;
}

/** Reads a model to be compiled, and says what its scores will be made of. @throws as `compile` */
export async function modelToCompile(file: string, options: CompileOptions): Promise<ModelToCompile> {
  const model = await readModel(file);
  return naming(file, () => ({
    decisions: listParameters(model, options),
    notes: notesOn(model),
    compile: () => naming(file, () => encodeModel(compileOneShot(model, options))),
  }));
}

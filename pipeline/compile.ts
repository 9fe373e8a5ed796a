/** `grodin/compile`: what turns classifiers into scorers; loads neither an engine nor a decoder of images. */
import type { ParameterOptions } from '../stages/differentiation/parameter.js';
import type { ClassifierDescription } from '../stages/features/describe-classifier.js';
import { requireModelFile, requirePath } from './arguments.js';
import { type CompileSettings, modelToCompile, type ParameterList } from './model/model-to-compile.js';
import type { ScorerFiles } from './model/scorer-files.js';
import { checkedOptions } from './options.js';

export type { ParameterOptions } from '../stages/differentiation/parameter.js';
export { type ErrorKind, GrodinError, InputError, ModelError, RunFailedError } from '../stages/errors.js';
export type {
  ClassifierDescription,
  HeadDescription,
  HeadTensor,
} from '../stages/features/describe-classifier.js';
export type { FeaturesInFile } from '../stages/features/features-in-file.js';
export type { LoweringPreset } from '../stages/lowerings/lowerings.js';
export type { ParameterRole } from '../stages/operations/operation.js';
export type {
  CompileSettings,
  ListedParameter,
  ListedTensor,
  ParameterList,
} from './model/model-to-compile.js';
export type { ScorerFiles } from './model/scorer-files.js';

/** How a scorer is compiled, and who is told about the model. */
export interface CompileOptions extends CompileSettings {
  /** Told in one line each what users of the scores should know of the model. What it throws is what the call throws. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/**
 * Compiles an ONNX classifier into one graph that perturbs and scores a batch: inputs `image` float32 [N, C, H, W]
 * (preprocessed), `temperature` float32 [1], `epsilon` float32 [C] (step of each channel in the network's input space);
 * outputs `logits` [N, K] and `predicted` int64 [N] at the perturbed image, and float32 [N] `log_odds`, `log_s`,
 * `log_sg`, `log_g`; where they are asked for, float32 `features` [N, D] at the perturbed image, and `layer_log_norms` [N, L],
 * log SG of each parameter of θ alone, whose names are under `grodin.layers` in the file's metadata, as JSON.
 * @param file path of the ONNX file
 * @returns the bytes of an ONNX file (opset 17, standard operations)
 * @throws InputError naming an option that is out of bounds
 * @throws InputError or ModelError naming the file and, where there is one, the operation and node; ModelError too where
 * one ONNX file can't hold the weights (`writeScorer` writes two)
 */
export async function compile(file: string, options: CompileOptions = {}): Promise<Uint8Array> {
  requireModelFile('compile', file);
  const { onNote, ...settings } = checkedOptions('compile', options);
  const model = await modelToCompile(file, settings);
  for (const note of model.notes) await onNote?.(note);
  return model.compile();
}

/**
 * Compiles as `compile` does, and writes the scorer to a file, whole or not at all. What one ONNX file can't hold, 2 GiB and
 * more, has its weights in another beside it, which is named in the first and must stay beside it.
 * @param output path of the scorer
 * @throws as `compile`; InputError or RunFailedError naming the output, where it can't be written
 */
export async function writeScorer(
  file: string,
  output: string,
  options: CompileOptions = {},
): Promise<ScorerFiles> {
  requireModelFile('writeScorer', file);
  requirePath('writeScorer', 'output', output, 'the path of the scorer');
  const { onNote, ...settings } = checkedOptions('writeScorer', options);
  const model = await modelToCompile(file, settings);
  for (const note of model.notes) await onNote?.(note);
  return model.write(output);
}

/**
 * What counts as a parameter of the model, and why. What else `compile` takes is let through.
 * @throws as `compile`
 */
export async function listParameters(
  file: string,
  options: ParameterOptions & Pick<CompileOptions, 'modelOutput' | 'size'> = {},
): Promise<ParameterList> {
  requireModelFile('listParameters', file);
  const { onNote: _, ...settings }: CompileOptions = checkedOptions('listParameters', options);
  return (await modelToCompile(file, settings)).parameters();
}

/**
 * Where the logits of a model are, what its last layer reads (features [N, D]) and that layer's W [K, D] and b [K], with
 * logits = features·Wᵀ + b; or why that can't be found. @throws as `compile`
 */
export async function describeClassifier(
  file: string,
  options: Pick<CompileOptions, 'modelOutput' | 'size'> = {},
): Promise<ClassifierDescription> {
  requireModelFile('describeClassifier', file);
  const { onNote: _, ...settings }: CompileOptions = checkedOptions('describeClassifier', options);
  return (await modelToCompile(file, settings)).describe();
}

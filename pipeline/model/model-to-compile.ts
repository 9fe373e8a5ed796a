import type { ParameterOptions } from '../../stages/differentiation/parameter.js';
import { type ClassifierDescription, describeClassifier } from '../../stages/features/describe-classifier.js';
import { type LoweringPreset, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { ParameterRole } from '../../stages/operations/operation.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { notesOn } from '../../stages/scoring/describe-model.js';
import { requireOtherFiles } from './other-files.js';
import { naming, readHashedModel } from './read-model.js';
import { type ScorerFiles, writeScorerFiles } from './scorer-files.js';

/** How a scorer is compiled. */
export interface CompileSettings extends ParameterOptions {
  /** Images in every batch. Default: free. */
  readonly batch?: number | undefined;
  /** Name of the model's output that is scored. Default: the only one that can be logits. */
  readonly modelOutput?: string | undefined;
  /** Height and width in pixels, of a model that leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** Which of several equal forms are emitted: by the provider that they are fastest on. Default: `cpu`. */
  readonly lowerings?: LoweringPreset | undefined;
  /** Whether the scorer has an output `features` [N, D], what the last layer reads of the perturbed image. Default: no. */
  readonly features?: boolean | undefined;
  /** Whether it has an output `layer_log_norms` [N, L], log SG of each parameter of θ alone. Default: no. */
  readonly layerNorms?: boolean | undefined;
}

/** What was decided for each tensor of a model, and why. */
export interface ParameterList {
  readonly parameters: readonly ListedParameter[];
  /** Floating-point tensors that stand where parameters may stand, but are not counted as parameters. */
  readonly others: readonly ListedTensor[];
}

/** A parameter: its gradient is the sum over the nodes that use it. */
export interface ListedParameter {
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
  /** Whether it belongs to θ. */
  readonly scored: boolean;
  /** Its place among the norms of layers, counted from 0; null where it does not belong to θ. */
  readonly layer: number | null;
  /** Names of the nodes that use it. */
  readonly nodes: readonly string[];
  /** Why it is one parameter, and why it is scored or not. */
  readonly reason: string;
}

/** A tensor that is no parameter. */
export interface ListedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Name of the node that uses it. */
  readonly node: string;
  readonly reason: string;
}

/** A model file, read once for all that is asked of it. */
export interface ModelToCompile {
  /** What users of its scores should know, each in one line. */
  readonly notes: readonly string[];
  /** What its scores are made of. @throws ModelError naming the file */
  readonly parameters: () => ParameterList;
  /** Where logits, features and head are. @throws ModelError naming the file */
  readonly describe: () => ClassifierDescription;
  /** The bytes of the scorer. @throws ModelError naming the file, also where one ONNX file can't hold its weights */
  readonly compile: () => Uint8Array;
  /**
   * Writes the scorer. @throws ModelError naming the file; InputError or RunFailedError naming the output
   */
  readonly write: (output: string) => Promise<ScorerFiles>;
}

/** Reads a model to be compiled. @throws InputError or ModelError naming the file */
export async function modelToCompile(
  file: string,
  { lowerings = 'cpu', modelOutput: output, size, batch, features, layerNorms, ...options }: CompileSettings,
): Promise<ModelToCompile> {
  const { model, files } = await readHashedModel(file, { output, size });
  const scorer = () =>
    compileOneShot(model, {
      ...options,
      ...(batch === undefined ? {} : { batch }),
      ...(features === undefined ? {} : { features }),
      ...(layerNorms === undefined ? {} : { layerNorms }),
      lowerings: loweringPresets[lowerings],
    });
  return {
    notes: naming(file, () => notesOn(model)),
    parameters: () => naming(file, () => plain(decideModelParameters(model, options))),
    describe: () => naming(file, () => describeClassifier(model, options)),
    compile: () => naming(file, () => encodeModel(scorer())),
    write: async (output) => {
      await requireOtherFiles(output, files);
      return writeScorerFiles(output, { of: file, scorer: naming(file, scorer) });
    },
  };
}

function plain({ parameters, others }: ReturnType<typeof decideModelParameters>): ParameterList {
  const layers = new Map(parameters.filter(({ scored }) => scored).map(({ name }, at) => [name, at]));
  return {
    parameters: parameters.map(({ name, role, dims, scored, reason, uses }) => ({
      name,
      role,
      shape: dims,
      scored,
      layer: layers.get(name) ?? null,
      nodes: uses.map((use) => use.step.context.node.name),
      reason,
    })),
    others: others.map(({ name, dims, node, reason }) => ({ name, shape: dims, node, reason })),
  };
}

import type { ParameterOptions } from '../../stages/differentiation/parameter.js';
import { type LoweringPreset, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { ParameterRole } from '../../stages/operations/operation.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { notesOn } from '../../stages/scoring/describe-model.js';
import { naming, readModel } from './read-model.js';

/** How a scorer is compiled. */
export interface CompileSettings extends ParameterOptions {
  /** Images in every batch. Default: free. */
  readonly batch?: number | undefined;
  /** Name of the model's output that is scored. Default: the only one that can be logits. */
  readonly modelOutput?: string | undefined;
  /** Which of several equal forms are emitted: by the provider that they are fastest on. Default: `cpu`. */
  readonly lowerings?: LoweringPreset | undefined;
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
  /** The bytes of the scorer. @throws ModelError naming the file */
  readonly compile: () => Uint8Array;
}

/** Reads a model to be compiled. @throws InputError or ModelError naming the file */
export async function modelToCompile(
  file: string,
  { lowerings = 'cpu', modelOutput, batch, ...options }: CompileSettings,
): Promise<ModelToCompile> {
  const model = await readModel(file, modelOutput);
  return {
    notes: naming(file, () => notesOn(model)),
    parameters: () => naming(file, () => plain(decideModelParameters(model, options))),
    compile: () =>
      naming(file, () =>
        encodeModel(
          compileOneShot(model, {
            ...options,
            ...(batch === undefined ? {} : { batch }),
            lowerings: loweringPresets[lowerings],
          }),
        ),
      ),
  };
}

function plain({ parameters, others }: ReturnType<typeof decideModelParameters>): ParameterList {
  return {
    parameters: parameters.map(({ name, role, dims, scored, reason, uses }) => ({
      name,
      role,
      shape: dims,
      scored,
      nodes: uses.map((use) => use.step.context.node.name),
      reason,
    })),
    others: others.map(({ name, dims, node, reason }) => ({ name, shape: dims, node, reason })),
  };
}

import { withoutBranches } from '../../stages/branches/resolve-branches.js';
import { withReadInputsFirst } from '../../stages/import/idle-inputs.js';
import { withImageSize, withUsualImageSize } from '../../stages/import/image-layout.js';
import { withOutput } from '../../stages/import/output.js';
import type { Model } from '../../stages/onnx/model.js';
import { fixedSize, type Preprocess, type Sides } from '../../workers/images/preprocess.js';

/** What is said of a model beside its file, of what the file leaves open. */
export interface ModelChoices {
  /** Name of the output that is scored; all are kept where it is left out. */
  readonly output?: string | undefined;
  /** Height and width, of a model that leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** The size that its images have is that of such a model where none is said. */
  readonly preprocess?: Pick<Preprocess, 'resize' | 'crop'> | undefined;
}

/**
 * A model with what is said of it, and with the branches of its If nodes that are taken then.
 * @throws ModelError where it has no such output, or another size, or branches that the image decides between
 */
export function choose(model: Model, choices: ModelChoices): Model {
  return withoutBranches(withSize(withReadInputsFirst(withOutput(model, choices.output)), choices));
}

function withSize(chosen: Model, choices: ModelChoices): Model {
  if (choices.size) {
    const [height, width] = choices.size;
    return withImageSize(chosen, { height, width });
  }
  const fixed = choices.preprocess ? fixedSize(choices.preprocess) : null;
  if (fixed === null) return chosen;
  const [height, width] = fixed;
  return withUsualImageSize(chosen, { height, width });
}

/** What graphs of a model depend on besides its file: equal for choices that give equal models, whichever file it is. */
export function graphChoices({ output, size, preprocess }: ModelChoices): {
  readonly output?: string;
  readonly size?: readonly [height: number, width: number];
  readonly crop?: Sides;
} {
  // A square's side, as before there were other crops: graphs that were kept go by it.
  const crop = preprocess?.crop ?? (preprocess ? fixedSize(preprocess) : null);
  return {
    ...(output === undefined ? {} : { output }),
    ...(size === undefined ? (crop === null ? {} : { crop }) : { size }),
  };
}

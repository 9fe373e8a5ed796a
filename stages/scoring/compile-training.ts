import { batchGradients } from '../differentiation/backward.js';
import { add, divide, exponential, multiply, negate } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { batchSum } from '../lowerings/batch-gradient.js';
import type { Model } from '../onnx/model.js';
import { withoutGradient } from './gradient-ends.js';
import {
  beginGraph,
  finishGraph,
  type GraphOptions,
  imageInput,
  outputAll,
  recordWithParameters,
} from './graph-parts.js';
import { softmaxHead } from './head.js';

/** How the training step of a model is compiled. */
export interface TrainingOptions extends GraphOptions {
  /** Images of a batch. */
  readonly batch: number;
  /** Whether each gradient is an output too, by `gradientName`. Default: false. */
  readonly gradients?: boolean;
}

/** What an output is called that is the gradient in a parameter. */
export function gradientName(parameter: string): string {
  return `gradient of ${parameter}`;
}

/**
 * What an ordinary training step computes of a network: forward pass, backward pass, and the gradients of the mean loss in all of
 * θ, each a sum over the batch. The loss is the cross entropy of the predicted class; normalisations keep their running
 * statistics, and the step along the gradient is left out. `image` [N, C, H, W] → `loss` [1] and `squared_norm` [1], the squared
 * norm of the gradient, for which every part of it has to be there.
 * @throws ModelError as `compileScoring`
 */
export function compileTraining(model: Model, options: TrainingOptions): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const { tape, parameters } = recordWithParameters(b, model, classifier, image, options);
  const images = b.scalar(options.batch);
  const head = b.inSingle(() => softmaxHead(b, tape.logits, b.floats([1], Float32Array.of(1))));
  // v is of unit scale: ∇ₕ(−log S) = (1 − S)·v, and 1 − S = S·e^λ.
  const cotangent = b.inSingle(() => {
    const factor = divide(b, exponential(b, add(b, head.lambda, head.logS)), images);
    return multiply(b, head.cotangent, reshape(b, factor, ['N', 1]));
  });
  const gradients = batchGradients(b, tape, cotangent, parameters);
  if (gradients.size === 0) throw withoutGradient(tape);
  const loss = asVector(b, divide(b, negate(b, batchSum(b, head.logS)), images));
  // In the order of the backward pass, so that each gradient is needed for a short time only.
  const norms = [...gradients.values()].toReversed().map((gradient) => sumOfSquares(b, gradient));
  const squaredNorm = norms.reduce((total, norm) => add(b, total, norm));
  outputAll(b, 'training', { loss, squaredNorm }, {});
  if (options.gradients) for (const [{ name }, gradient] of gradients) b.output(gradientName(name), gradient);
  return finishGraph(b, 'training', lowerings);
}

function sumOfSquares(b: GraphBuilder, x: Value): Value {
  return asVector(b, b.emit('ReduceSumSquare', [x], { keepdims: int(0) }, { shape: [], ofImages: true }));
}

/** A number of its own as a list of one. */
function asVector(b: GraphBuilder, x: Value): Value {
  return b.emit('Reshape', [x, b.integers([1])], {}, { shape: [1], ofImages: true });
}

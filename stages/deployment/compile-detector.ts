import type { Detector } from '../detectors/detector.js';
import { record } from '../differentiation/tape.js';
import { greater } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { argMax } from '../graph/reduction.js';
import type { Model } from '../onnx/model.js';
import {
  ascentDirection,
  beginGraph,
  emitScores,
  finishGraph,
  type GraphOptions,
  imageInput,
  perturb,
  recordWithParameters,
} from '../scoring/graph-parts.js';
import { softmaxHead } from '../scoring/head.js';

/** A detector with everything that was found for it: a verdict needs nothing else. */
export interface DeployedDetector {
  readonly detector: Detector;
  readonly temperature: number;
  /** Step of each channel in the network's input space, [C]; all 0 for none. */
  readonly steps: readonly number[];
  /** δ: an image is rejected where its score is larger. */
  readonly threshold: number;
}

/** Names of the graph's inputs and outputs. */
const detectorNames = {
  image: 'image',
  score: 'score',
  isOutOfDomain: 'is_out_of_domain',
  predicted: 'predicted',
} as const;

/**
 * One graph that gives verdicts: `image` [N, C, H, W] (preprocessed) → `score` float32 [N], `is_out_of_domain` bool [N] and
 * `predicted` int64 [N], the class of the image as it is. It holds what its cell needs: no perturbation where ε is 0, and
 * gradients by parameters only for a detector that reads them.
 * @throws ModelError naming the operation and node that has no rule; TypeError for a detector that no graph has
 */
export function compileDetector(
  model: Model,
  { detector, temperature, steps, threshold }: DeployedDetector,
  options: GraphOptions = {},
): Model {
  const { emit, compared, needsGradient } = detector;
  if (emit === null) throw new TypeError(`${detector.name} is no part of a graph`);
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const t = b.floats([1], Float32Array.of(temperature));
  const moves = steps.some((step) => step !== 0);
  const recorded = (seen: Value): ReturnType<typeof recordWithParameters> =>
    needsGradient
      ? recordWithParameters(b, model, classifier, seen, options)
      : { tape: record(b, model, classifier, seen, lowerings), parameters: [] };
  // One forward pass serves both where the image stays as it is: a second one has constants of its own, and is not found equal.
  const unmoved = moves ? null : recorded(image);
  const clean = unmoved?.tape ?? record(b, model, classifier, image, lowerings);
  const { tape, parameters } =
    unmoved ??
    recorded(
      perturb(
        b,
        image,
        ascentDirection(b, clean, image, t, lowerings),
        b.floats([steps.length], Float32Array.from(steps)),
      ),
    );
  const gradient = needsGradient ? emitScores(b, tape, t, parameters, options) : null;
  b.inSingle(() => {
    const head = softmaxHead(b, tape.logits, t);
    const emitted = { ...head, logits: tape.logits, gradient };
    const score = emit(b, emitted);
    const decides = compared
      ? { value: compared.emit(b, emitted), threshold: compared.of(threshold) }
      : { value: score, threshold };
    b.output(detectorNames.predicted, argMax(b, clean.logits, 1));
    b.output(detectorNames.isOutOfDomain, greater(b, decides.value, b.scalar(decides.threshold)));
    b.output(detectorNames.score, score);
  });
  return finishGraph(b, 'detector', lowerings);
}

import { type Tape, wiredSteps } from '../differentiation/tape.js';
import { ModelError } from '../errors.js';
import { sizeOf } from '../graph/shape.js';
import { attributed } from '../import/attributed.js';
import { producersOf } from '../onnx/wiring.js';
import { lastLayer } from './last-layer.js';
import type { LinearHead } from './linear-head.js';
import type { Reached } from './reached.js';
import { stepBack } from './steps-back.js';

/** Numbers that are kept on the way back, one for each class and node: more come from a damaged file. */
const mostNumbers = 2 ** 24;

/**
 * Goes back from the logits to the last layer with weights, over what keeps them a linear function: constants that shift
 * and scale, means over all positions, other shapes.
 * @throws ModelError with the reason, and the node that it is, where there is no such layer
 */
export function findHead(tape: Tape): LinearHead {
  // The first to make a value: Identity, Cast and Dropout hand on what they read.
  const producers = producersOf(wiredSteps(tape).toReversed());
  const classes = sizeOf(tape.logits.shape, 1);
  let left = mostNumbers - classes;
  if (left < 0) throw new ModelError(`there are ${classes} classes, more than heads are found of`);
  let at: Reached = { value: tape.logits, axis: 1, factors: new Float64Array(classes).fill(1), biases: [] };
  for (;;) {
    const from = at;
    const step = producers.get(from.value.name)?.step;
    if (!step) throw new ModelError('no layer with weights lies between the image and the logits');
    const found = attributed(step.context.node, () => lastLayer(step, from) ?? stepBack(step, from));
    if ('step' in found) return found;
    at = found;
    left -= classes;
    if (left < 0)
      throw new ModelError(
        `more than ${Math.floor(mostNumbers / classes)} nodes lie between the last layer with weights and the ${classes} logits`,
      );
  }
}

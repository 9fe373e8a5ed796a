import { ModelError } from '../errors.js';
import { formatShape, type Shape } from '../graph/shape.js';
import type { Node } from '../onnx/model.js';
import { shown } from '../shown.js';
import { intAttribute } from './attributes.js';

/** Where the logits are, and the Softmax or LogSoftmax behind them, if there is one. */
export interface ClosingSoftmax {
  readonly logits: string;
  readonly softmax: Node | null;
}

/**
 * The tensor before the Softmax or LogSoftmax that closes a network, or the output itself: of both, the softmax at any
 * temperature is that of the logits. Only one is cut off: a Softmax of a Softmax is another function.
 */
export function beforeClosingSoftmax(output: string, producers: ReadonlyMap<string, Node>): ClosingSoftmax {
  let logits = output;
  const seen = new Set<string>();
  for (let node = producers.get(logits); node && isOf(node, ['Identity']); node = producers.get(logits)) {
    logits = inputOf(node);
    if (seen.has(logits)) throw new ModelError(`the graph goes in a circle at ${shown(logits)}`);
    seen.add(logits);
  }
  const node = producers.get(logits);
  return node && isOf(node, ['Softmax', 'LogSoftmax'])
    ? { logits: inputOf(node), softmax: node }
    : { logits, softmax: null };
}

/**
 * A softmax that is cut off must be one over classes.
 * @param shape of what it reads
 * @throws ModelError where it is over another axis, or over the batch
 */
export function requireOverClasses(softmax: Node, shape: Shape, opset: number): void {
  const given = intAttribute(softmax, 'axis', opset < 13 ? 1 : -1);
  const axis = given < 0 ? given + shape.length : given;
  if (axis !== 1)
    throw new ModelError(
      `operation ${softmax.type}, node ${shown(softmax.name)}: it is over axis ${given} of ${formatShape(shape)}, expected the classes' axis 1; export the model with the logits as output`,
    );
}

const isOf = ({ type, domain }: Node, types: readonly string[]): boolean =>
  domain === '' && types.includes(type);

function inputOf({ inputs, type, name }: Node): string {
  const [input, another] = inputs;
  if (input === undefined || input === '' || another)
    throw new ModelError(
      `operation ${type}, node ${shown(name)}: ${another ? `has ${inputs.length} inputs, expected 1 at most` : 'input 0 is missing'}`,
    );
  return input;
}

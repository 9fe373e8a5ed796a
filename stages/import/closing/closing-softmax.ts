import { ModelError } from '../../errors.js';
import { formatShape } from '../../graph/shape.js';
import { elementTypeOf, floatTypes, type Node, type Tensor } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { intAttribute } from '../attributes.js';
import { holdsImages, perImage, type Size } from '../sizes.js';
import { KnownNumbers } from './known-numbers.js';
import { scaledInput } from './scales.js';

/** Where the logits are, and the Softmax or LogSoftmax that closes the network, if one does. */
export interface ClosingSoftmax {
  readonly logits: string;
  readonly softmax: Node | null;
  /** What scales the softmax's result by a positive number, by the tensor that each scales. */
  readonly scales: ReadonlyMap<Node, string>;
}

/** What hands on the elements that it takes. */
const views = ['Flatten', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze'];

/**
 * The tensor before the Softmax or LogSoftmax that closes a network, or the output itself: of both, the softmax at any
 * temperature is that of the logits. Only one is cut off: a Softmax of a Softmax is another function. Where its result
 * is brought into another shape or order, as older exporters do for a softmax over an axis that is not the last, the logits are what is so without it: the softmax is to be taken for a copy then.
 * So are products of a Softmax's result with positive numbers, as per cent are: the logits are what is without them. Of a LogSoftmax
 * such a product is one of logits, and stays.
 * @param producer who wrote the file, as it says
 */
export function beforeClosingSoftmax(
  output: string,
  producers: ReadonlyMap<string, Node>,
  initializers: ReadonlyMap<string, Tensor>,
  producer = '',
): ClosingSoftmax {
  const numbers = new KnownNumbers(producers, initializers);
  const scales = new Map<Node, string>();
  const isScale = (node: Node): boolean => {
    const scaled = scaledInput(node, numbers, producer);
    if (scaled !== null) scales.set(node, scaled);
    return scaled !== null;
  };
  const seen = new Set<string>();
  const back = (from: string, passes: (node: Node) => boolean): string => {
    let name = from;
    for (let node = producers.get(name); node && passes(node); node = producers.get(name)) {
      name = scales.get(node) ?? (isOf(node, views) ? (node.inputs[0] ?? '') : inputOf(node));
      if (seen.has(name)) throw new ModelError(`the graph goes in a circle at ${shown(name)}`);
      seen.add(name);
    }
    return name;
  };
  const logits = back(output, (node) => isOf(node, ['Identity']));
  const isCopy = (node: Node): boolean => isOf(node, ['Identity']) || isFloatCast(node) || isScale(node);
  const copied = back(logits, isCopy);
  const viewed = back(copied, (node) => isOf(node, views) || isCopy(node));
  const node = producers.get(viewed);
  const closes = node && isOf(node, scales.size > 0 ? ['Softmax'] : ['Softmax', 'LogSoftmax']);
  if (!closes) return { logits, softmax: null, scales: new Map() };
  return { logits: viewed === copied ? inputOf(node) : logits, softmax: node, scales };
}

/**
 * The nodes with a closing softmax, and what scales its result, as copies of what they read: of what follows only the shape is
 * another.
 * @returns the nodes themselves where it is none of them
 */
export function withoutSoftmax(
  nodes: readonly Node[],
  { softmax, scales }: Pick<ClosingSoftmax, 'softmax' | 'scales'>,
): readonly Node[] {
  return nodes.map((node) => {
    const scaled = scales.get(node);
    if (node !== softmax && scaled === undefined) return node;
    const inputs = scaled === undefined ? node.inputs : [scaled];
    return { ...node, type: 'Identity', inputs, attributes: new Map() };
  });
}

/**
 * A softmax that is cut off must be one over the classes, and so over all that there is of an image.
 * @param shape of what it reads
 * @throws ModelError where it is over another axis, or over the batch
 */
export function requireOverClasses(softmax: Node, shape: readonly Size[], opset: number): void {
  const isFlat = opset < 13;
  const given = intAttribute(softmax, 'axis', isFlat ? 1 : -1);
  const axis = given < 0 ? given + shape.length : given;
  const covered = isFlat ? shape.slice(axis) : shape.slice(axis, axis + 1);
  const isOfOneImage = covered.length > 0 && !covered.some(holdsImages);
  if (axis >= 0 && isOfOneImage && elements(covered) === elements(shape)) return;
  const expected = axis === 1 ? 'all that an image has there' : "the classes' axis 1";
  throw new ModelError(
    `operation ${softmax.type}, node ${shown(softmax.name)}: it is over axis ${given} of ${formatShape(shape)}, expected ${expected}; export the model with the logits as output`,
  );
}

const elements = (sizes: readonly Size[]): number =>
  sizes.reduce<number>((product, size) => product * perImage(size), 1);

function isFloatCast(node: Node): boolean {
  const type = isOf(node, ['Cast']) ? elementTypeOf(intAttribute(node, 'to', 0)) : undefined;
  return type !== undefined && floatTypes.has(type);
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

import { ModelError } from '../errors.js';
import { ints } from '../graph/builder.js';
import { outputSize, overhanging } from '../graph/convolution.js';
import type { Shape } from '../graph/shape.js';
import { intAttribute, intsAttribute } from '../import/attributes.js';
import { Primitives } from '../import/rewrites/primitives.js';
import { perImage, type Size } from '../import/sizes.js';
import type { Attribute, Node } from '../onnx/model.js';
import { listed } from '../shown.js';
import { readWindow } from './window.js';

/** How many numbers an attribute of windows over three axes has, by its name. */
const lengths = { kernel_shape: 3, strides: 3, dilations: 3, pads: 6 } as const;

/**
 * A pool over three axes as one over each plane and one along the depth of what that gives. A mean is that of means, whatever
 * counts of the padding, as a window has as many places as its sides multiplied; of equal maxima the first stays the first.
 * @param shape of the input, [N, C, depth, H, W]
 * @throws ModelError for what does not fit
 */
export function planesThenDepth(node: Node, shape: readonly Size[]): Node[] {
  if (node.outputs.slice(1).some((name) => name !== ''))
    throw new ModelError('gives the places of its maxima over three axes, which is not supported');
  const [, channels = 1, depth = 1, height = 1, width = 1] = shape.map(perImage);
  const made = new Primitives(node);
  const planes = made.step('Reshape', [made.input(0), made.integers([0, channels * depth, height, width])]);
  const overPlane = along(node, [1, 2]);
  const pooled = made.step(node.type, [planes], overPlane);
  const [rows, columns] = sizesAfter(node, overPlane, ['N', channels * depth, height, width]);
  const columnsOfDepth = made.step('Reshape', [pooled, made.integers([0, channels, depth, rows * columns])]);
  const alongDepth = along(node, [0]);
  const ends = made.step(node.type, [columnsOfDepth], alongDepth);
  const [steps] = sizesAfter(node, alongDepth, ['N', channels, depth, rows * columns]);
  return made.ending('Reshape', [ends, made.integers([0, channels, steps, rows, columns])]);
}

/** The attributes of a pool that moves along two of three axes, or along one and stands still along another. */
function along(node: Node, axes: readonly [number, number] | readonly [number]): Record<string, Attribute> {
  const attributes = Object.fromEntries(node.attributes);
  for (const [name, length] of Object.entries(lengths)) {
    const sizes = intsAttribute(node, name, null);
    if (sizes === null) continue;
    if (sizes.length !== length)
      throw new ModelError(`${name} is [${listed(sizes)}], expected ${length} sizes for three axes`);
    const still = axes.length === 2 ? [] : [name === 'pads' ? 0 : 1];
    const ofSide = (side: number) => [...axes.map((axis) => sizes[side + axis] ?? 0), ...still];
    attributes[name] = ints(length === 6 ? [...ofSide(0), ...ofSide(3)] : ofSide(0));
  }
  return attributes;
}

function sizesAfter(
  node: Node,
  attributes: Readonly<Record<string, Attribute>>,
  shape: Shape,
): readonly [number, number] {
  const window = readWindow({ ...node, attributes: new Map(Object.entries(attributes)) }, shape);
  const isCeiled = intAttribute(node, 'ceil_mode', 0) !== 0;
  return outputSize(shape, isCeiled ? overhanging(shape, window) : window);
}

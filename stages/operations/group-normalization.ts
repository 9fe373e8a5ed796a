import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { elementsPerImage, formatShape, type Shape, sizeOf } from '../graph/shape.js';
import { requiredInt } from '../import/attributes.js';
import { channelledOfParts, channelsAxisOf } from './channels-axis.js';
import { constantAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { keptOf, standardized, standardizedCotangent } from './standardization.js';

/** The first operator set in which each channel has a scale and a shift; before, each group has. */
const scalesOfChannels = 21;

/** y = γ · x̂ + β, x̂ having mean 0 and variance 1 over the positions and channels of each group. */
export const groupNormalization: Operation = {
  type: 'GroupNormalization',
  inputs: [3, 3],
  batching: channelledOfParts,
  slots: { 1: { parameter: 'scale' }, 2: { parameter: 'shift' } },
  weighted: true,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const groups = groupsOf(context);
    const expected = scalesOf(context);
    for (const slot of [1, 2]) {
      const { dims } = constantAt(context, slot);
      if (String(dims) !== String(expected))
        throw new ModelError(
          `input ${slot} has shape ${formatShape(dims)}, expected [${expected}] in operator set ${context.opset}`,
        );
    }
    return b.inSingle(() => {
      const apart = reshape(b, x, inGroups(context, x.shape, groups));
      const { normal, deviation } = standardized(context, elementsOf(context), apart);
      const scaled = multiply(b, inScales(context, normal), eachScale(context, 1));
      return [reshape(b, add(b, scaled, eachScale(context, 2)), x.shape), normal, deviation];
    });
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    const { shape } = cotangent;
    return b.inSingle(() => {
      const arrived = multiply(b, inScales(context, cotangent), eachScale(context, 1));
      const apart = reshape(b, arrived, inGroups(context, shape, groupsOf(context)));
      return reshape(b, standardizedCotangent(b, apart, keptOf(context), elementsOf(context)), shape);
    });
  },
  parameter(context, slot) {
    const { builder: b } = context;
    const gradient = () => b.inSingle(() => summed(context, elementwise(context, slot)));
    return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
  },
};

/** What each element adds to the gradient of its scale or shift, [N, scales, elements], or [N, parts, scales, elements]. */
function elementwise(context: BackwardContext, slot: number): Value {
  const arrived = inScales(context, context.cotangent);
  if (slot === 2) return arrived;
  return multiply(context.builder, arrived, inScales(context, keptOf(context).normal));
}

/** An image's elements in so many groups of neighbouring channels, [N, groups, elements], or [N, parts, groups, elements]. */
function inGroups(context: NodeContext, shape: Shape, groups: number): Shape {
  const at = channelsAxisOf(context);
  return [...shape.slice(0, at), groups, elementsPerImage(shape.slice(at)) / groups];
}

/** The axis of the elements of a group. */
const elementsOf = (context: NodeContext): readonly number[] => [channelsAxisOf(context) + 1];

/** [N, groups], of what each element adds. */
function summed(context: NodeContext, x: Value): Value {
  const parts = x.shape.flatMap((_, axis) => (axis > 0 && axis < channelsAxisOf(context) ? [axis] : []));
  return reduceSum(context.builder, x, [...parts, ...elementsOf(context)]);
}

const inScales = (context: NodeContext, value: Value): Value =>
  reshape(context.builder, value, inGroups(context, value.shape, scalesOf(context)));

/** A factor or term of each channel or group, [scales, 1]. */
function eachScale(context: NodeContext, slot: number): Value {
  const { dims, data } = constantAt(context, slot);
  return context.builder.floats([...dims, 1], data);
}

const scalesOf = (context: NodeContext): number =>
  context.opset < scalesOfChannels ? groupsOf(context) : channelsOf(context);

function groupsOf(context: NodeContext): number {
  const groups = requiredInt(context.node, 'num_groups');
  const channels = channelsOf(context);
  if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0)
    throw new ModelError(`num_groups is ${groups}, which ${channels} channels don't divide into`);
  return groups;
}

const channelsOf = (context: NodeContext): number =>
  sizeOf(valueAt(context, 0).shape, channelsAxisOf(context));

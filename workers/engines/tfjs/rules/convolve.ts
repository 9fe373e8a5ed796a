import type { Window } from '../../../../stages/graph/convolution.js';
import {
  channelsLastFilter,
  depthwiseFilter,
  groupOf,
  groupsAlike,
  type Kernels,
  undilated,
} from '../kernels.js';
import type { RuleContext } from '../rule.js';
import type { Tensor1D, Tensor4D, TfjsTensor } from '../tensorflow.js';
import { padWindow } from './window.js';

type Pads = Window['pads'];

/** Convolves [N, H, W, C] → [N, H′, W′, O]. @param pads may be negative: then x is cropped */
export type Convolve = (x: TfjsTensor, pads: Pads) => TfjsTensor;

export interface Movement {
  readonly groups: number;
  readonly strides: Window['strides'];
  readonly dilations: Window['dilations'];
}

type Preparing = Pick<RuleContext, 'tf' | 'hold'>;

/**
 * Prepares a convolution: its filters go to the device once. What it makes besides its output, which may be several
 * times as large, is given back before another one runs.
 * @param bias [O], or null
 */
export function convolution(
  context: Preparing,
  kernels: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  return tidied(context, prepared(context, kernels, bias, movement));
}

function tidied({ tf }: Preparing, convolve: Convolve): Convolve {
  return (x, pads) => tf.tidy(() => convolve(x, pads));
}

function prepared(
  context: Preparing,
  kernels: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  const { groups, strides, dilations } = movement;
  const [outputs, inputs, height, width] = kernels.dims;
  // TensorFlow.js has strides or dilations.
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1)
    return prepared(context, undilated(kernels, dilations), bias, { ...movement, dilations: [1, 1] });
  if (groups === 1) return dense(context, kernels, bias, movement);
  // TensorFlow has no depthwise convolution whose strides differ.
  if (inputs === 1 && outputs % groups === 0 && strides[0] === strides[1])
    return depthwise(context, kernels, bias, movement);
  if (outputs === groups && strides[0] === strides[1]) return summed(context, kernels, bias, movement);
  if (height * width === 1 && Math.max(...strides) === 1 && bias === null && groupsAlike(kernels, groups))
    return alike(context, kernels, movement);
  return split(context, kernels, bias, movement);
}

function dense(
  { tf, hold }: Preparing,
  kernels: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  const [outputs, inputs, height, width] = kernels.dims;
  const filter = hold(tf.tensor4d(channelsLastFilter(kernels), [height, width, inputs, outputs]));
  const { strides, dilations } = movesOf(movement);
  const added: { readonly bias?: Tensor1D } = bias === null ? {} : { bias: hold(tf.tensor1d(bias.slice())) };
  return (x, pads) => {
    const [cropped, pad] = padsOf({ tf }, x, pads);
    return tf.fused.conv2d({ x: cropped, filter, strides, pad, dilations, ...added });
  };
}

/** Kernels that each see one channel; a channel may have several. */
function depthwise(
  { tf, hold }: Preparing,
  kernels: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  const [outputs, , height, width] = kernels.dims;
  const { groups } = movement;
  const filter = hold(
    tf.tensor4d(depthwiseFilter(kernels, groups), [height, width, groups, outputs / groups]),
  );
  const { strides, dilations } = movesOf(movement);
  const added = bias === null ? null : hold(tf.tensor1d(bias.slice()));
  return (x, pads) => {
    const [cropped, pad] = padsOf({ tf }, x, pads);
    const seen = tf.depthwiseConv2d(cropped, filter, strides, pad, 'NHWC', dilations);
    return added === null ? seen : tf.add(seen, added);
  };
}

/** One kernel a group: each of its channels by itself, then their sum. */
function summed(
  context: Preparing,
  { dims, data }: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  const { tf, hold } = context;
  const [groups, inputs, height, width] = dims;
  const channels = groups * inputs;
  const apart = depthwise(context, { dims: [channels, 1, height, width], data }, null, {
    ...movement,
    groups: channels,
  });
  const added = bias === null ? null : hold(tf.tensor1d(bias.slice()));
  return (x, pads) => {
    const seen = apart(x, pads);
    const [n = 1, tall = 1, wide = 1] = seen.shape;
    const sum = tf.reshape(tf.sum(tf.reshape(seen, [n, tall, wide * groups, inputs]), 3), [
      n,
      tall,
      wide,
      groups,
    ]);
    return added === null ? sum : tf.add(sum, added);
  };
}

/** 1×1 kernels that are those of every group: the groups are so many more positions. */
function alike(context: Preparing, kernels: Kernels, { groups, strides, dilations }: Movement): Convolve {
  const { tf } = context;
  const convolve = dense(context, groupOf(kernels, 0, groups), null, { groups: 1, strides, dilations });
  return (x, pads) => {
    const padded = padWindow(tf, x, { pads }, 0);
    const [n = 1, height = 1, width = 1, channels = 1] = padded.shape;
    const positions = tf.reshape(padded, [n, height, width * groups, channels / groups]);
    return tf.reshape(convolve(positions, [0, 0, 0, 0]), [n, height, width, -1]);
  };
}

function split(
  context: Preparing,
  kernels: Kernels,
  bias: Float32Array | null,
  { groups, ...moves }: Movement,
): Convolve {
  const size = kernels.dims[0] / groups;
  const each = Array.from({ length: groups }, (_, group) => {
    const own = bias?.subarray(group * size, (group + 1) * size) ?? null;
    return dense(context, groupOf(kernels, group, groups), own, { groups: 1, ...moves });
  });
  return byGroup(context, each, kernels.dims[1]);
}

/** @param size channels that each sees */
function byGroup({ tf }: Preparing, each: readonly Convolve[], size: number): Convolve {
  return (x, pads) => {
    const seen = (group: number): TfjsTensor => tf.slice(x, [0, 0, 0, group * size], [-1, -1, -1, size]);
    return tf.concat(
      each.map((convolve, group) => tf.tidy(() => convolve(seen(group), pads))),
      3,
    );
  };
}

type ExplicitPads = [[number, number], [number, number], [number, number], [number, number]];

/** Pads for TensorFlow.js, which knows no negative ones. */
function padsOf({ tf }: Pick<Preparing, 'tf'>, x: TfjsTensor, pads: Pads): [x: Tensor4D, pads: ExplicitPads] {
  const negative = Math.min(...pads) < 0;
  const [top, left, bottom, right] = negative ? [0, 0, 0, 0] : pads;
  const cropped = negative ? padWindow(tf, x, { pads }, 0) : x;
  return [
    cropped as Tensor4D,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  ];
}

function movesOf({ strides, dilations }: Movement): Record<'strides' | 'dilations', [number, number]> {
  return { strides: [...strides], dilations: [...dilations] };
}

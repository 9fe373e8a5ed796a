import { channelsLastFilter, depthwiseFilter, groupOf, type Kernels, undilated } from '../kernels.js';
import type { NodeContext } from '../rule.js';
import type { Tensor, Tensor4D } from '../tensorflow.js';
import { padOrCrop, type Window } from './window.js';

/** Convolves [N, H, W, C] → [N, H′, W′, O]. @param pads may be negative: then x is cropped */
export type Convolve = (x: Tensor, pads: Window['pads']) => Tensor;

export interface Movement {
  readonly groups: number;
  readonly strides: Window['strides'];
  readonly dilations: Window['dilations'];
}

/** Prepares a convolution: its filters go to the device once. @param bias [O], or null */
export function convolution(
  context: Pick<NodeContext, 'tf' | 'hold'>,
  kernels: Kernels,
  bias: Float32Array | null,
  movement: Movement,
): Convolve {
  const { tf, hold } = context;
  const { groups, strides, dilations } = movement;
  // TensorFlow.js has strides or dilations.
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1)
    return convolution(context, undilated(kernels, dilations), bias, { ...movement, dilations: [1, 1] });
  const [outputs, inputs, height, width] = kernels.dims;
  const moves = { strides: [...strides] as [number, number], dilations: [...dilations] as [number, number] };
  const uploadedBias = bias === null || (groups > 1 && inputs > 1) ? null : hold(tf.tensor1d(bias.slice()));

  if (groups === 1) {
    const filter = hold(tf.tensor4d(channelsLastFilter(kernels), [height, width, inputs, outputs]));
    return padded((x, pad) => {
      const options = { x, filter, pad, ...moves };
      return tf.fused.conv2d(uploadedBias === null ? options : { ...options, bias: uploadedBias });
    });
  }
  // TensorFlow has no depthwise convolution whose strides differ.
  if (inputs === 1 && outputs % groups === 0 && strides[0] === strides[1]) {
    const shape: [number, number, number, number] = [height, width, groups, outputs / groups];
    const filter = hold(tf.tensor4d(depthwiseFilter(kernels, groups), shape));
    return padded((x, pad) => {
      const seen = tf.depthwiseConv2d(x, filter, moves.strides, pad, 'NHWC', moves.dilations);
      return uploadedBias === null ? seen : tf.add(seen, uploadedBias);
    });
  }
  const size = outputs / groups;
  const each = Array.from({ length: groups }, (_, group) =>
    convolution(
      context,
      groupOf(kernels, group, groups),
      bias?.subarray(group * size, (group + 1) * size) ?? null,
      { ...movement, groups: 1 },
    ),
  );
  return (x, pads) =>
    tf.concat(
      tf.split(x, groups, 3).map((part, group) => each[group]?.(part, pads) ?? part),
      3,
    );

  function padded(convolve: (x: Tensor4D, pad: ExplicitPads) => Tensor): Convolve {
    return (x, [top, left, bottom, right]) => {
      const uncropped = Math.min(top, left, bottom, right) >= 0;
      if (uncropped)
        return convolve(x as Tensor4D, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
      const cropped = padOrCrop(
        tf,
        x,
        [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ],
        0,
      );
      return convolve(cropped as Tensor4D, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
    };
  }
}

type ExplicitPads = [[number, number], [number, number], [number, number], [number, number]];

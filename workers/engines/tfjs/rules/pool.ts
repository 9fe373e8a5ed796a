import { ModelError } from '../../../../stages/errors.js';
import type { Window } from '../../../../stages/graph/convolution.js';
import { intAttribute } from '../../../../stages/import/attributes.js';
import { channelsLast } from '../axis-order.js';
import { inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule, RuleContext } from '../rule.js';
import type { Tensor4D, TensorFlow, TfjsTensor } from '../tensorflow.js';
import { padWindow, reach, refuseCeilMode, windowOf } from './window.js';

/** Below every activation of a network that computes with finite numbers; −∞ is not safe in shaders. */
const LOWEST = -3.4028234e38;

export const maxPool: Rule = (context) => {
  const { tf, node } = context;
  refuseCeilMode(node);
  const window = windowOf(node);
  return overChannelsLast(context, (x) => {
    const padded = padWindow(tf, x, window, LOWEST) as Tensor4D;
    if (window.dilations.every((dilation) => dilation === 1))
      return tf.maxPool(padded, [...window.kernel], [...window.strides], 'valid');
    return shifted(tf, padded, window).reduce((maxima, seen) => tf.maximum(maxima, seen));
  });
};

export const averagePool: Rule = (context) => {
  const { tf, node } = context;
  refuseCeilMode(node);
  const window = windowOf(node);
  if (window.dilations.some((dilation) => dilation !== 1))
    throw new ModelError('there is no rule for dilations');
  const countPads = intAttribute(node, 'count_include_pad', 0) !== 0;
  const average = (x: TfjsTensor): TfjsTensor =>
    tf.avgPool(padWindow(tf, x, window, 0) as Tensor4D, [...window.kernel], [...window.strides], 'valid');
  const padded = window.pads.some((size) => size > 0);
  return overChannelsLast(context, (x) => {
    if (countPads || !padded) return average(x);
    const [, height = 1, width = 1] = x.shape;
    return tf.div(average(x), average(tf.ones([1, height, width, 1])));
  });
};

export const globalAveragePool: Rule = ({ tf, node }) => ({
  inputs: inputNames({ node }, 1),
  run: (values) => {
    const x = only(values);
    const positions = x.order.flatMap((axis, place) => (axis >= 2 ? [place] : []));
    return new OrderedTensor(tf, tf.mean(x.tensor, positions, true), x.order);
  },
});

function overChannelsLast({ tf, node }: RuleContext, apply: (x: TfjsTensor) => TfjsTensor): ReturnType<Rule> {
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      if (x.rank !== 4) throw new ModelError(`${node.type} ${node.name} of rank ${x.rank} has no rule`);
      return new OrderedTensor(tf, apply(x.in(channelsLast)), channelsLast);
    },
  };
}

/** What each element of a window sees, [N, H′, W′, C] each: pools of TensorFlow.js have no dilation. */
function shifted(tf: TensorFlow, x: Tensor4D, window: Window): TfjsTensor[] {
  const [n, height, width, channels] = x.shape;
  const { kernel, strides, dilations } = window;
  const [reachY, reachX] = reach(window);
  const [lastY, lastX] = [height - reachY, width - reachX];
  return Array.from({ length: kernel[0] * kernel[1] }, (_, index) => {
    const [top, left] = [Math.floor(index / kernel[1]) * dilations[0], (index % kernel[1]) * dilations[1]];
    return tf.stridedSlice(
      x,
      [0, top, left, 0],
      [n, top + lastY + 1, left + lastX + 1, channels],
      [1, ...strides, 1],
    );
  });
}

import { ModelError } from '../../../../stages/errors.js';
import type { Window } from '../../../../stages/graph/convolution.js';
import { intAttribute, intsAttribute } from '../../../../stages/import/attributes.js';
import { channelsLast } from '../axis-order.js';
import { constantFloats, inputNames, requiredConstantFloats } from '../constant-inputs.js';
import { type HeightAndWidth, type Kernels, kernelsOf, phaseKernels, undilated } from '../kernels.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule, RuleContext } from '../rule.js';
import type { TfjsTensor } from '../tensorflow.js';
import { type Convolve, convolution } from './convolve.js';
import { padOrCrop, reach, windowOf } from './window.js';

/**
 * As many convolutions as there are places between two strides, each of them an ordinary one: outputs at distance
 * `strides` see every `strides`-th element of the kernel. `conv2dTranspose` has neither groups nor dilations, and
 * slower kernels.
 */
export const convTranspose: Rule = (context) => {
  const { tf, node } = context;
  const kernels = kernelsOf(requiredConstantFloats(context, 1));
  if (kernels === null) throw new ModelError('there are rules for two spatial axes only');
  if (node.attributes.has('output_shape')) throw new ModelError('there is no rule for output_shape');
  const window = windowOf(node, kernels.dims.slice(2));
  const groups = intAttribute(node, 'group', 1);
  const [moreY = 0, moreX = 0] = intsAttribute(node, 'output_padding', [0, 0]);
  const outputs = kernels.dims[1] * groups;
  const bias = constantFloats(context, 2)?.data ?? new Float32Array(outputs);
  const phases = phasesOf(context, undilated(kernels, window.dilations), groups, window, bias);
  const [reachY, reachX] = reach(window);
  const [top, left, bottom, right] = window.pads;
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values).in(channelsLast);
      const [, height = 1, width = 1] = x.shape;
      const size: HeightAndWidth = [
        (height - 1) * window.strides[0] + reachY - top - bottom + moreY,
        (width - 1) * window.strides[1] + reachX - left - right + moreX,
      ];
      return new OrderedTensor(tf, interleave(context, phases, x, size, window.strides), channelsLast);
    },
  };
};

/** Outputs at (row, column) + a multiple of the strides. @param size how many of them, [H′, W′] */
type Phase = (x: TfjsTensor, size: HeightAndWidth) => TfjsTensor;

function phasesOf(
  context: RuleContext,
  kernels: Kernels,
  groups: number,
  window: Window,
  bias: Float32Array,
): readonly Phase[] {
  const [down, right] = window.strides;
  return Array.from({ length: down * right }, (_, index) =>
    phaseOf(context, [Math.floor(index / right), index % right], kernels, groups, window, bias),
  );
}

function phaseOf(
  context: RuleContext,
  [row, column]: HeightAndWidth,
  kernels: Kernels,
  groups: number,
  { strides, pads }: Window,
  bias: Float32Array,
): Phase {
  const [y, x] = [row + pads[0], column + pads[1]];
  const own = phaseKernels(kernels, groups, strides, [y % strides[0], x % strides[1]]);
  const { tf, hold } = context;
  const some = bias.some((value) => value !== 0) ? bias : null;
  if (own === null && some === null)
    return (input, size) => tf.zeros([input.shape[0] ?? 1, ...size, bias.length]);
  if (own === null) {
    const constant = hold(tf.tensor1d(bias.slice()));
    return (input, size) =>
      tf.broadcastTo(tf.reshape(constant, [1, 1, 1, bias.length]), [
        input.shape[0] ?? 1,
        ...size,
        bias.length,
      ]);
  }
  const convolve: Convolve = convolution(context, own, some, { groups, strides: [1, 1], dilations: [1, 1] });
  // The first output sees the input at this place last.
  const [lastY, lastX] = [Math.floor(y / strides[0]), Math.floor(x / strides[1])];
  const [, , tall, wide] = own.dims;
  return (input, size) => {
    const [, height = 1, width = 1] = input.shape;
    return convolve(input, [
      tall - 1 - lastY,
      wide - 1 - lastX,
      size[0] + lastY - height,
      size[1] + lastX - width,
    ]);
  };
}

/** Puts what the phases give in its places, [N, H, W, O]. */
function interleave(
  { tf }: RuleContext,
  phases: readonly Phase[],
  x: TfjsTensor,
  [height, width]: HeightAndWidth,
  [down, right]: HeightAndWidth,
): TfjsTensor {
  const each: HeightAndWidth = [Math.ceil(height / down), Math.ceil(width / right)];
  const [first] = phases;
  if (first === undefined) throw new TypeError('a transposed convolution has at least one phase');
  if (phases.length === 1) return first(x, each);
  const n = x.shape[0] ?? 1;
  // Side by side within a row, then rows below each other: both are neighbours in memory.
  const row = (index: number): TfjsTensor =>
    tf.tidy(() => {
      const parts = phases.slice(index * right, (index + 1) * right).map((phase) => phase(x, each));
      return tf.reshape(tf.concat(parts, 3), [n, each[0], 1, -1]);
    });
  const all = tf.tidy(() =>
    tf.reshape(
      tf.concat(
        Array.from({ length: down }, (_, index) => row(index)),
        2,
      ),
      [n, each[0] * down, each[1] * right, -1],
    ),
  );
  const [extraY, extraX] = [each[0] * down - height, each[1] * right - width];
  return padOrCrop(
    tf,
    all,
    [
      [0, 0],
      [0, -extraY],
      [0, -extraX],
      [0, 0],
    ],
    0,
  );
}

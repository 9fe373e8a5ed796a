import { ModelError } from '../../../../stages/errors.js';
import { floatAttribute, intAttribute } from '../../../../stages/import/attributes.js';
import { type AxisOrder, rowMajor } from '../axis-order.js';
import { inputNames, requiredConstantFloats } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';

/** The order of axes with the channels in the last place. */
const channelsInBack = (rank: number): AxisOrder => [0, ...rowMajor(rank).slice(2), ...(rank > 1 ? [1] : [])];

/** By running statistics, over axis 1. */
export const batchNormalization: Rule = (context) => {
  const { tf, node, hold } = context;
  if (intAttribute(node, 'training_mode', 0) !== 0)
    throw new ModelError('there is no rule for training mode');
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const upload = (index: number) => hold(tf.tensor1d(requiredConstantFloats(context, index).data.slice()));
  const [scale, offset, mean, variance] = [upload(1), upload(2), upload(3), upload(4)];
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      if (x.rank < 2) throw new ModelError(`BatchNormalization ${node.name} of rank ${x.rank} has no rule`);
      const order = channelsInBack(x.rank);
      const held = x.in(order);
      // TensorFlow.js has none of more than four axes.
      const flat = x.rank > 4 ? tf.reshape(held, [-1, held.shape.at(-1) ?? 1]) : held;
      const normalized = tf.batchNorm(flat, mean, variance, offset, scale, epsilon);
      return new OrderedTensor(tf, tf.reshape(normalized, held.shape), order);
    },
  };
};

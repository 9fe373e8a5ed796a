import { ModelError } from '../../../../stages/errors.js';
import { floatAttribute, intAttribute } from '../../../../stages/import/attributes.js';
import { type AxisOrder, channelsLast, rowMajor } from '../axis-order.js';
import { inputNames, requiredConstantFloats } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';

/** Axes of features, rows and images with the channels in the last place, by their number. */
const channelsInBack: Readonly<Record<number, AxisOrder>> = {
  2: rowMajor(2),
  3: [0, 2, 1],
  4: channelsLast,
};

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
      const order = channelsInBack[x.rank];
      if (order === undefined)
        throw new ModelError(`BatchNormalization ${node.name} of rank ${x.rank} has no rule`);
      return new OrderedTensor(tf, tf.batchNorm(x.in(order), mean, variance, offset, scale, epsilon), order);
    },
  };
};

import { intAttribute } from '../../../../stages/import/attributes.js';
import { inputNames } from '../constant-inputs.js';
import { OrderedTensor } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';
import { commonOrder } from './elementwise.js';

export const concat: Rule = ({ tf, node }) => {
  const axis = intAttribute(node, 'axis', 0);
  return {
    inputs: inputNames({ node }),
    run: (values) => {
      const order = commonOrder(values);
      const place = order.indexOf(axis < 0 ? axis + order.length : axis);
      const parts = values.map((value) => value.in(order));
      return new OrderedTensor(tf, tf.concat(parts, place), order);
    },
  };
};

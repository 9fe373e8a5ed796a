import { ModelError } from '../../../../stages/errors.js';
import { intAttribute } from '../../../../stages/import/attributes.js';
import { constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';

/** Constant places along an axis, which stays one axis. */
export const gather: Rule = (context) => {
  const { tf, node, hold } = context;
  const places = constantIntegers(context, 1);
  if (!places) throw new ModelError('it has no indices');
  const indices = hold(tf.tensor1d([...places], 'int32'));
  const axis = intAttribute(node, 'axis', 0);
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const place = x.order.indexOf(axis < 0 ? axis + x.rank : axis);
      return new OrderedTensor(tf, tf.gather(x.tensor, indices, place), x.order);
    },
  };
};

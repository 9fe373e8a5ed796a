import { ModelError } from '../../../../stages/errors.js';
import { intAttribute, intsAttribute } from '../../../../stages/import/attributes.js';
import { physical, reshapedOrder, rowMajor } from '../axis-order.js';
import { constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';

export const reshape: Rule = (context) => {
  const { tf, node } = context;
  const asked = constantIntegers(context, 1);
  if (asked === null) throw new ModelError('it has no shape');
  const allowZero = intAttribute(node, 'allowzero', 0) !== 0;
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const dims = resolve(x.dims, asked, allowZero);
      const order = reshapedOrder(x.dims, dims, x.order);
      if (order !== null) return new OrderedTensor(tf, tf.reshape(x.tensor, physical(dims, order)), order);
      return new OrderedTensor(tf, tf.reshape(x.in(rowMajor(x.rank)), dims));
    },
  };
};

/** Moves nothing: the axes get other names. */
export const transpose: Rule = ({ tf, node }) => {
  const asked = intsAttribute(node, 'perm', null);
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const perm = asked ?? rowMajor(x.rank).toReversed();
      return new OrderedTensor(
        tf,
        x.tensor.clone(),
        x.order.map((axis) => perm.indexOf(axis)),
      );
    },
  };
};

/** 0 stands for the size that was there, −1 for what is left. */
function resolve(dims: readonly number[], asked: readonly number[], allowZero: boolean): number[] {
  const sizes = asked.map((size, axis) => (size === 0 && !allowZero ? (dims[axis] ?? 0) : size));
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const all = dims.reduce((product, size) => product * size, 1);
  return sizes.map((size) => (size === -1 ? (known === 0 ? 0 : all / known) : size));
}

import { ModelError } from '../../../../stages/errors.js';
import { floatAttribute, intAttribute } from '../../../../stages/import/attributes.js';
import { type AxisOrder, rowMajor, transposedMatrices } from '../axis-order.js';
import { inputNames } from '../constant-inputs.js';
import { OrderedTensor } from '../ordered-tensor.js';
import { product } from '../product.js';
import type { Rule } from '../rule.js';

export const matMul: Rule = ({ tf, node }) => ({
  inputs: inputNames({ node }, 2),
  run: ([a, b]) => {
    if (a === undefined || b === undefined) throw new TypeError('MatMul has fewer than two inputs');
    const rank = Math.max(a.rank, b.rank);
    if (Math.min(a.rank, b.rank) < 2) throw new ModelError(`MatMul ${node.name} of a vector has no rule`);
    // Matrices that are held transposed are multiplied as they are.
    const orders: readonly [AxisOrder, AxisOrder] = [rowMajor(rank), transposedMatrices(rank)];
    const [orderA, orderB] = [a.cheapest(orders), b.cheapest(orders)];
    const [heldA, heldB] = [a.in(orderA), b.in(orderB)];
    return new OrderedTensor(
      tf,
      product(tf, heldA, heldB, orderA === orders[1], orderB === orders[1]),
      orders[0],
    );
  },
});

/** alpha·A·B + beta·C */
export const gemm: Rule = ({ tf, node }) => {
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const orderOf = (name: string): AxisOrder => (intAttribute(node, name, 0) === 0 ? [0, 1] : [1, 0]);
  const [orderA, orderB] = [orderOf('transA'), orderOf('transB')];
  return {
    inputs: inputNames({ node }, (node.inputs[2] ?? '') === '' ? 2 : 3),
    run: ([a, b, c]) => {
      if (a === undefined || b === undefined) throw new TypeError('Gemm has fewer than two inputs');
      const unscaled = product(tf, a.in(orderA), b.in(orderB), false, false);
      const scaled = alpha === 1 ? unscaled : tf.mul(unscaled, alpha);
      if (c === undefined || beta === 0) return new OrderedTensor(tf, scaled);
      const added = c.in(rowMajor(2));
      return new OrderedTensor(tf, tf.add(scaled, beta === 1 ? added : tf.mul(added, beta)));
    },
  };
};

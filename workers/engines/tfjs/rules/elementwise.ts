import { type AxisOrder, withLeadingOnes } from '../axis-order.js';
import { inputNames } from '../constant-inputs.js';
import { OrderedTensor } from '../ordered-tensor.js';
import type { Rule, RuleContext } from '../rule.js';
import type { TensorFlow, TfjsTensor } from '../tensorflow.js';

/** A rule for an operation on one tensor that takes each number by itself. */
export function unary(apply: (tf: TensorFlow, x: TfjsTensor) => TfjsTensor): Rule {
  return (context) => each(context, (x) => apply(context.tf, x));
}

/** The same, with what is read from the node's attributes. */
export function each({ tf, node }: RuleContext, apply: (x: TfjsTensor) => TfjsTensor): ReturnType<Rule> {
  return {
    inputs: inputNames({ node }, 1),
    run: ([x]) => {
      if (x === undefined) throw new TypeError(`${node.type} has no input`);
      return new OrderedTensor(tf, apply(x.tensor), x.order);
    },
  };
}

/** A rule for an operation on several tensors that are broadcast to one shape. */
export function broadcast(apply: (tf: TensorFlow, inputs: readonly TfjsTensor[]) => TfjsTensor): Rule {
  return ({ tf, node }) => ({
    inputs: inputNames({ node }),
    run: (values) => {
      const order = commonOrder(values);
      return new OrderedTensor(
        tf,
        apply(
          tf,
          values.map((value) => value.in(order)),
        ),
        order,
      );
    },
  });
}

/** A rule for an operation on two tensors. */
export function binary(apply: (tf: TensorFlow, a: TfjsTensor, b: TfjsTensor) => TfjsTensor): Rule {
  return broadcast((tf, [a, b]) => {
    if (a === undefined || b === undefined)
      throw new TypeError('an operation on two tensors has fewer than two inputs');
    return apply(tf, a, b);
  });
}

/** The order of the largest, which is the dearest to bring into another. */
export function commonOrder(values: readonly OrderedTensor[]): AxisOrder {
  const rank = Math.max(...values.map((value) => value.rank));
  const [first, ...others] = values;
  if (first === undefined) throw new TypeError('an operation has no inputs');
  const largest = others.reduce(
    (best, value) => (value.tensor.size > best.tensor.size ? value : best),
    first,
  );
  return withLeadingOnes(largest.order, rank);
}

import { intAttribute, intsAttribute } from '../../../../stages/import/attributes.js';
import { inputNames, integers } from '../constants.js';
import { rowMajor, without } from '../order.js';
import type { NodeContext, Rule } from '../rule.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { only, Value } from '../value.js';

type Reduce = (tf: TensorFlow, x: Tensor, axes: number[], keepDims: boolean) => Tensor;

export const reduceSum = reduction((tf, x, axes, keepDims) => tf.sum(x, axes, keepDims));
export const reduceMax = reduction((tf, x, axes, keepDims) => tf.max(x, axes, keepDims));
export const reduceSumSquare = reduction((tf, x, axes, keepDims) => tf.sum(tf.square(x), axes, keepDims));

export const argMax: Rule = ({ tf, node }) => {
  const asked = intAttribute(node, 'axis', 0);
  const keepDims = intAttribute(node, 'keepdims', 1) !== 0;
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const axis = asked < 0 ? asked + x.rank : asked;
      const place = x.order.indexOf(axis);
      const found = tf.argMax(x.tensor, place);
      if (keepDims) return new Value(tf, tf.expandDims(found, place), x.order);
      return new Value(tf, found, without(x.order, [axis]));
    },
  };
};

function reduction(reduce: Reduce): Rule {
  return (context) => {
    const { tf, node } = context;
    const asked = intsAttribute(node, 'axes', null) ?? integers(context, 1);
    const keepDims = intAttribute(node, 'keepdims', 1) !== 0;
    const nothing = asked === null || asked.length === 0;
    if (nothing && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return unchanged(context);
    return {
      inputs: inputNames({ node }, 1),
      run: (values) => {
        const x = only(values);
        const axes = nothing ? rowMajor(x.rank) : asked.map((axis) => (axis < 0 ? axis + x.rank : axis));
        const places = axes.map((axis) => x.order.indexOf(axis));
        return new Value(
          tf,
          reduce(tf, x.tensor, places, keepDims),
          keepDims ? x.order : without(x.order, axes),
        );
      },
    };
  };
}

function unchanged({ node }: NodeContext): ReturnType<Rule> {
  return { inputs: inputNames({ node }, 1), run: (values) => only(values).copy() };
}

import { intAttribute, intsAttribute } from '../../../../stages/import/attributes.js';
import { rowMajor, without } from '../axis-order.js';
import { constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule, RuleContext } from '../rule.js';
import type { TensorFlow, TfjsTensor } from '../tensorflow.js';

type Reduce = (tf: TensorFlow, x: TfjsTensor, axes: number[], keepDims: boolean) => TfjsTensor;

export const reduceSum = reduction((tf, x, axes, keepDims) => tf.sum(x, axes, keepDims));
export const reduceMean = reduction((tf, x, axes, keepDims) => tf.mean(x, axes, keepDims));
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
      if (keepDims) return new OrderedTensor(tf, tf.expandDims(found, place), x.order);
      return new OrderedTensor(tf, found, without(x.order, [axis]));
    },
  };
};

/** On WebGPU that of TensorFlow.js begins its maximum above the lowest number of float32, which masks are made of. */
function softmaxOf(tf: TensorFlow, x: TfjsTensor): TfjsTensor {
  if (tf.getBackend() !== 'webgpu') return tf.softmax(x);
  const odds = tf.exp(tf.sub(x, tf.max(x, -1, true)));
  return tf.div(odds, tf.sum(odds, -1, true));
}

/** Over the axis that is the last in memory: TensorFlow.js has no other. */
export const softmax: Rule = ({ tf, node }) => {
  const asked = intAttribute(node, 'axis', -1);
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const axis = asked < 0 ? asked + x.rank : asked;
      const order = [...x.order.filter((other) => other !== axis), axis];
      return new OrderedTensor(tf, softmaxOf(tf, x.in(order)), order);
    },
  };
};

function reduction(reduce: Reduce): Rule {
  return (context) => {
    const { tf, node } = context;
    const asked = intsAttribute(node, 'axes', null) ?? constantIntegers(context, 1);
    const keepDims = intAttribute(node, 'keepdims', 1) !== 0;
    const nothing = asked === null || asked.length === 0;
    if (nothing && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return unchanged(context);
    return {
      inputs: inputNames({ node }, 1),
      run: (values) => {
        const x = only(values);
        const axes = nothing ? rowMajor(x.rank) : asked.map((axis) => (axis < 0 ? axis + x.rank : axis));
        const places = axes.map((axis) => x.order.indexOf(axis));
        return new OrderedTensor(
          tf,
          reduce(tf, x.tensor, places, keepDims),
          keepDims ? x.order : without(x.order, axes),
        );
      },
    };
  };
}

function unchanged({ node }: RuleContext): ReturnType<Rule> {
  return { inputs: inputNames({ node }, 1), run: (values) => only(values).copy() };
}

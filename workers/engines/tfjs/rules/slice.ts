import { ModelError } from '../../../../stages/errors.js';
import { constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';

export const slice: Rule = (context) => {
  const { tf, node } = context;
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((index) => constantIntegers(context, index));
  if (!starts || !ends) throw new ModelError('it has no starts or ends');
  if (steps?.some((step) => step < 1)) throw new ModelError('there is no rule for negative steps');
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const [begin, end, step] = [x.dims.map(() => 0), [...x.dims], x.dims.map(() => 1)];
      for (const [index, start] of starts.entries()) {
        const asked = axes?.[index] ?? index;
        const axis = asked < 0 ? asked + x.rank : asked;
        const size = x.dims[axis] ?? 0;
        begin[axis] = bounded(start, size);
        end[axis] = Math.max(bounded(ends[index] ?? size, size), bounded(start, size));
        step[axis] = steps?.[index] ?? 1;
      }
      const held = (numbers: readonly number[]): number[] => x.order.map((axis) => numbers[axis] ?? 0);
      if (step.some((size) => size !== 1))
        return new OrderedTensor(tf, tf.stridedSlice(x.tensor, held(begin), held(end), held(step)), x.order);
      const size = end.map((last, axis) => last - (begin[axis] ?? 0));
      return new OrderedTensor(tf, tf.slice(x.tensor, held(begin), held(size)), x.order);
    },
  };
};

/** Negative places count from the end; those outside are brought to the bounds. */
function bounded(place: number, size: number): number {
  return Math.max(0, Math.min(size, place < 0 ? place + size : place));
}

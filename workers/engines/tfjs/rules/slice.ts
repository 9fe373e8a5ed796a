import { ModelError } from '../../../../stages/errors.js';
import { constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';
import type { TensorFlow, TfjsTensor } from '../tensorflow.js';

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
        return new OrderedTensor(tf, strided(tf, x.tensor, held(begin), held(end), held(step)), x.order);
      const size = end.map((last, axis) => last - (begin[axis] ?? 0));
      return new OrderedTensor(tf, tf.slice(x.tensor, held(begin), held(size)), x.order);
    },
  };
};

/** With neighbouring axes of which all is taken as one: on WebGPU there are no strides in more than four. */
function strided(
  tf: TensorFlow,
  x: TfjsTensor,
  begin: readonly number[],
  end: readonly number[],
  step: readonly number[],
): TfjsTensor {
  const joined: { size: number; begin: number; end: number; step: number; isWhole: boolean }[] = [];
  x.shape.forEach((size, axis) => {
    const part = { size, begin: begin[axis] ?? 0, end: end[axis] ?? size, step: step[axis] ?? 1 };
    const isWhole = part.begin === 0 && part.end === size && part.step === 1;
    const last = joined.at(-1);
    if (isWhole && last?.isWhole) {
      last.size *= size;
      last.end = last.size;
    } else joined.push({ ...part, isWhole });
  });
  const column = (of: (part: (typeof joined)[number]) => number): number[] => joined.map(of);
  const taken = tf.stridedSlice(
    tf.reshape(
      x,
      column(({ size }) => size),
    ),
    column((part) => part.begin),
    column((part) => part.end),
    column((part) => part.step),
  );
  const sizes = x.shape.map((size, axis) =>
    Math.ceil(((end[axis] ?? size) - (begin[axis] ?? 0)) / (step[axis] ?? 1)),
  );
  return tf.reshape(taken, sizes);
}

/** Negative places count from the end; those outside are brought to the bounds. */
function bounded(place: number, size: number): number {
  return Math.max(0, Math.min(size, place < 0 ? place + size : place));
}

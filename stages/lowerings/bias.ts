import { add, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';
import { weightForms } from './weight-forms.js';

const negativeForms = weightForms();

/**
 * x + y in the form for a bias: a constant vector that is added at every position may have its negative subtracted, which
 * is the same number to the last bit. ONNX Runtime makes an Add behind a matrix product part of the product, whose
 * result it fills with the bias first, by one thread: for wide layers that takes longer than the product.
 */
export function addBias(b: GraphBuilder, x: Value, y: Value, form: Lowerings['biases']): Value {
  if (form === 'added') return add(b, x, y);
  const negated = negativeOf(b, y);
  if (negated !== null && x.shape.length > 2) return subtract(b, x, negated);
  const first = negativeOf(b, x);
  return first !== null && y.shape.length > 2 ? subtract(b, y, first) : add(b, x, y);
}

/** The negative of a constant vector, or null for anything else. */
function negativeOf(b: GraphBuilder, { constant, shape }: Value): Value | null {
  if (constant?.type !== 'float32' || shape.length !== 1) return null;
  const { dims, data } = negativeForms(constant, 'negative', () => ({
    ...constant,
    data: constant.data.map((element) => -element),
  }));
  return b.floats(dims, data);
}

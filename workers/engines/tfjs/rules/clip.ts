import { constantFloats } from '../constant-inputs.js';
import type { Rule } from '../rule.js';
import { each } from './elementwise.js';

/** Infinite bounds are not safe in shaders. */
const LARGEST = 3.4028234e38;

export const clip: Rule = (context) => {
  const low = constantFloats(context, 1)?.data[0] ?? -LARGEST;
  const high = constantFloats(context, 2)?.data[0] ?? LARGEST;
  return each(context, (x) => context.tf.clipByValue(x, low, high));
};

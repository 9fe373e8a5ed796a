import { floatAttribute } from '../../../../stages/import/attributes.js';
import type { Rule } from '../rule.js';
import { each } from './elementwise.js';

/** From here on the slope makes a step: products with it may be infinite, which shaders need not compute right. */
const STEEP = 1e20;

/** max(0, min(1, alpha·x + beta)); a step where it is steep, as masks are. */
export const hardSigmoid: Rule = (context) => {
  const { tf, node } = context;
  const alpha = floatAttribute(node, 'alpha', 0.2);
  const beta = floatAttribute(node, 'beta', 0.5);
  if (alpha >= STEEP && beta <= 0) return each(context, (x) => tf.step(x));
  if (alpha <= -STEEP && beta >= 1) return each(context, (x) => tf.sub(1, tf.step(x)));
  return each(context, (x) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1));
};

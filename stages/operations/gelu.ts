import { onEachNumber } from '../batching/batching.js';
import { add, errorFunction, exponential, multiply, subtract } from '../graph/arithmetic.js';
import { float, type GraphBuilder, type Value } from '../graph/builder.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/**
 * x·Φ(x), Φ being the normal distribution function; its derivative is Φ(x) + x·φ(x). Written so that memory is passed over
 * as seldom as standard operations allow. The approximation by tanh is rewritten as what it is made of.
 */
export const gelu: Operation = {
  type: 'Gelu',
  inputs: [1, 1],
  batching: onEachNumber,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const scaled = multiply(b, x, b.scalar(Math.SQRT1_2));
    const share = distribution(b, errorFunction(b, scaled));
    return [unlessOverflown(b, multiply(b, x, share), x), scaled, share];
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const [, scaled = x, share = x] = outputs;
    // φ(x) = exp(−x²/2 − log √(2π)), and the scaled x squared is x²/2.
    const exponent = subtract(b, b.scalar(-Math.log(Math.sqrt(2 * Math.PI))), multiply(b, scaled, scaled));
    const slope = add(b, share, multiply(b, x, exponential(b, exponent)));
    return multiply(b, cotangent, slope);
  },
};

/** (erf + 1) / 2 in one pass: between 0 and 1 nothing is cut off. */
function distribution(b: GraphBuilder, erf: Value): Value {
  if (b.precision === 'half') return multiply(b, add(b, erf, b.scalar(1)), b.scalar(0.5));
  return b.emit('HardSigmoid', [erf], { alpha: float(0.5), beta: float(0.5) }, { shape: erf.shape });
}

import { negate, sigmoid } from '../graph/arithmetic.js';
import { float, type GraphBuilder, type Value } from '../graph/builder.js';

/**
 * 1 − σ(x), by a HardSigmoid, which stays in ONNX Runtime's blocked layout and cuts nothing off between 0 and 1. Of the few
 * digits of half precision, a σ close to 1 has none left for the difference: σ(−x) there.
 * @param gate σ(x)
 */
export function oneLess(b: GraphBuilder, gate: Value, x: Value): Value {
  if (b.precision === 'half') return sigmoid(b, negate(b, x));
  return b.emit('HardSigmoid', [gate], { alpha: float(-1), beta: float(1) }, { shape: gate.shape });
}

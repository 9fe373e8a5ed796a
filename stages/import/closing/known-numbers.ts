import { elementCount, type Node, type Tensor } from '../../onnx/model.js';
import { constantTensor, singleOf } from '../constant-tensors.js';
import { isHalf, widened } from '../half-precision-constants.js';

/** What lies between a number in a file and what reads it. */
const movements: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze']);

/** Constants of a graph that is not evaluated yet: initialisers and Constant nodes. */
export class KnownNumbers {
  constructor(
    readonly producers: ReadonlyMap<string, Node>,
    readonly initializers: ReadonlyMap<string, Tensor>,
  ) {}

  tensor(name: string): Tensor | null {
    let from = name;
    // Longer ways are nobody's; one may go in a circle.
    for (let steps = 0; steps < 8; steps++) {
      const held = this.initializers.get(from);
      if (held) return held;
      const node = this.producers.get(from);
      if (node?.domain !== '') return null;
      if (node.type === 'Constant') {
        const [attribute] = node.attributes.values();
        return attribute ? constantTensor(attribute) : null;
      }
      if (!movements.has(node.type)) return null;
      from = node.inputs[0] ?? '';
    }
    return null;
  }

  /** The number that a tensor of one element is; NaN where its type is not read here, null for other tensors. */
  number(name: string): number | null {
    const tensor = this.tensor(name);
    if (!tensor || elementCount(tensor.dims) !== 1) return null;
    const { type, data } = inSinglePrecision(tensor);
    return type === 'float32' || type === 'int64' ? Number(data[0]) : Number.NaN;
  }

  /** Whether it is one number, or positive ones, as what weighs probabilities is. */
  weighs(name: string): boolean {
    const tensor = this.tensor(name);
    if (!tensor) return false;
    if (elementCount(tensor.dims) === 1) return true;
    const numbers = inSinglePrecision(tensor);
    return numbers.type === 'float32' && numbers.data.every((value) => value > 0);
  }
}

/** A floating-point tensor as float32; others as they are. */
function inSinglePrecision(tensor: Tensor): Tensor {
  if (tensor.type === 'float64') return singleOf(tensor);
  return isHalf(tensor) ? widened(tensor) : tensor;
}

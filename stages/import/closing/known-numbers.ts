import { elementCount, type Node, type Tensor } from '../../onnx/model.js';
import { constantTensor } from '../constant-tensors.js';

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
    return tensor.type === 'float32' || tensor.type === 'int64' ? Number(tensor.data[0]) : Number.NaN;
  }

  /** Whether it is one number, or positive ones, as what weighs probabilities is. */
  weighs(name: string): boolean {
    const tensor = this.tensor(name);
    if (!tensor) return false;
    return (
      elementCount(tensor.dims) === 1 ||
      (tensor.type === 'float32' && tensor.data.every((value) => value > 0))
    );
  }
}

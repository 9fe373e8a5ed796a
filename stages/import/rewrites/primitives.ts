import { type Attributes, float, floats, ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';

/** Writes one node as several, each of which has its name; what they give is named after its output. */
export class Primitives {
  readonly #nodes: Node[] = [];

  constructor(readonly node: Node) {}

  /** The name in an input slot of the node; empty where it is left out. */
  input(slot: number): string {
    return this.node.inputs[slot] ?? '';
  }

  /** A number of float32 that the code holds. */
  number(value: number): string {
    return this.step('Constant', [], { value_float: float(value) });
  }

  /** A list of whole numbers that the code holds. */
  integers(values: readonly number[]): string {
    return this.step('Constant', [], { value_ints: ints(values) });
  }

  /** Whole numbers in rows that the code holds. */
  places(values: readonly number[], dims: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.step('Constant', [], { value: { kind: 'tensor', value: { type: 'int64', dims, data } } });
  }

  /** A list of numbers of float32 that the code holds. */
  numbers(values: readonly number[]): string {
    return this.step('Constant', [], { value_floats: floats(values) });
  }

  /** Adds a node. @returns the name of what it gives */
  step(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `${this.node.outputs[0] ?? ''}:${type} ${this.#nodes.length}`;
    this.#nodes.push(this.#made(type, inputs, [name], attributes));
    return name;
  }

  /** Adds the last node, which gives what the node gives. @returns all of them, in order */
  ending(type: string, inputs: readonly string[], attributes: Attributes = {}): Node[] {
    return [...this.#nodes, this.#made(type, inputs, this.node.outputs, attributes)];
  }

  #made(type: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): Node {
    return { ...this.node, type, inputs, outputs, attributes: new Map(Object.entries(attributes)) };
  }
}

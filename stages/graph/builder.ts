import { infiniteHalf, largestHalf } from '../onnx/float16.js';
import {
  type Attribute,
  type ElementType,
  elementCount,
  type Model,
  type Node,
  type Tensor,
} from '../onnx/model.js';
import { neededNodes, onlyRead } from '../onnx/wiring.js';
import { setting } from '../setting.js';
import { shown } from '../shown.js';
import type { ConstantRoom } from './constant-room.js';
import { openable } from './openable.js';
import { elementsPerImage, requireShape, type Shape } from './shape.js';

/** The operator set of every graph that is written. */
const emittedOpset = 17;

/** A tensor of the graph under construction. */
export interface Value {
  readonly name: string;
  readonly type: 'float32' | 'int64' | 'bool';
  readonly shape: Shape;
  /** Its elements, where it is an initialiser. */
  readonly constant?: Tensor;
}

/** What floating-point values are computed and kept in: float32, or float16. */
export type GraphPrecision = 'single' | 'half';

/**
 * Matrix products of single precision: one each, in whatever the provider multiplies, or of factors in two parts that even
 * tensor cores multiply exactly (`product-parts.ts`).
 */
export type ProductPrecision = 'whole' | 'in-parts';

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** What a node gives out. */
export interface OutputType {
  readonly shape: Shape;
  readonly type?: Value['type'];
  /** Whether images have a part in it although no axis says so: those of a fixed batch, side by side. */
  readonly ofImages?: boolean;
}

/**
 * Collects the nodes of one ONNX graph. An operation that was emitted before with the same inputs and attributes is
 * not emitted again: its value is returned.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #values: Value[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #inputs: Value[] = [];
  readonly #outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly #memo = new Map<string, Value[]>();
  readonly #constants = new Map<string, Value>();
  readonly #derived = new Map<string, Value>();
  /** By the elements, then by the shape. */
  readonly #large = new Map<Tensor['data'], Map<string, Value>>();
  readonly #single = new Set<string>();
  #precision: GraphPrecision;

  /**
   * @param batch number of images, or null for a free one
   * @param precision what the finished graph is to be brought to; all values are float32 until then
   * @param room for constants; without bounds when left out
   * @param products how matrix products are computed
   */
  constructor(
    readonly batch: number | null,
    precision: GraphPrecision = 'single',
    readonly room?: ConstantRoom,
    readonly products: ProductPrecision = 'whole',
  ) {
    this.#precision = precision;
  }

  /** What the operations emitted now will compute in. */
  get precision(): GraphPrecision {
    return this.#precision;
  }

  /** Emits what must stay in single precision, whatever the rest of the graph is brought to. */
  inSingle<T>(part: () => T): T {
    const around = this.#precision;
    this.#precision = 'single';
    try {
      return part();
    } finally {
      this.#precision = around;
    }
  }

  input(name: string, shape: Shape, type: Value['type'] = 'float32'): Value {
    const value: Value = { name, shape, type };
    this.#inputs.push(value);
    return value;
  }

  /** Names a value as an output of the graph. */
  output(name: string, value: Value): void {
    this.#outputs.push({ name, value });
  }

  /**
   * An initialiser of float32 elements.
   * @param name what messages call it
   * @throws RangeError where it holds a finite number that is infinite in the precision that is emitted
   */
  floats(dims: readonly number[], data: Float32Array | readonly number[], name?: string): Value {
    const elements = data instanceof Float32Array ? data : Float32Array.from(data);
    if (this.#precision === 'half') requireHalfRange(elements, name);
    return this.#initializer({ type: 'float32', dims, data: elements });
  }

  /**
   * An initialiser of float32 elements that are made once for each key, so that equal constants are one.
   * @param key what the elements follow from
   * @throws RangeError, before they are made, where there is no room for them
   */
  derived(key: string, dims: readonly number[], make: () => Float32Array): Value {
    const known = this.#derived.get(key);
    if (known) return known;
    this.room?.require(elementCount(dims));
    const made = this.floats(dims, make());
    this.#derived.set(key, made);
    return made;
  }

  /**
   * Integers that are made once for each key, as `derived` makes floats.
   * @throws RangeError, before they are made, where there is no room for them
   */
  derivedIntegers(key: string, length: number, make: () => readonly number[]): Value {
    const known = this.#derived.get(key);
    if (known) return known;
    // Each takes the room of two elements.
    this.room?.require(2 * length);
    const made = this.integers(make());
    this.#derived.set(key, made);
    return made;
  }

  /** An initialiser of int64 elements, one-dimensional. */
  integers(data: readonly number[]): Value {
    return this.#initializer({ type: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) });
  }

  /** An initialiser of one float32 element, of shape [1]. */
  scalar(value: number): Value {
    return this.floats([1], [value]);
  }

  /** An initialiser as it stands. Constants of at most 64 elements are shared by value, larger ones by identity. */
  #initializer(tensor: Tensor & { readonly type: 'float32' | 'int64' }): Value {
    const shape = String(tensor.dims);
    const small = tensor.data.length <= 64;
    const known = small ? this.#constants : this.#alikeLarge(tensor.data);
    const key = small ? `${tensor.type}[${shape}]${exactElements(tensor)}` : shape;
    const found = known.get(key);
    if (found) return found;
    this.room?.take(tensor.data.byteLength);
    const value: Value = {
      name: `c${this.#initializers.size}`,
      type: tensor.type,
      shape: tensor.dims,
      constant: tensor,
    };
    this.#initializers.set(value.name, tensor);
    known.set(key, value);
    return value;
  }

  #alikeLarge(data: Tensor['data']): Map<string, Value> {
    const known = this.#large.get(data) ?? new Map<string, Value>();
    this.#large.set(data, known);
    return known;
  }

  /** Emits an operation with one output. An input may be left out with null. */
  emit(type: string, inputs: readonly (Value | null)[], attributes: Attributes, output: OutputType): Value {
    const [value] = this.emitAll(type, inputs, attributes, [output]);
    if (!value) throw new TypeError(`${type} gives no output`);
    return value;
  }

  /** Emits an operation with several outputs. @throws RangeError for a shape that can't be */
  emitAll(
    type: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputs: readonly OutputType[],
  ): Value[] {
    for (const { shape, ofImages } of outputs) {
      requireShape(shape);
      // What no image has a part in, engines compute when they open the graph.
      if (!shape.includes('N') && !ofImages) this.room?.require(elementsPerImage(shape));
    }
    const names = inputs.map((input) => input?.name ?? '');
    const key = JSON.stringify([type, names, attributes, outputs.length, this.#precision]);
    const known = this.#memo.get(key);
    if (known) return known;
    const name = `${type}_${this.#nodes.length}`;
    const values = outputs.map(
      ({ shape, type: element }, index): Value => ({
        name: index === 0 ? name : `${name}.${index}`,
        type: element ?? 'float32',
        shape,
      }),
    );
    this.#values.push(...values);
    if (this.#precision === 'single') this.#single.add(name);
    this.#nodes.push({
      name,
      type,
      domain: '',
      inputs: names,
      outputs: values.map((value) => value.name),
      attributes: new Map(Object.entries(attributes)),
    });
    this.#memo.set(key, values);
    return values;
  }

  /** Emits anew from here on what was emitted before: for nodes that must stay apart although they are equal. */
  forget(): void {
    this.#memo.clear();
  }

  /** The finished graph, without nodes and initialisers that no output needs. */
  finish(name: string, metadata: ReadonlyMap<string, string> = new Map()): Model {
    const aliases = this.#outputs.map(
      ({ name: output, value }): Node => ({
        name: output,
        type: 'Identity',
        domain: '',
        inputs: [value.name],
        outputs: [output],
        attributes: new Map(),
      }),
    );
    const all = openable([...this.#nodes, ...aliases], this.#initializers);
    const needed = neededNodes(
      all,
      this.#outputs.map(({ name: output }) => output),
    );
    const nodes = all.filter((node) => needed.has(node));
    const outputs = this.#outputs.map(({ name: output, value }) => this.#valueInfo(output, value));
    const inputs = this.#inputs.map((value) => this.#valueInfo(value.name, value));
    const kinds = this.#values.map((value) => this.#valueInfo(value.name, value));
    return {
      opset: emittedOpset,
      metadata,
      graph: {
        name,
        nodes,
        initializers: onlyRead(this.#initializers, nodes),
        inputs,
        outputs,
        values: new Map([...inputs, ...kinds, ...outputs].map((value) => [value.name, value])),
        single: new Set(nodes.map((node) => node.name).filter((node) => this.#single.has(node))),
      },
    };
  }

  #valueInfo(name: string, value: Value) {
    const dims = value.shape.map((size): number | string => (size === 'N' ? (this.batch ?? 'N') : size));
    return { name, type: value.type as ElementType, dims };
  }
}

function requireHalfRange(elements: Float32Array, name: string | undefined): void {
  for (const value of elements)
    if (Math.abs(value) >= infiniteHalf && Number.isFinite(value))
      throw new RangeError(
        `${name === undefined ? 'a constant' : `tensor ${shown(name)}`} holds ${value}, and half precision ends at ` +
          `${largestHalf}: use ${setting('precision', 'fp32')} (of compile: ${setting('lowerings', 'portable')})`,
      );
}

function exactElements(tensor: Tensor): string {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** Attribute constructors. */
export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value });
export const text = (value: string): Attribute => ({ kind: 'string', value });

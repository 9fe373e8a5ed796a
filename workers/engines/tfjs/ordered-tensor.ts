import {
  type AxisOrder,
  permutation,
  physical,
  rowMajor,
  sameMemory,
  withLeadingOnes,
} from './axis-order.js';
import type { TensorFlow, TfjsTensor } from './tensorflow.js';

/**
 * A tensor of a graph. Its axes may be held in another order than they are named in, so that chains of convolutions and
 * what stands between them transpose nothing; brought into an order once, it is kept in that order too.
 */
export class OrderedTensor {
  /** Logical sizes. */
  readonly dims: readonly number[];
  readonly order: AxisOrder;
  readonly tensor: TfjsTensor;
  readonly #tf: TensorFlow;
  readonly #others = new Map<string, TfjsTensor>();

  /** @param tensor becomes this value's own */
  constructor(tf: TensorFlow, tensor: TfjsTensor, order: AxisOrder = rowMajor(tensor.rank)) {
    this.#tf = tf;
    this.tensor = tensor;
    this.order = order;
    this.dims = rowMajor(order.length).map((axis) => tensor.shape[order.indexOf(axis)] ?? 1);
  }

  get rank(): number {
    return this.order.length;
  }

  /**
   * This value held in an order, which stays the value's own.
   * @param order of the same rank, or a higher one: the value then gets leading axes of size 1
   */
  in(order: AxisOrder): TfjsTensor {
    if (order.length === this.rank && order.every((axis, index) => axis === this.order[index]))
      return this.tensor;
    const key = order.join();
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    const made = this.#tf.keep(this.#tf.tidy(() => this.#brought(order)));
    this.#others.set(key, made);
    return made;
  }

  /** The first of several orders that costs nothing to have, or else the first. */
  cheapest(orders: readonly [AxisOrder, ...AxisOrder[]]): AxisOrder {
    return orders.find((order) => this.#isHeldIn(order)) ?? orders[0];
  }

  /** Another value of the same memory. */
  copy(): OrderedTensor {
    return new OrderedTensor(this.#tf, this.tensor.clone(), this.order);
  }

  dispose(): void {
    this.tensor.dispose();
    for (const tensor of this.#others.values()) tensor.dispose();
    this.#others.clear();
  }

  #isHeldIn(order: AxisOrder): boolean {
    return this.#others.has(order.join()) || sameMemory(this.#dims(order), this.#own(order), order);
  }

  #brought(order: AxisOrder): TfjsTensor {
    const [dims, own] = [this.#dims(order), this.#own(order)];
    if (sameMemory(dims, own, order)) return this.#tf.reshape(this.tensor, physical(dims, order));
    const held = this.#tf.reshape(this.tensor, physical(dims, own));
    const turned = permutation(own, order);
    // On WebGPU truth values can't be transposed.
    return held.dtype === 'bool'
      ? this.#tf.cast(this.#tf.transpose(this.#tf.mul(this.#tf.cast(held, 'float32'), 1), turned), 'bool')
      : this.#tf.transpose(held, turned);
  }

  #dims(order: AxisOrder): readonly number[] {
    return [...new Array<number>(order.length - this.rank).fill(1), ...this.dims];
  }

  #own(order: AxisOrder): AxisOrder {
    return withLeadingOnes(this.order, order.length);
  }
}

/** The one value that a node takes. */
export function only([value]: readonly OrderedTensor[]): OrderedTensor {
  if (value === undefined) throw new TypeError('a node takes a value that it was not given');
  return value;
}

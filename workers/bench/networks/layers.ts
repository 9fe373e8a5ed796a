import { add, divide, errorFunction, multiply, sigmoid } from '../../../stages/graph/arithmetic.js';
import { float, GraphBuilder, int, type Value } from '../../../stages/graph/builder.js';
import { conv, outputSize, type Window, windowAttributes } from '../../../stages/graph/convolution.js';
import { reshape, slice, transpose, transposeLast } from '../../../stages/graph/layout.js';
import { gemm, matMul } from '../../../stages/graph/matrix.js';
import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import type { Weights } from './weights.js';

/** Emits layers with weights of their own. */
export class Layers {
  readonly #weights: Weights;

  /** What the layers are emitted with. */
  readonly builder = new GraphBuilder(null);

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  image(side: number): Value {
    return this.builder.input('image', ['N', 3, side, side]);
  }

  /** He-normal weights, without bias, padded to keep the size. */
  convolution(x: Value, channels: number, kernel: number, stride: number): Value {
    return this.#convolved(x, channels, square(kernel, stride, Math.floor(kernel / 2)), 1, false);
  }

  /** The same with a bias. */
  biasedConvolution(x: Value, channels: number, kernel: number): Value {
    return this.#convolved(x, channels, square(kernel, 1, Math.floor(kernel / 2)), 1, true);
  }

  /** Each channel by itself. */
  depthwise(x: Value, kernel: number, stride: number, biased: boolean): Value {
    const channels = sizeOf(x.shape, 1);
    return this.#convolved(x, channels, square(kernel, stride, Math.floor(kernel / 2)), channels, biased);
  }

  /** Squares of pixels that don't overlap, with a bias. */
  patches(x: Value, channels: number, side: number): Value {
    return this.#convolved(x, channels, square(side, side, 0), 1, true);
  }

  #convolved(x: Value, channels: number, window: Window, groups: number, biased: boolean): Value {
    const inputs = sizeOf(x.shape, 1) / groups;
    const [height, width] = window.kernel;
    const seen = inputs * height * width;
    const data = this.#weights.normal(channels * seen, Math.sqrt(2 / seen));
    const weight = this.builder.floats([channels, inputs, height, width], data);
    const bias = biased ? this.vector(channels) : null;
    return conv(this.builder, x, weight, bias, window, groups);
  }

  /** Mean 0. */
  vector(size: number): Value {
    return this.tensor([size], 0.1);
  }

  tensor(dims: readonly number[], deviation: number): Value {
    const count = dims.reduce((product, size) => product * size, 1);
    return this.builder.floats(dims, this.#weights.normal(count, deviation));
  }

  /** x·W + bias over the last axis. */
  linear(x: Value, outputs: number, biased = true): Value {
    const inputs = sizeOf(x.shape, x.shape.length - 1);
    const product = matMul(this.builder, x, this.tensor([inputs, outputs], Math.sqrt(1 / inputs)));
    return biased ? add(this.builder, this.vector(outputs), product) : product;
  }

  /** Over the last axis. */
  layerNormalization(x: Value, epsilon: number): Value {
    const size = sizeOf(x.shape, x.shape.length - 1);
    const scale = this.builder.floats([size], this.#weights.aroundOne(size, 1));
    const attributes = { axis: int(-1), epsilon: float(epsilon) };
    return this.builder.emit('LayerNormalization', [x, scale, this.vector(size)], attributes, {
      shape: x.shape,
    });
  }

  /** x·Φ(x), in the operations that PyTorch exports it to. */
  gelu(x: Value): Value {
    const b = this.builder;
    const error = errorFunction(b, divide(b, x, b.scalar(Math.SQRT2)));
    return multiply(b, multiply(b, x, add(b, error, b.scalar(1))), b.scalar(0.5));
  }

  /** x·σ(x). */
  swish(x: Value): Value {
    return multiply(this.builder, x, sigmoid(this.builder, x));
  }

  softmax(x: Value): Value {
    return this.builder.emit('Softmax', [x], { axis: int(-1) }, { shape: x.shape });
  }

  globalPool(x: Value): Value {
    const shape = ['N' as const, sizeOf(x.shape, 1), 1, 1];
    return this.builder.emit('GlobalAveragePool', [x], {}, { shape });
  }

  /** Equal parts of the last axis. */
  split(x: Value, parts: number): readonly Value[] {
    const last = x.shape.length - 1;
    const size = sizeOf(x.shape, last) / parts;
    return Array.from({ length: parts }, (_, part) =>
      slice(this.builder, x, last, part * size, (part + 1) * size),
    );
  }

  /**
   * Attention among the tokens [..., T, D] by so many heads, with a linear layer before and behind.
   * @param added to the products of queries and keys, [..., heads, T, T]
   */
  attention(x: Value, heads: number, added: readonly Value[] = []): Value {
    const b = this.builder;
    const width = sizeOf(x.shape, x.shape.length - 1);
    const rank = x.shape.length;
    const leading = [...Array(rank - 2).keys()];
    const perHead = (value: Value): Value => {
      const wide = reshape(b, value, [...x.shape.slice(0, -1), heads, width / heads]);
      return transpose(b, wide, [...leading, rank - 1, rank - 2, rank]);
    };
    const [queries = x, keys = x, values = x] = this.split(this.linear(x, 3 * width), 3).map(perHead);
    const scaled = multiply(b, queries, b.scalar(Math.sqrt(heads / width)));
    const products = matMul(b, scaled, transposeLast(b, keys));
    const shares = this.softmax(added.reduce((sum, term) => add(b, sum, term), products));
    const found = transpose(b, matMul(b, shares, values), [...leading, rank - 1, rank - 2, rank]);
    return this.linear(reshape(b, found, x.shape), width);
  }

  /** Two linear layers with a GELU between. */
  perceptron(x: Value, inner: number): Value {
    const outputs = sizeOf(x.shape, x.shape.length - 1);
    return this.linear(this.gelu(this.linear(x, inner)), outputs);
  }

  /** Statistics near those of a convolution with He-normal weights behind a ReLU: mean 0, variance 1. */
  batchNormalization(x: Value, scale: number): Value {
    const channels = sizeOf(x.shape, 1);
    const { normal, aroundOne } = this.#weights;
    const vectors = [
      aroundOne(channels, scale),
      normal(channels, 0.1),
      normal(channels, 0.1),
      aroundOne(channels, 1),
    ];
    const inputs = [x, ...vectors.map((data) => this.builder.floats([channels], data))];
    return this.builder.emit('BatchNormalization', inputs, { epsilon: float(1e-5) }, { shape: x.shape });
  }

  relu(x: Value): Value {
    return this.builder.emit('Relu', [x], {}, { shape: x.shape });
  }

  add(x: Value, y: Value): Value {
    return add(this.builder, x, y);
  }

  maxPool(x: Value): Value {
    const window = square(3, 2, 1);
    const shape = ['N' as const, sizeOf(x.shape, 1), ...outputSize(x.shape, window)];
    const { dilations: _, ...attributes } = windowAttributes(window);
    return this.builder.emit('MaxPool', [x], attributes, { shape });
  }

  /** The pooled features of [N, C, H, W], and a linear layer. */
  classifier(x: Value, classes: number): Model {
    const flat = this.builder.emit(
      'Flatten',
      [this.globalPool(x)],
      { axis: int(1) },
      { shape: ['N', sizeOf(x.shape, 1)] },
    );
    return this.head(flat, classes);
  }

  /** A linear layer of features [N, D]. */
  head(features: Value, classes: number): Model {
    const b = this.builder;
    const weight = this.tensor([classes, sizeOf(features.shape, 1)], 0.02);
    b.output('logits', gemm(b, features, weight, this.tensor([classes], 0.02), { transB: true }));
    return b.finish('classifier');
  }
}

function square(kernel: number, stride: number, padding: number): Window {
  return {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    dilations: [1, 1],
  };
}

import { int, type Value } from '../../../stages/graph/builder.js';
import { concat, everySo, reshape, slice, transpose } from '../../../stages/graph/layout.js';
import { reduceMean } from '../../../stages/graph/reduction.js';
import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import { Layers } from './layers.js';
import type { Weights } from './weights.js';

const epsilon = 1e-5;

/** Swin transformers (Liu et al.): attention among the patches of windows, which every second block moves by half a window. */
export function swinTransformer(
  weights: Weights,
  options: {
    readonly depths: readonly number[];
    readonly heads: readonly number[];
    readonly width: number;
    readonly window?: number;
    readonly classes?: number;
    readonly side?: number;
  },
): Model {
  const { depths, heads, width, window = 7, classes = 1000, side = 224 } = options;
  const n = new Layers(weights);
  const b = n.builder;
  const patches = transpose(b, n.patches(n.image(side), width, 4), [0, 2, 3, 1]);
  let x = n.layerNormalization(patches, epsilon);
  for (const [stage, depth] of depths.entries()) {
    if (stage > 0) x = merged(n, x);
    for (let block = 0; block < depth; block++) {
      const isMoved = block % 2 === 1 && sizeOf(x.shape, 1) > window;
      const seen = n.layerNormalization(x, epsilon);
      const shift = isMoved ? Math.floor(window / 2) : 0;
      x = n.add(x, windowAttention(n, seen, heads[stage] ?? 1, window, shift));
      x = n.add(x, n.perceptron(n.layerNormalization(x, epsilon), 4 * sizeOf(x.shape, 3)));
    }
  }
  const features = n.layerNormalization(x, epsilon);
  return n.head(reduceMean(b, features, [1, 2]), classes);
}

/** Four neighbouring patches as one of twice the width. */
function merged(n: Layers, x: Value): Value {
  const b = n.builder;
  const count = [sizeOf(x.shape, 1) / 2, sizeOf(x.shape, 2) / 2] as const;
  const channelsFirst = transpose(b, x, [0, 3, 1, 2]);
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const part = everySo(b, channelsFirst, [quarter % 2, quarter >> 1], [2, 2], count);
    return transpose(b, part, [0, 2, 3, 1]);
  });
  const width = sizeOf(x.shape, 3);
  return n.linear(n.layerNormalization(concat(b, quarters, 3), epsilon), 2 * width, false);
}

/** Attention in windows of an image [N, H, W, D] that is rolled by `shift` rows and columns. */
function windowAttention(n: Layers, x: Value, heads: number, window: number, shift: number): Value {
  const b = n.builder;
  const [rows, columns, width] = [sizeOf(x.shape, 1), sizeOf(x.shape, 2), sizeOf(x.shape, 3)];
  const [down, across] = [rows / window, columns / window];
  const moved = rolled(n, x, shift);
  const tiles = transpose(
    b,
    reshape(b, moved, ['N', down, window, across, window, width]),
    [0, 1, 3, 2, 4, 5],
  );
  const tokens = reshape(b, tiles, ['N', down * across, window ** 2, width]);
  const added = [relativePositions(n, heads, window)];
  if (shift > 0)
    added.push(b.floats([down * across, 1, window ** 2, window ** 2], maskOf(down, across, window, shift)));
  const found = reshape(b, n.attention(tokens, heads, added), ['N', down, across, window, window, width]);
  const image = reshape(b, transpose(b, found, [0, 1, 3, 2, 4, 5]), ['N', rows, columns, width]);
  return rolled(n, image, -shift);
}

/** Rows and columns moved towards the first by `shift`, which may be negative; what leaves comes in on the other side. */
function rolled(n: Layers, x: Value, shift: number): Value {
  if (shift === 0) return x;
  return [1, 2].reduce((moving, axis) => {
    const size = sizeOf(moving.shape, axis);
    const cut = (shift + size) % size;
    const parts = [slice(n.builder, moving, axis, cut, size), slice(n.builder, moving, axis, 0, cut)];
    return concat(n.builder, parts, axis);
  }, x);
}

/** A number for each head and each place of one token seen from another, [heads, T, T]. */
function relativePositions(n: Layers, heads: number, window: number): Value {
  const b = n.builder;
  const span = 2 * window - 1;
  const tokens = window ** 2;
  const table = n.tensor([span ** 2, heads], 0.1);
  const places = Array.from({ length: tokens ** 2 }, (_, at) => {
    const [from, to] = [Math.floor(at / tokens), at % tokens];
    const down = Math.floor(from / window) - Math.floor(to / window) + window - 1;
    return down * span + (from % window) - (to % window) + window - 1;
  });
  const found = b.emit(
    'Gather',
    [table, b.integers(places)],
    { axis: int(0) },
    { shape: [tokens ** 2, heads] },
  );
  return transpose(b, reshape(b, found, [tokens, tokens, heads]), [2, 0, 1]);
}

/** −100 between tokens of a rolled image that are no neighbours, [windows, 1, T, T]. */
function maskOf(down: number, across: number, window: number, shift: number): Float32Array {
  const tokens = window ** 2;
  const part = (place: number, windows: number): number => {
    if (place < (windows - 1) * window) return 0;
    return place < windows * window - shift ? 1 : 2;
  };
  const partOf = (tile: number, token: number): number => {
    const row = Math.floor(tile / across) * window + Math.floor(token / window);
    const column = (tile % across) * window + (token % window);
    return 3 * part(row, down) + part(column, across);
  };
  return Float32Array.from({ length: down * across * tokens ** 2 }, (_, at) => {
    const tile = Math.floor(at / tokens ** 2);
    const [from, to] = [Math.floor(at / tokens) % tokens, at % tokens];
    return partOf(tile, from) === partOf(tile, to) ? 0 : -100;
  });
}

import { int, type Value } from '../../../stages/graph/builder.js';
import { concat, reshape, slice, transposeLast } from '../../../stages/graph/layout.js';
import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import { Layers } from './layers.js';
import type { Weights } from './weights.js';

const epsilon = 1e-6;

/** Vision transformers (Dosovitskiy et al.): attention among all patches of an image and a token that stands for the class. */
export function visionTransformer(
  weights: Weights,
  options: {
    readonly patch: number;
    readonly depth: number;
    readonly heads: number;
    readonly width: number;
    readonly classes?: number;
    readonly side?: number;
  },
): Model {
  const { patch, depth, heads, width, classes = 1000, side = 224 } = options;
  const n = new Layers(weights);
  const b = n.builder;
  const image = n.image(side);
  const patches = n.patches(image, width, patch);
  const count = sizeOf(patches.shape, 2) * sizeOf(patches.shape, 3);
  const tokens = transposeLast(b, reshape(b, patches, ['N', width, count]));
  const own = forEachImage(n, image, n.tensor([1, 1, width], 0.3));
  let x = n.add(concat(b, [own, tokens], 1), n.tensor([1, count + 1, width], 0.3));
  for (let block = 0; block < depth; block++) {
    x = n.add(n.attention(n.layerNormalization(x, epsilon), heads), x);
    x = n.add(n.perceptron(n.layerNormalization(x, epsilon), 4 * width), x);
  }
  const first = slice(b, n.layerNormalization(x, epsilon), 1, 0, 1);
  return n.head(reshape(b, first, ['N', width]), classes);
}

/** A tensor [1, …], repeated for each image. */
function forEachImage(n: Layers, image: Value, x: Value): Value {
  const b = n.builder;
  const sizes = b.emit('Shape', [image], {}, { shape: [4], type: 'int64' });
  const batch = slice(b, sizes, 0, 0, 1);
  const own = b.integers(x.shape.slice(1).map(Number));
  const wanted = b.emit('Concat', [batch, own], { axis: int(0) }, { shape: [x.shape.length], type: 'int64' });
  return b.emit('Expand', [x, wanted], {}, { shape: ['N', ...x.shape.slice(1)] });
}

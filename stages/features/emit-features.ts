import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reducedShape, reduceMean } from '../graph/reduction.js';
import { elementsPerImage, type Shape } from '../graph/shape.js';
import type { LinearHead } from './linear-head.js';

/** The features that a head reads as a value of the graph, float32 [N, D]. */
export function emitFeatures(b: GraphBuilder, { input, form, size }: LinearHead): Value {
  return b.inSingle(() => {
    const vector: Shape = ['N', size];
    if (form.kind === 'flattened' || elementsPerImage(input.shape) === size) return reshape(b, input, vector);
    const positions = [...input.shape.keys()].filter((axis) => axis !== 0 && axis !== form.axis);
    // As a pool the mean stays in ONNX Runtime's blocked layout.
    const mean =
      input.shape.length === 4 && form.axis === 1
        ? b.emit('GlobalAveragePool', [input], {}, { shape: reducedShape(input.shape, positions, true) })
        : reduceMean(b, input, positions, true);
    return reshape(b, mean, vector);
  });
}

import { ModelError } from '../errors.js';
import type { Model, ValueInfo } from '../onnx/model.js';
import { listed, shown } from '../shown.js';
import { isRowOfPixels } from './grey-images.js';

/**
 * What to add to a refusal of a model whose input has three axes, the first of a fixed size: that is read as grey images
 * [N, H, W], and may be one image [C, H, W] or [H, W, C]. Empty for any other input.
 */
export function missingBatchAxis(input: ValueInfo | undefined): string {
  const { name = '', dims } = input ?? {};
  const [images] = dims ?? [];
  if (!input || dims?.length !== 3 || isRowOfPixels(input) || typeof images !== 'number' || images <= 1)
    return '';
  const shape = listed(dims.map((size) => shown(String(size))));
  return `; input ${shown(name)} of shape [${shape}] is read as ${images} grey images: if it is one image without a batch axis, export the model with images [N, C, H, W] as input`;
}

/** Reads a model; what refuses it speaks of an input that may lack its batch axis too. */
export function withBatchAxisInMind<T>({ graph }: Model, part: () => T): T {
  try {
    return part();
  } catch (error) {
    const addition = error instanceof ModelError ? missingBatchAxis(graph.inputs[0]) : '';
    if (addition === '' || !(error instanceof ModelError)) throw error;
    throw new ModelError(`${error.message}${addition}`, { cause: error });
  }
}

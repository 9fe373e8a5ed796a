import type { FloatTensor } from '../onnx/model.js';

/** Gives a form of a weight, made once for each key. */
export type WeightForms = (weight: FloatTensor, key: string, make: () => FloatTensor) => FloatTensor;

/**
 * Keeps forms of weights, such as flipped kernels, as long as the weights live: passes and layers that share a weight then
 * share its forms, which a graph writes once. By the weight's elements, then by what else the form follows from: layers may
 * share elements, not shapes.
 */
export function weightForms(): WeightForms {
  const kept = new WeakMap<Float32Array, Map<string, FloatTensor>>();
  return ({ data }, key, make) => {
    const forms = kept.get(data) ?? new Map<string, FloatTensor>();
    kept.set(data, forms);
    const made = forms.get(key) ?? make();
    forms.set(key, made);
    return made;
  };
}

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';

const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;

/** Numbers from −1 to 1 as pixels of a batch. */
export function pixelsOf(dims: readonly number[]): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, at) => Math.sin(at * 0.7));
}

/** What ONNX Runtime gives for a model's first output, and for the logits of its compiled forward pass. */
export async function bothLogits(
  model: Model,
  { images = 2, original = encodeModel(model) }: { images?: number; original?: Uint8Array } = {},
): Promise<{ readonly original: readonly number[]; readonly compiled: readonly number[] }> {
  const [input] = model.graph.inputs;
  const dims = [images, ...(input?.dims ?? []).slice(1).map(Number)];
  const pixels = pixelsOf(dims);
  const run = async (bytes: Uint8Array, name: string): Promise<number[]> => {
    const session = await InferenceSession.create(bytes, options);
    const outputs = await session.run({ [name]: new OrtTensor('float32', pixels, dims) });
    return Array.from(outputs[session.outputNames[0]!]!.data as Float32Array);
  };
  return {
    original: await run(original, input?.name ?? ''),
    compiled: await run(encodeModel(compileForward(model)), 'image'),
  };
}

/** The largest difference of the two, as a part of the largest logit. */
export async function differenceToRuntime(
  model: Model,
  how: { images?: number; original?: Uint8Array } = {},
): Promise<number> {
  const { original, compiled } = await bothLogits(model, how);
  if (original.length !== compiled.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...original.map(Math.abs));
  return Math.max(...original.map((value, at) => Math.abs(value - compiled[at]!))) / largest;
}

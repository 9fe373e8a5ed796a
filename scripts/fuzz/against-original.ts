import '../../workers/engines/no-telemetry.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphMemory } from '../../stages/graph/graph-memory.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';

/** Numbers of a batch beyond which comparing takes too long. */
const largestBatch = 1e6;

/** Bytes of what a pass holds at a time beyond which it is not run. */
const largestPass = 2 ** 28;

/** Weights beyond it have no square in single precision: how a pass goes on from there is not the same in two ways to write it. */
const largestWeight = 1e18;

const options: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'disabled',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
};

/**
 * Runs a model beside what its forward pass was compiled to: what is misread without a word gives other logits.
 * @param bytes of the model's file
 * @returns how they differ, or null where they don't, or where ONNX Runtime does not take the file itself
 */
export async function differenceFromOriginal(bytes: Uint8Array, model: Model): Promise<string | null> {
  const { softmax, channelsLast, channels, height, width, fixedBatch } = findClassifier(model);
  const batch = fixedBatch ?? 2;
  const count = batch * channels * height * width;
  // It takes the nodes of a function for ones of the model's operator set.
  const isMixed = model.graph.nodes.some(({ opset = model.opset }) => opset !== model.opset);
  // Its Split ends the process where an output is left out.
  const leavesOut = model.graph.nodes.some(({ outputs }) => outputs.includes(''));
  if (softmax !== null || channelsLast || count > largestBatch || isMixed || leavesOut) return null;
  const pixels = Float32Array.from({ length: count }, (_, at) => Math.sin(at * 0.7));
  const image = new Tensor('float32', pixels, [batch, channels, height, width]);
  const forward = compileForward(model, { batch, lowerings: cpuLowerings });
  if (graphMemory(forward, batch).imageBytes * batch > largestPass) return null;
  const expected = await logitsOf(bytes, image).catch(() => null);
  if (expected === null) return null;
  const found = await logitsOf(encodeModel(forward), image);
  if (found.some(Number.isNaN) && hasLargeWeights(model)) return null;
  return difference(expected, found);
}

async function logitsOf(bytes: Uint8Array, image: Tensor): Promise<readonly number[]> {
  const session = await InferenceSession.create(bytes, options);
  try {
    const { outputNames, inputNames } = session;
    const name = outputNames.length > 1 ? 'logits' : (outputNames[0] ?? '');
    const outputs = await session.run({ [inputNames[0] ?? '']: image }, [name]);
    return Array.from((outputs[name]?.data ?? []) as Float32Array);
  } finally {
    await session.release();
  }
}

function hasLargeWeights({ graph }: Model): boolean {
  return [...graph.initializers.values()].some(
    ({ type, data }) => type === 'float32' && data.some((element) => Math.abs(element) > largestWeight),
  );
}

function difference(expected: readonly number[], found: readonly number[]): string | null {
  if (expected.length !== found.length) return `${found.length} logits instead of ${expected.length}`;
  const scale = Math.max(1e-6, ...expected.filter(Number.isFinite).map(Math.abs));
  const at = expected.findIndex((value, index) => {
    const other = found[index] ?? Number.NaN;
    return Number.isFinite(value) ? !(Math.abs(value - other) <= 1e-4 * scale) : Number.isFinite(other);
  });
  return at < 0 ? null : `logit ${at} is ${found[at]} instead of ${expected[at]}`;
}

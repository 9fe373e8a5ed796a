import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import {
  type GoldenCase,
  goldenCases,
  openCase,
  wrongLogits,
  wrongNorms,
  wrongSigns,
} from '../../workers/parity/operation-cases.js';

/** Declares a test for each case of a rule. */
export function followsTheReference(rule: string): void {
  for (const golden of goldenCases(rule))
    test(`${rule} with ${golden.title} has the gradients of PyTorch float64`, async (t) => {
      t.deepEqual(await disagreements(golden), []);
    });
}

async function disagreements(golden: GoldenCase): Promise<string[]> {
  const { model, images } = openCase(golden);
  const [count = 0, ...image] = images.dims;
  const pixels = images.data;
  const temperature = new OrtTensor('float32', [1], [1]);
  const feeds = { image: new OrtTensor('float32', pixels, images.dims), temperature };
  const wrong: string[] = [];

  for (const compiled of [compilePerturbation(model, { batch: count }), compilePerturbation(model)]) {
    const { logits = [], direction = [] } = await run(compiled, feeds);
    wrong.push(...wrongLogits(logits, golden.logits), ...wrongSigns(direction, golden.directions));
  }
  for (const [name, { logNorm, logSG }] of Object.entries(golden.norms)) {
    const outputs = await run(compileScoring(model, { batch: count, parameters: [name] }), {
      ...feeds,
      direction: new OrtTensor('float32', new Float32Array(pixels.length), images.dims),
      epsilon: new OrtTensor('float32', new Float32Array(image[0] ?? 0), image.slice(0, 1)),
    });
    wrong.push(...wrongNorms(`${name}, log norm`, outputs.log_norm ?? [], logNorm));
    wrong.push(...wrongNorms(`${name}, log SG`, outputs.log_sg ?? [], logSG));
  }
  // Last, as a check of the reference: the graph itself.
  if (golden.runs) {
    const { logits = [] } = await run(model, { image: feeds.image });
    wrong.push(...wrongLogits(logits, golden.logits).map((line) => `the model itself: ${line}`));
  }
  return wrong;
}

async function run(model: Model, feeds: InferenceSession.FeedsType): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const outputs = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as Iterable<number>, Number)]),
  );
}

import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { layersNamed } from '../../stages/scoring/layer-names.js';
import {
  type GoldenCase,
  goldenCases,
  openCase,
  wrongLogits,
  wrongNorms,
  wrongSigns,
} from '../../workers/parity/operation-cases.js';

/**
 * Declares a test for each case of a rule. The norms of a case's parameters come from one graph, and of the first case also from
 * a graph for each parameter alone.
 */
export function followsTheReference(rule: string): void {
  for (const [index, golden] of goldenCases(rule).entries())
    test(`${rule} with ${golden.title} has the gradients of PyTorch float64`, async (t) => {
      t.deepEqual(await disagreements(golden, index === 0), []);
    });
}

async function disagreements(golden: GoldenCase, eachAlone: boolean): Promise<string[]> {
  const { model, images } = openCase(golden);
  const [count = 0, channels = 0] = images.dims;
  const temperature = new OrtTensor('float32', [1], [1]);
  const feeds = { image: new OrtTensor('float32', images.data, images.dims), temperature };
  const unperturbed = {
    ...feeds,
    direction: new OrtTensor('float32', new Float32Array(images.data.length), images.dims),
    epsilon: new OrtTensor('float32', new Float32Array(channels), [channels]),
  };
  const wrong: string[] = [];

  for (const compiled of [compilePerturbation(model, { batch: count }), compilePerturbation(model)]) {
    const { logits = [], direction = [] } = await run(compiled, feeds);
    wrong.push(...wrongLogits(logits, golden.logits), ...wrongSigns(direction, golden.directions));
  }
  const parameters = Object.keys(golden.norms);
  if (parameters.length > 0) {
    const scoring = compileScoring(model, { batch: count, parameters, layerNorms: true });
    wrong.push(...wrongLayerNorms(golden, layersNamed(scoring) ?? [], await run(scoring, unperturbed)));
  }
  for (const name of eachAlone ? parameters : []) {
    const outputs = await run(compileScoring(model, { batch: count, parameters: [name] }), unperturbed);
    wrong.push(...wrongNormsOf(golden, `${name} alone`, name, outputs.log_norm ?? [], outputs.log_sg ?? []));
  }
  // Last, as a check of the reference: the graph itself.
  if (golden.runs) {
    const { logits = [] } = await run(model, { image: feeds.image });
    wrong.push(...wrongLogits(logits, golden.logits).map((line) => `the model itself: ${line}`));
  }
  return wrong;
}

/** Of a graph that gives the norm of every parameter: `layer_log_norms` [N, L], and what the whole norm is made of. */
function wrongLayerNorms(
  golden: GoldenCase,
  layers: readonly string[],
  { layer_log_norms: all = [], log_norm: norms = [], log_sg: scores = [] }: Record<string, number[]>,
): string[] {
  const missing = Object.keys(golden.norms).filter((name) => !layers.includes(name));
  return [
    ...missing.map((name) => `${name}: no norm`),
    ...layers.flatMap((layer, column) => {
      const logSG = all.filter((_, at) => at % layers.length === column);
      // What the two differ by is the image's, whatever the parameter. Where nothing has a gradient both are −∞.
      const logNorm = logSG.map((value, image) =>
        value === -Infinity ? value : value + (norms[image] ?? Number.NaN) - (scores[image] ?? Number.NaN),
      );
      return wrongNormsOf(golden, layer, layer, logNorm, logSG);
    }),
  ];
}

function wrongNormsOf(
  { norms }: GoldenCase,
  what: string,
  parameter: string,
  logNorm: readonly number[],
  logSG: readonly number[],
): string[] {
  const expected = norms[parameter];
  if (expected === undefined) return [`${what}: the reference has no such parameter`];
  return [
    ...wrongNorms(`${what}, log norm`, logNorm, expected.logNorm),
    ...wrongNorms(`${what}, log SG`, logSG, expected.logSG),
  ];
}

async function run(model: Model, feeds: InferenceSession.FeedsType): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const outputs = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as Iterable<number>, Number)]),
  );
}

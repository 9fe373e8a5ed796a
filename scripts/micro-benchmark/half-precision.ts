#!/usr/bin/env node
/**
 * What half precision does to the scores of trained networks: the networks of the micro-benchmark on its first clean
 * images and those of O, in half precision as a GPU would round it, against single precision.
 *
 * Usage: node dist/scripts/micro-benchmark/half-precision.js
 */
import '../../workers/engines/no-telemetry.js';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { assetFile } from '../../manifests/micro-benchmark/assets.js';
import { readCandidates } from '../../manifests/micro-benchmark/candidates.js';
import { planImages } from '../../manifests/micro-benchmark/sets.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { cpuLowerings, halfLowerings } from '../../stages/lowerings/lowerings.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { signatures } from '../../stages/scoring/signature.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';
import { feedsNamed } from '../../workers/passes/tensors.js';
import { imageTensor, std } from './classify.js';

/** Images of each set. */
const each = 80;
const cells = [
  { temperature: 1, epsilon: 0 },
  { temperature: 1000, epsilon: 0 },
  { temperature: 1, epsilon: 0.002 },
  { temperature: 1000, epsilon: 0.002 },
] as const;
const { logOdds, logSG, logG } = signatures.oneShot.outputs;
const outputs = [logOdds.name, logSG.name, logG.name];

const sets = planImages(await readCandidates());
const image = imageTensor(
  ['clean', 'O'].flatMap((name) =>
    sets
      .filter(({ set }) => set === name)
      .slice(0, each)
      .map((one) => one.draw()),
  ),
);
const models: readonly { readonly name: string; readonly file: string }[] = JSON.parse(
  await readFile(assetFile('models.json'), 'utf8'),
);
const rows: string[][] = [];
for (const { name, file } of models) {
  const model = decodeModel(await readFile(assetFile(file)));
  const batch = 2 * each;
  const single = await open(compileOneShot(model, { batch, lowerings: cpuLowerings }));
  const half = await open(
    roundedBetweenOperations(compileOneShot(model, { batch, lowerings: halfLowerings })),
  );
  for (const cell of cells) {
    const [reference, rounded] = [await score(single, cell), await score(half, cell)];
    for (const output of outputs) {
      const [expected, found] = [numbers(reference, output), numbers(rounded, output)];
      const errors = expected.map((value, at) => Math.abs((found[at] ?? Number.NaN) - value)).sort();
      rows.push([
        name,
        String(cell.temperature),
        String(cell.epsilon),
        output,
        ...[errors[each], errors.at(-1)].map((error) => (error ?? Number.NaN).toExponential(1)),
        ...[expected, found].map((scores) => rocAuc(scores).toFixed(4)),
      ]);
    }
  }
}
const titles = ['median error', 'largest error', 'ROC-AUC in single', 'in half precision'];
console.log(
  markdownGrid(
    [
      { title: 'network', align: 'left' },
      { title: 'T', align: 'right' },
      { title: 'ε', align: 'right' },
      { title: 'score', align: 'left' },
      ...titles.map((title) => ({ title, align: 'right' }) as const),
    ],
    rows,
  ),
);

function open(model: Model): Promise<InferenceSession> {
  return InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 });
}

function score(session: InferenceSession, { temperature, epsilon }: (typeof cells)[number]) {
  const steps = Float32Array.from(std, (deviation) => epsilon / deviation);
  const feeds: InferenceSession.FeedsType = feedsNamed<'oneShot', Tensor>('oneShot', {
    image,
    temperature: new Tensor('float32', Float32Array.of(temperature), [1]),
    epsilon: new Tensor('float32', steps, [steps.length]),
  });
  return session.run(feeds);
}

function numbers(scores: InferenceSession.OnnxValueMapType, output: string): Float64Array {
  return Float64Array.from(scores[output]?.data as Float32Array);
}

/** Of the images of O against the clean ones, whatever the score's direction. */
function rocAuc(scores: Float64Array): number {
  return aurocAgainst(sortScores(scores.subarray(0, each)), scores.subarray(each));
}

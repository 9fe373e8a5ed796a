import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import type { Model } from '../../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile-passes.js';
import { layersNamed } from '../../../stages/scoring/layer-names.js';
import { type Engine, type HostTensor, outputNamed, runOnHost } from '../../../workers/engines/engine.js';
import {
  type GoldenCase,
  goldenCases,
  openCase,
  wrongLogits,
  wrongNorms,
  wrongSigns,
} from '../../../workers/parity/operation-cases.js';
import { firstLine, leftOut } from '../problems.js';
import { type CheckPart, originOf } from './part.js';

/** The operation's cases, there and back, and the norm of each parameter: beside PyTorch's float64. */
export const operations: CheckPart = async ({ engine, lowerings, threads, task, seconds, say }) => {
  const began = performance.now();
  const rule = task.network ?? '';
  const origin = originOf(task);
  const cases = goldenCases(rule);
  let compared = 0;
  const wrong: string[] = [];
  for (const golden of cases) {
    if (compared > 0 && performance.now() - began > 1000 * seconds) {
      say(leftOut(`${cases.length - compared} cases of ${rule} on ${origin.device} in ${task.precision}`));
      break;
    }
    compared += 1;
    try {
      const [first] = await disagreements(engine, golden, { lowerings, threads });
      if (first !== undefined) wrong.push(`${golden.title}: ${first}`);
    } catch (error) {
      wrong.push(`${golden.title}: ${firstLine(error)}`);
    }
  }
  say({ part: 'operations', ...origin, rule, compared, wrong });
};

interface Opening {
  readonly lowerings: Lowerings;
  readonly threads: number;
}

async function disagreements(
  engine: Engine,
  golden: GoldenCase,
  { lowerings, threads }: Opening,
): Promise<string[]> {
  const { model, images } = openCase(golden);
  const [batch = 1, channels = 1] = images.dims;
  const options = { batch, lowerings };
  const parameters = Object.keys(golden.norms);
  const temperature: HostTensor = { type: 'float32', dims: [1], data: Float32Array.of(1) };
  const zeros = (dims: readonly number[]): HostTensor => ({
    type: 'float32',
    dims,
    data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
  });
  const run = (graph: Model, feeds: Readonly<Record<string, HostTensor>>) =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, 'case.onnx');
      await writeFile(file, encodeModel(graph));
      const session = await engine.open(file, { threads });
      try {
        return await runOnHost(engine, session, feeds);
      } finally {
        await session.dispose();
      }
    });
  const there = await run(compilePerturbation(model, options), { image: images, temperature });
  const wrong = [
    ...wrongLogits(numbersOf(there, 'logits'), golden.logits),
    ...wrongSigns(numbersOf(there, 'direction'), golden.directions),
  ];
  if (parameters.length === 0) return wrong;
  const scoring = compileScoring(model, { ...options, parameters, layerNorms: true });
  const back = await run(scoring, {
    image: images,
    temperature,
    direction: zeros(images.dims),
    epsilon: zeros([channels]),
  });
  const layers = layersNamed(scoring) ?? [];
  const norms = numbersOf(back, 'layer_log_norms');
  layers.forEach((layer, column) => {
    const actual = norms.filter((_, at) => at % layers.length === column);
    wrong.push(...wrongNorms(`${layer}, log SG`, actual, golden.norms[layer]?.logSG ?? []));
  });
  return wrong;
}

const numbersOf = (outputs: Readonly<Record<string, HostTensor>>, name: string): number[] =>
  Array.from(outputNamed(outputs, name).data, Number);

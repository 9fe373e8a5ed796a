import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { layersNamed } from '../../stages/scoring/layer-names.js';
import { type Engine, type HostTensor, outputNamed, runOnHost } from '../engines/engine.js';
import { writeGraph } from '../onnx-files/graph-files.js';
import { type GoldenCase, openCase, wrongLogits, wrongNorms, wrongSigns } from './operation-cases.js';

/** How graphs are compiled and opened. */
export interface CaseOpening {
  readonly lowerings: Lowerings;
  readonly threads: number;
}

/**
 * Runs a case of an operation on a device, there and back, with the norm of each parameter.
 * @returns a line for each number that disagrees with PyTorch's float64
 * @throws what the engine throws where it can't run a graph
 */
export async function caseDisagreements(
  engine: Engine,
  golden: GoldenCase,
  { lowerings, threads }: CaseOpening,
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
      await writeGraph(file, graph);
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

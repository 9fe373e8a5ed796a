import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model, ValueInfo } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { signatures } from '../../stages/scoring/signature.js';
import { type Engine, type HostTensor, runOnHost } from '../engines/engine.js';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';
import { writeGraph } from '../onnx-files/graph-files.js';
import { type Birth, birthsOf, relativeError } from './births.js';
import { type Golden, type GoldenCell, readGolden, readGoldenModel } from './golden.js';
import { goldenImages } from './golden-images.js';
import { inStandardOperators } from './standard-operators.js';

/** How the values of one graph at one cell differ from the CPU's. */
export interface ComparedCell {
  readonly temperature: number;
  /** Of the first channel. */
  readonly epsilon: number;
  /** How many values were compared. */
  readonly values: number;
  /** The largest error of the logits, in parts of the largest of them. */
  readonly logits: number;
  readonly births: readonly Birth[];
}

/** How the graph is compiled and opened. */
export interface CompareOptions {
  readonly lowerings: Lowerings;
  readonly threads: number;
}

/**
 * Computes every float32 value of a golden network's one-shot graph on a device, in a session of its own, and on the
 * CPU, which runs the same graph in standard operators: without a step and with one.
 * @throws what the engine throws where it can't run the graph
 */
export async function compareValues(
  engine: Engine,
  network: string,
  { lowerings, threads }: CompareOptions,
): Promise<readonly ComparedCell[]> {
  const golden = await readGolden(network);
  const compiled = compileOneShot(await readGoldenModel(network), { batch: golden.seeds.length, lowerings });
  const values = floatValues(compiled);
  const graph = withOutputs(compiled, values);
  return withTemporaryFolder(async (folder) => {
    const open = async (on: Engine, name: string, model: Model) => {
      const file = join(folder, `${name}.onnx`);
      await writeGraph(file, model);
      return on.open(file, { threads });
    };
    const cells = cellsToCompare(golden).map((cell) => ({ cell, feeds: feedsOf(golden, cell) }));
    const run = async (on: Engine, name: string, model: Model) => {
      const session = await open(on, name, model);
      try {
        const found = [];
        for (const { feeds } of cells) found.push(await runOnHost(on, session, feeds));
        return found;
      } finally {
        await session.dispose();
      }
    };
    const found = await run(engine, 'device', graph);
    const references = await run(onnxRuntimeCpu, 'reference', inStandardOperators(graph));
    return cells.map(({ cell }, index) => {
      const errors = errorsOf(values, found[index] ?? {}, references[index] ?? {});
      return {
        temperature: cell.temperature,
        epsilon: cell.epsilon[0] ?? 0,
        values: errors.size,
        logits: errors.get(signatures.oneShot.outputs.logits.name) ?? 0,
        births: birthsOf(graph.graph, errors),
      };
    });
  });
}

/** What the nodes of a graph give in single precision and in a shape that is known. */
function floatValues({ graph }: Model): readonly ValueInfo[] {
  return graph.nodes
    .flatMap(({ outputs }) => outputs)
    .flatMap((name) => graph.values?.get(name) ?? [])
    .filter(({ type, dims }) => type === 'float32' && dims?.every((size) => typeof size === 'number'));
}

/** The same graph, giving some of its values too. */
function withOutputs(model: Model, values: readonly ValueInfo[]): Model {
  const { outputs } = model.graph;
  const known = new Set(outputs.map(({ name }) => name));
  const added = values.filter(({ name }) => !known.has(name));
  return { ...model, graph: { ...model.graph, outputs: [...outputs, ...added] } };
}

/** The first cell, and one with a step: an error that both have is one of the clean pass. */
function cellsToCompare({ cells }: Golden): readonly GoldenCell[] {
  const stepped = cells.filter(({ epsilon }) => epsilon.some((step) => step !== 0));
  const second = stepped.find(({ temperature }) => temperature === 10) ?? stepped.at(-1);
  return [...cells.slice(0, 1), ...(second === undefined ? [] : [second])];
}

function feedsOf(golden: Golden, { temperature, epsilon }: GoldenCell): Readonly<Record<string, HostTensor>> {
  const floats = (dims: readonly number[], data: Float32Array): HostTensor => ({
    type: 'float32',
    dims,
    data,
  });
  const { inputs } = signatures.oneShot;
  const [channels] = golden.shape;
  return {
    [inputs.image.name]: floats([golden.seeds.length, ...golden.shape], goldenImages(golden)),
    [inputs.temperature.name]: floats([1], Float32Array.of(temperature)),
    [inputs.epsilon.name]: floats([channels], Float32Array.from(epsilon)),
  };
}

function errorsOf(
  values: readonly ValueInfo[],
  found: Readonly<Record<string, HostTensor>>,
  references: Readonly<Record<string, HostTensor>>,
): ReadonlyMap<string, number> {
  const errors = new Map<string, number>();
  for (const { name } of values) {
    const [a, b] = [found[name]?.data, references[name]?.data];
    if (!(a instanceof Float32Array) || !(b instanceof Float32Array))
      throw new TypeError(`value ${name} of the compiled graph is no float32 tensor, or was not given`);
    errors.set(name, relativeError(a, b));
  }
  return errors;
}

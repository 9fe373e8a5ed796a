import { cpus } from 'node:os';
import { formatBytes } from '../../manifests/input/bytes.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { GrodinError } from '../../stages/errors.js';
import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import { isError } from '../../stages/is-error.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model, Tensor } from '../../stages/onnx/model.js';
import { type BenchPass, type PassKind, passInputs } from '../../workers/bench/pass.js';
import { timePasses } from '../../workers/bench/time-passes.js';
import { type Device, deviceText, type Precision } from '../../workers/devices/device.js';
import { loadFirst } from '../../workers/doctor/load-first.js';
import type { Engine } from '../../workers/engines/engine.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { CompiledGraphs, type GraphKind } from '../graphs/compiled-graphs.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import type { StoredGraph } from '../graphs/graph-folder.js';
import { readModel } from '../model/read-model.js';
import type { OpenModel } from '../opening/opened.js';
import { planMemory, poolBytes } from '../plan/memory-plan.js';
import type { DeviceCosts, ModelCosts } from './device-costs.js';
import { figuresOf, type TimedFigures } from './timed-figures.js';

/** What costs are measured of, and how: plain data. */
export interface CostSettings {
  readonly models: readonly OpenModel[];
  readonly devices: readonly Device[];
  readonly precision: Precision;
  readonly lowerings: Lowerings;
  /** Of one worker of the run. */
  readonly threads: number;
  /** Images of a batch of the run. */
  readonly batch: number;
  /** Bytes that the run may take, or null where they are not bounded. */
  readonly allowedBytes: number | null;
  readonly memoryUse: MemoryUse;
  readonly cache: CacheSettings | null;
}

/** Rounds of one network: as many as a short time has, since a run waits for them; small networks need many of them. */
const rounds = { warmUp: 2, rounds: 200, limit: { seconds: 0.5, fewest: 3 } };

/**
 * Times inference, perturbation, scoring and a training step of each network of a run on its device and at its batch size, in
 * turn. This process's environment becomes that of the device. Networks of one structure, as the members of an ensemble, are
 * measured once.
 * @throws DeviceError where the device can't be used
 */
export async function measureCosts(settings: CostSettings): Promise<DeviceCosts> {
  const { devices, precision, threads, batch, cache } = settings;
  const engine = await loadFirst(devices, precision);
  const models = await withTemporaryFolder(async (folder) => {
    const graphs = new CompiledGraphs(folder, cache);
    const measured = new Map<string, ModelCosts>();
    const all: ModelCosts[] = [];
    for (const model of settings.models) {
      const of = { name: model.name, sha256: model.identity.sha256 };
      const content = await readModel(model.file, model);
      const structure = structureOf(model, content);
      const known = measured.get(structure);
      const costs = known
        ? { ...known, ...of, sameAs: known.name }
        : { ...of, sameAs: null, ...(await costsOf(engine, graphs, model, content, settings)) };
      measured.set(structure, known ?? costs);
      all.push(costs);
    }
    return all;
  });
  const [first] = devices;
  return {
    device: first === undefined ? '' : deviceText(first),
    processor: processorName(),
    engine: engine.name,
    engineVersion: engine.version,
    provider: engine.provider,
    ...{ precision, threads, batch },
    date: new Date().toISOString().slice(0, 10),
    models,
  };
}

/** The processor as messages name it. */
export function processorName(): string {
  return cpus()[0]?.model.trim() ?? 'unknown';
}

/** Equal for networks that differ in their weights alone, and are scored by the same parameters. */
function structureOf(model: OpenModel, { graph }: Model): string {
  return JSON.stringify({
    nodes: graph.nodes.map(({ type, inputs, outputs, attributes }) => [
      ...[type, inputs, outputs],
      Array.from(attributes, ([name, attribute]) => [
        name,
        attribute.kind === 'tensor' ? formOf(attribute.value) : attribute,
      ]),
    ]),
    tensors: Array.from(graph.initializers, ([name, tensor]) => [name, formOf(tensor)]),
    parameters: parameterPatterns(model),
  });
}

/** Of integers, which are shapes and places, the values too. */
function formOf({ type, dims, data }: Tensor): readonly unknown[] {
  return [type, dims, data instanceof BigInt64Array ? data.join() : null];
}

type Figures = Omit<ModelCosts, 'name' | 'sha256' | 'sameAs'>;

const nothing: TimedFigures = {
  ...{ inference: null, perturbation: null, scoring: null, training: null },
  ...{ inferences: null, trainingSteps: null },
};

const kinds = {
  plain: 'forward',
  perturbation: 'perturbation',
  scoring: 'scoring',
  training: 'training',
} as const satisfies Readonly<Record<PassKind, GraphKind>>;

/** Of one network; without the training step, or nothing, where the device can't run it. */
async function costsOf(
  engine: Engine,
  graphs: CompiledGraphs,
  model: OpenModel,
  content: Model,
  settings: CostSettings,
): Promise<Figures> {
  const { batch, threads, lowerings } = settings;
  const source = { ...model.identity, file: model.file, decode: async () => content };
  const options = { ...parameterPatterns(model), batch, lowerings };
  const passesOf = async (names: readonly PassKind[]): Promise<readonly BenchPass[]> => {
    const passes: BenchPass[] = [];
    const memory: GraphMemory[] = [];
    for (const kind of names) {
      const graph: StoredGraph = await graphs.of(source, kinds[kind], options);
      const { channels, height, width } = graph.model;
      const inputs = passInputs(kinds[kind], { batch, channels, height, width });
      passes.push({ kind, file: graph.file, inputs });
      memory.push(graph.memory);
    }
    requireRoom(memory, settings);
    return passes;
  };
  const timed = async (names: readonly PassKind[]): Promise<TimedFigures> =>
    figuresOf(await timePasses(engine, await passesOf(names), { threads, ...rounds }), batch);
  try {
    return { ...(await timed(['plain', 'perturbation', 'scoring', 'training'])), problem: null };
  } catch (error) {
    const problem = reasonOf(error);
    try {
      return { ...(await timed(['plain', 'perturbation', 'scoring'])), problem };
    } catch (again) {
      return { ...nothing, problem: reasonOf(again) };
    }
  }
}

/** @throws RangeError where the run may not take what the graphs do together */
function requireRoom(memory: readonly GraphMemory[], settings: CostSettings): void {
  const { batch, allowedBytes, memoryUse } = settings;
  if (planMemory([memory], batch, 1, allowedBytes, memoryUse) !== null) return;
  const [needed, allowed] = [poolBytes([memory], batch, 1, memoryUse), allowedBytes ?? 0];
  throw new RangeError(`would take ${formatBytes(needed)} of the ${formatBytes(allowed)} allowed`);
}

/** The first line of what was thrown. */
function reasonOf(error: unknown): string {
  const text = isError(error) ? error.message : String(error);
  const [line = ''] = text.split('\n');
  return error instanceof GrodinError ? line : line.slice(0, 200);
}

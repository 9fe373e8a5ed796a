import { formatBytes } from '../../manifests/input/bytes.js';
import { InputError } from '../../stages/errors.js';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { setting } from '../../stages/setting.js';
import type { OwnMemory } from '../../workers/devices/device.js';
import type { Experiment, ExperimentModel } from '../experiment/experiment.js';
import { keptByWave } from '../experiment/kept-logits.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { graphsInUse, memoryOfGraphs } from '../graphs/compiled-graphs.js';
import { graphUse } from '../graphs/graph-use.js';
import { naming, readModel } from '../model/read-model.js';
import { keptRowsMemory } from '../plan/kept-rows.js';
import {
  chooseBatch,
  chooseDeviceBatch,
  deviceBytes,
  LARGEST_BATCH,
  type ModelMemory,
  planMemory,
  poolBytes,
} from '../plan/memory-plan.js';
import type { RunSetup } from './run-setup.js';

/** What the batch size of a run depends on besides its models. */
export interface BatchSetup
  extends Pick<RunSetup, 'workers' | 'engine' | 'lowerings' | 'stepsTogether' | 'memoryUse'> {
  /** Memory for the pool process, or null where it isn't bounded. */
  readonly allowedBytes: number | null;
  /** The devices' own memory; left out where graphs take that of the process. */
  readonly ownMemory?: OwnMemory | undefined;
}

/** Of a device's memory, what graphs may be planned to take: kernels need some for a while, and other programs. */
const usableShare = 0.85;

/** What a new run may take of the process's memory and of the devices' own. */
export class MemoryLimits {
  readonly #experiment: Experiment;
  readonly #setup: BatchSetup;
  #read: ReturnType<typeof memoriesOf> | undefined;
  #smallest: Promise<number | null> | undefined;

  constructor(experiment: Experiment, setup: BatchSetup) {
    this.#experiment = experiment;
    this.#setup = setup;
  }

  /** The largest batch that fits, or null where not even one image does; memory of a device that is unknown holds none by groups. */
  async largestBatch(steps: number | null): Promise<number | null> {
    const { allowedBytes, workers, memoryUse, ownMemory } = this.#setup;
    const device = await this.#device();
    if (steps !== null && ownMemory !== undefined && device === null) return null;
    if (allowedBytes === null && (ownMemory === undefined || device === null)) return LARGEST_BATCH;
    const { inProcess, onDevice } = await this.#memories();
    const largest =
      allowedBytes === null
        ? LARGEST_BATCH
        : chooseBatch((size) => inProcess(size, steps), workers, allowedBytes, memoryUse);
    if (largest === null || ownMemory === undefined || device === null) return largest;
    const most = usableShare * device;
    const chosen = chooseDeviceBatch((size) => onDevice(size, steps), most, ownMemory.use, largest);
    // An estimate alone refuses nothing that a device may hold after all.
    return chosen ?? (steps === null ? 1 : null);
  }

  async fits(size: number, steps: number): Promise<boolean> {
    const { allowedBytes, workers, memoryUse } = this.#setup;
    if (!(await this.#fitsDevice(size, steps))) return false;
    if (allowedBytes === null) return true;
    const { inProcess } = await this.#memories();
    return planMemory(inProcess(size, steps), size, workers, allowedBytes, memoryUse) !== null;
  }

  /** Why each ε has a pass of its own, where a device's memory is the reason. */
  async whyAlone(steps: number, size: number): Promise<readonly string[]> {
    const device = await this.#device();
    if (device === null || (await this.#fitsDevice(size, steps))) return [];
    return [
      `memory: each ε has a pass of its own, since ${steps} together would take about ${formatBytes(await this.#deviceBytes(size, steps))} of a ` +
        `device's ${formatBytes(device)} with batches of ${size}; a smaller "batchSize" would let them`,
    ];
  }

  /** Where a device's memory decided on the batch, or may be too small for it. */
  async notesOf(size: number, steps: number | null): Promise<readonly string[]> {
    const device = await this.#device();
    if (device === null || this.#setup.ownMemory === undefined) return [];
    const needed = formatBytes(await this.#deviceBytes(size, steps));
    if (!(await this.#fitsDevice(size, steps)))
      return [
        `memory: batches of ${size} may take about ${needed} of a device's ${formatBytes(device)}; one that can't be allocated is halved`,
      ];
    if (this.#experiment.batchSize !== null || size === LARGEST_BATCH) return [];
    return [`memory: batches of ${size}, which take about ${needed} of a device's ${formatBytes(device)}`];
  }

  async tooLittle(): Promise<InputError> {
    const { allowedBytes, memoryUse } = this.#setup;
    const { inProcess } = await this.#memories();
    const least = inProcess(1, null).map((graphs, index) => {
      const name = this.#experiment.models[index]?.name ?? '';
      return { name, bytes: poolBytes([graphs], 1, 1, memoryUse) };
    });
    const largest = least.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    return new InputError(
      `${setting('memory')}, or "memory" of the experiment: ${formatBytes(allowedBytes ?? 0)} is too little: model "${largest.name}" needs about ` +
        `${formatBytes(largest.bytes)} for one worker with one image at once; allow at least that much`,
    );
  }

  async #fitsDevice(size: number, steps: number | null): Promise<boolean> {
    if (this.#setup.ownMemory === undefined) return true;
    const device = await this.#device();
    if (device === null) return steps === null;
    return (await this.#deviceBytes(size, steps)) <= usableShare * device;
  }

  async #deviceBytes(size: number, steps: number | null): Promise<number> {
    const { ownMemory } = this.#setup;
    if (ownMemory === undefined) return 0;
    const { onDevice } = await this.#memories();
    return deviceBytes(onDevice(size, steps), size, ownMemory.use);
  }

  /** Memory of the smallest device, or null where it has none of its own or that is unknown. */
  #device(): Promise<number | null> {
    this.#smallest ??= this.#setup.ownMemory?.smallest() ?? Promise.resolve(null);
    return this.#smallest;
  }

  #memories(): ReturnType<typeof memoriesOf> {
    this.#read ??= memoriesOf(this.#experiment, this.#setup);
    return this.#read;
  }
}

/** What each model takes for a batch size, with so many ε together or each alone. */
type MemoriesAt = (batch: number, stepsTogether: number | null) => readonly ModelMemory[];

/** @returns what each model's graphs take on a device, and with the rows that are kept in the process */
async function memoriesOf(
  experiment: Experiment,
  { lowerings }: BatchSetup,
): Promise<{ readonly inProcess: MemoriesAt; readonly onDevice: MemoriesAt }> {
  const { models, layerNorms } = experiment;
  const decoded = await Promise.all(
    models.map(async (model) => {
      const content = await readModel(model.file, model);
      const rows = naming(model.file, () => keptRowsOf(experiment, model, content));
      return { ...model, content, rows };
    }),
  );
  // Compiling a large model for one layout takes seconds, and several questions are asked of each.
  const known = new Map<string, readonly ModelMemory[]>();
  const onDevice: MemoriesAt = (batch, stepsTogether) => {
    const key = `${batch} ${stepsTogether}`;
    const found =
      known.get(key) ??
      decoded.map(({ file, content, rows: _, ...model }) =>
        naming(file, () => {
          const options = { ...parameterPatterns(model), batch, lowerings, layerNorms };
          return memoryOfGraphs(content, graphsInUse(graphUse(experiment, stepsTogether)), options);
        }),
      );
    known.set(key, found);
    return found;
  };
  const inProcess: MemoriesAt = (batch, stepsTogether) =>
    onDevice(batch, stepsTogether).map((graphs, index) => [
      ...graphs,
      ...(decoded[index]?.rows(batch) ?? []),
    ]);
  return { inProcess, onDevice };
}

/** What rows of a model take, by the size of a batch. */
function keptRowsOf(
  experiment: Experiment,
  model: ExperimentModel,
  content: Model,
): (batch: number) => ModelMemory {
  const { multiplications, classes } = describeModel(content);
  const layers = experiment.layerNorms
    ? decideModelParameters(content, parameterPatterns(model)).parameters.filter(({ scored }) => scored)
        .length
    : 0;
  const kept = keptByWave(experiment, model);
  return (batch) => keptRowsMemory(experiment, batch, { multiplications, classes, layers, kept });
}

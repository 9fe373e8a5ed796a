import { formatBytes } from '../../manifests/input/bytes.js';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import type { OwnMemory } from '../../workers/devices/device.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { Experiment } from '../experiment/experiment.js';
import {
  chooseBatch,
  chooseDeviceBatch,
  deviceBytes,
  LARGEST_BATCH,
  planMemory,
  poolBytes,
} from '../plan/memory-plan.js';
import { type ModelMemories, modelMemories } from './model-memories.js';
import type { RunSetup } from './run-setup.js';

/** What the batch size of a run depends on besides its models. */
export interface BatchSetup
  extends Pick<RunSetup, 'workers' | 'engine' | 'lowerings' | 'stepsTogether' | 'memoryUse'> {
  /** Memory for the pool process, or null where it isn't bounded. */
  readonly allowedBytes: number | null;
  /** The devices' own memory; left out where graphs take that of the process. */
  readonly ownMemory?: OwnMemory | undefined;
}

/** The memory that the smallest device has apart from that of the process. */
type DeviceMemory = { readonly kind: 'none' } | { readonly kind: 'unknown' } | KnownMemory;

interface KnownMemory {
  readonly kind: 'known';
  readonly bytes: number;
  /** What graphs take of it. */
  readonly use: MemoryUse;
}

/** Of a device's memory, what graphs may be planned to take: kernels need some for a while, and other programs. */
const usableShare = 0.85;

const usableBytes = ({ bytes }: KnownMemory): number => usableShare * bytes;

/**
 * What a new run may take of the process's memory and of the devices' own. Devices are asked, and models read, only once a
 * question needs them. Steps are the ε that are scored together, or null for pass by pass: where a device's memory is unknown
 * it is taken to hold what passes need, and no groups.
 */
export class MemoryLimits {
  readonly #experiment: Experiment;
  readonly #setup: BatchSetup;
  #read: Promise<ModelMemories> | undefined;
  #asked: Promise<DeviceMemory> | undefined;

  constructor(experiment: Experiment, setup: BatchSetup) {
    this.#experiment = experiment;
    this.#setup = setup;
  }

  /** The largest batch that fits, or null where not even one image does. */
  async largestBatch(steps: number | null): Promise<number | null> {
    const device = await this.#device();
    if (device.kind === 'unknown' && steps !== null) return null;
    const inProcess = await this.#largestInProcess(steps);
    if (inProcess === null || device.kind !== 'known') return inProcess;
    const { onDevice } = await this.#memories();
    const memoryAt = (size: number) => onDevice(size, steps);
    const chosen = chooseDeviceBatch(memoryAt, usableBytes(device), device.use, inProcess);
    // An estimate alone refuses nothing that a device may hold after all.
    return chosen ?? (steps === null ? 1 : null);
  }

  /** Whether so many ε together fit with batches of a size. */
  async fits(size: number, steps: number): Promise<boolean> {
    const device = await this.#device();
    if (device.kind === 'unknown') return false;
    if (device.kind === 'known' && !(await this.#estimate(device, size, steps)).fits) return false;
    const { allowedBytes, workers, memoryUse } = this.#setup;
    if (allowedBytes === null) return true;
    const { inProcess } = await this.#memories();
    return planMemory(inProcess(size, steps), size, workers, allowedBytes, memoryUse) !== null;
  }

  /** Why each ε has a pass of its own, where a device's memory is the reason. */
  async whyAlone(steps: number, size: number): Promise<readonly string[]> {
    const device = await this.#device();
    if (device.kind !== 'known') return [];
    const { fits, text } = await this.#estimate(device, size, steps);
    if (fits) return [];
    return [
      `memory: each ε has a pass of its own, since ${steps} together would take ${text} with batches of ${size}` +
        (size > 1 ? '; a smaller "batchSize" would let them' : ''),
    ];
  }

  /** Where a device's memory decided on the batch, or may be too small for it. */
  async notesOf(size: number, steps: number | null): Promise<readonly string[]> {
    const device = await this.#device();
    if (device.kind !== 'known') return [];
    const { fits, text } = await this.#estimate(device, size, steps);
    if (!fits) return [`memory: batches of ${size} may take ${text}; one that can't be allocated is halved`];
    if (this.#experiment.batchSize !== null || size === LARGEST_BATCH) return [];
    return [`memory: batches of ${size}, which take ${text}`];
  }

  /** What is said where not even one image fits in the memory of the process. */
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

  async #largestInProcess(steps: number | null): Promise<number | null> {
    const { allowedBytes, workers, memoryUse } = this.#setup;
    if (allowedBytes === null) return LARGEST_BATCH;
    const { inProcess } = await this.#memories();
    return chooseBatch((size) => inProcess(size, steps), workers, allowedBytes, memoryUse);
  }

  /** What the graphs take of a device's memory, and whether that is there. */
  async #estimate(
    device: KnownMemory,
    size: number,
    steps: number | null,
  ): Promise<{ readonly fits: boolean; readonly text: string }> {
    const { onDevice } = await this.#memories();
    const needed = deviceBytes(onDevice(size, steps), size, device.use);
    return {
      fits: needed <= usableBytes(device),
      text: `about ${formatBytes(needed)} of a device's ${formatBytes(device.bytes)}`,
    };
  }

  #device(): Promise<DeviceMemory> {
    this.#asked ??= deviceMemory(this.#setup.ownMemory);
    return this.#asked;
  }

  #memories(): Promise<ModelMemories> {
    this.#read ??= modelMemories(this.#experiment, this.#setup.lowerings);
    return this.#read;
  }
}

async function deviceMemory(own: OwnMemory | undefined): Promise<DeviceMemory> {
  if (own === undefined) return { kind: 'none' };
  const bytes = await own.smallest();
  return bytes === null ? { kind: 'unknown' } : { kind: 'known', bytes, use: own.use };
}

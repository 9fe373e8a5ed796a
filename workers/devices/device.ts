import { type LoweringPreset, type Lowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import type { Engine } from '../engines/engine.js';
import type { MemoryUse } from '../engines/memory-use.js';

/** One device that one worker is bound to for life; plain data, so that it crosses thread and process boundaries. */
export interface Device {
  /** The kind, for example `cuda`. */
  readonly name: string;
  /** Which of several, for example the number of a GPU; null where none was named. */
  readonly which: string | null;
}

/** How an engine rounds inside. Scores of two precisions agree within the coarser one's tolerance only. */
export type Precision = 'fp32' | 'tf32' | 'fp16';

/** What `--device` can name: how such devices are found and bound. One file a kind. */
export interface DeviceKind {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly description: string;
  /** The class of engine, which scores are bound to. */
  readonly engine: string;
  /** Which forms its graphs are compiled in, where each precision has forms of its own by a function. */
  readonly lowerings: LoweringPreset | ((precision: Precision) => LoweringPreset);
  /** The precisions that it supports; the first is the default. */
  readonly precisions: readonly Precision[];
  /**
   * What the workers of one process have each of their own: a share of the CPU's cores, or a GPU. `process` where one
   * process can hold only one such device.
   */
  readonly eachHas: 'cores' | 'gpu' | 'process';
  /** What may follow `NAME:`; null where nothing may. */
  readonly choice: DeviceChoice | null;
  /**
   * How many ε of one temperature a run that is begun on such devices scores together, in one graph that takes the image
   * once; at least 2. Absent where each ε has a pass of its own, since more together are no quicker.
   */
  readonly stepsTogether?: number;
  /** What such a device takes of the memory of the process that it is used by. */
  readonly memoryUse: (which: string | null) => MemoryUse;
  /** Memory of the device's own, where weights and values lie; absent where that is not known, or where it has none. */
  readonly ownMemory?: OwnMemory;
  /**
   * What the bare name stands for on this machine.
   * @throws DeviceError where there is none
   */
  readonly all: () => Promise<readonly Device[]>;
  /** Variables that the process which loads these devices must be started with. */
  readonly environment?: (
    precision: Precision,
    devices: readonly Device[],
  ) => Readonly<Record<string, string>>;
  /**
   * Variables that let a process see only this one of several devices, which then is its `NAME:0`. Absent where a
   * process of its own needs nothing but the device's name.
   */
  readonly alone?: (which: string) => Readonly<Record<string, string>>;
  /**
   * Loads the engine, which nothing does before, and binds this thread to a device.
   * @throws DeviceError with one line that says what is missing and which command installs it. Never takes another
   * device instead
   */
  readonly load: (device: Device, precision: Precision) => Promise<Engine>;
}

/** Memory that devices of a kind have each of their own, apart from that of the process. */
export interface OwnMemory {
  /** How much the smallest of this machine has, in bytes, or null where that can't be told. */
  readonly smallest: () => Promise<number | null>;
  /** What graphs take of it, and the libraries that run them (`processBytes`). */
  readonly use: MemoryUse;
}

/** How devices of a kind are told apart. */
interface DeviceChoice {
  /** What it is, in words. */
  readonly words: string;
  readonly accepts: (which: string) => boolean;
  /** Where the workers of a run share what is named, as they share the CPU; else each has one of its own. */
  readonly shared?: true;
}

/** A device as `--device` writes it, for example `cuda:1`. */
export function deviceText({ name, which }: Device): string {
  return which === null ? name : `${name}:${which}`;
}

/** The forms that graphs are compiled in for a kind of device and a precision. */
export function loweringsOf({ lowerings }: Pick<DeviceKind, 'lowerings'>, precision: Precision): Lowerings {
  return loweringPresets[typeof lowerings === 'string' ? lowerings : lowerings(precision)];
}

/**
 * How many ε are scored together by devices of a kind.
 * @param planned what the run was begun with, as shards' identities have it; undefined for pass by pass
 * @returns null for pass by pass. Never more than was planned, so that a GPU that joins a run begun on the CPU scores
 *   as the CPU does. A kind without graphs for several ε scores pass by pass even what was planned in groups, as it may
 *   halve a batch: its scores agree within the tolerance between providers, and each shard says how it was made
 */
export function stepsTogetherOn(
  { stepsTogether }: Pick<DeviceKind, 'stepsTogether'>,
  planned: number | undefined,
): number | null {
  return stepsTogether === undefined ? null : (planned ?? null);
}

/** What scores are bound to: engines and precisions that agree to the last digits, on whatever device. */
export function engineClass({ engine }: Pick<DeviceKind, 'engine'>, precision: Precision): string {
  return precision === 'fp32' ? engine : `${engine} ${precision}`;
}

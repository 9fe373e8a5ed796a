import { DeviceError, InputError } from '../../stages/errors.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { setting } from '../../stages/setting.js';
import {
  type Device,
  type DeviceKind,
  engineClass,
  loweringsOf,
  type Precision,
} from '../../workers/devices/device.js';
import { selectDevices } from '../../workers/devices/index.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { Experiment } from '../experiment/experiment.js';
import { countWorkers, kindOf, memoryUseOf } from '../plan/workers.js';

/**
 * The devices of a run and what follows from them. Plain data, since it is sent to the pool's process. Of all of it only
 * `engine` and `stepsTogether` are part of what a shard's scores are bound to.
 */
export interface RunSetup {
  readonly devices: readonly Device[];
  readonly precision: Precision;
  /** Workers, at most. */
  readonly workers: number;
  /** The class of engine, as `engineClass` names it. */
  readonly engine: string;
  /** How gradients are compiled for the engine. */
  readonly lowerings: Lowerings;
  /** How many ε a new run on these devices scores together, or null for pass by pass. */
  readonly stepsTogether: number | null;
  /** What the engine takes of a process's memory. */
  readonly memoryUse: MemoryUse;
}

/** What the user asked for; the experiment decides what is left out. */
export interface RequestedSetup {
  readonly device?: string | undefined;
  readonly precision?: Precision | undefined;
  readonly workers?: number | null | undefined;
}

/**
 * Finds the devices of a run on this machine.
 * @throws DeviceError or InputError when they are not there, or can't do what was asked
 */
export async function resolveSetup(
  experiment: Pick<Experiment, 'device' | 'workers'>,
  asked: RequestedSetup,
): Promise<RunSetup> {
  const devices = await devicesOf(experiment, asked);
  const kind = kindOf(devices);
  const precision = precisionOf(kind, asked.precision);
  return {
    devices,
    precision,
    // An experiment's own number is for its own device.
    workers: countWorkers(devices, asked.workers ?? (asked.device === undefined ? experiment.workers : null)),
    engine: engineClass(kind, precision),
    lowerings: loweringsOf(kind, precision),
    stepsTogether: kind.stepsTogether ?? null,
    memoryUse: memoryUseOf(devices),
  };
}

/**
 * The precision that a kind of device computes in.
 * @param asked what was asked for; undefined for the usual one
 * @throws InputError when it can't
 */
export function precisionOf({ name, precisions }: DeviceKind, asked: Precision | undefined): Precision {
  const [usual = 'fp32'] = precisions;
  const precision = asked ?? usual;
  if (precisions.includes(precision)) return precision;
  throw new InputError(
    `${setting('precision')}: ${name} can't compute in "${precision}"; take one of ${precisions.join(', ')}`,
  );
}

/** Errors about a device that the experiment names say so, instead of blaming an option. */
async function devicesOf(
  experiment: Pick<Experiment, 'device'>,
  { device }: RequestedSetup,
): Promise<readonly Device[]> {
  if (device !== undefined) return selectDevices(device);
  try {
    return await selectDevices(experiment.device);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    throw new DeviceError(error.message.replace(setting('device'), '"device" of the experiment'), {
      cause: error,
    });
  }
}

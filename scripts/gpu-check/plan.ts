import type { LoweringPreset } from '../../stages/lowerings/lowerings.js';
import type { Device, DeviceKind, Precision } from '../../workers/devices/device.js';
import { goldenRules } from '../../workers/parity/operation-cases.js';
import type { DevicePart } from './rows.js';

/** One thing that a device's process measures. */
export interface Task {
  readonly part: DevicePart;
  readonly device: Device;
  readonly precision: Precision;
  /** Null where the part takes golden networks; of the part operations, the operation. */
  readonly network: string | null;
  readonly batches: readonly number[];
  /** Another preset of forms than the device's own, by its name. */
  readonly preset: LoweringPreset | null;
  /** Which choices of forms are made otherwise; null for all. */
  readonly choices: readonly string[] | null;
}

/** What is asked for. */
export interface Wishes {
  readonly parts: readonly DevicePart[];
  readonly networks: readonly string[];
  readonly batches: readonly number[];
  /** Null for all that a kind has. */
  readonly precisions: readonly Precision[] | null;
  readonly preset: LoweringPreset | null;
  /** Null for all. */
  readonly choices: readonly string[] | null;
}

/** How much of the time a task of each part gets beside the others. */
const weights: Readonly<Record<DevicePart, number>> = {
  parity: 2,
  operations: 0.1,
  values: 3,
  speed: 4,
  forms: 5,
  profile: 2,
  grid: 3,
};

/** Parts that take golden networks. Values in half precision are not compared: no CPU rounds as a GPU does. */
const goldenParts: readonly DevicePart[] = ['parity', 'values'];

export const weightOf = ({ part }: Pick<Task, 'part'>): number => weights[part];

/**
 * What is measured, in this order: whether each precision is right, where errors are born, operation by operation, then
 * network by network what was asked for, so that what comes first is whole where the time ends early.
 */
export function planTasks(
  devices: readonly { readonly kind: DeviceKind; readonly device: Device }[],
  { parts, networks, batches, precisions, preset, choices }: Wishes,
): readonly Task[] {
  const settings = devices.flatMap(({ kind, device }) =>
    kind.precisions
      .filter((precision) => precisions?.includes(precision) ?? true)
      .map((precision) => ({ device, precision, preset, choices })),
  );
  const golden = goldenParts
    .filter((part) => parts.includes(part))
    .flatMap((part) =>
      settings
        .filter(({ precision }) => part !== 'values' || precision !== 'fp16')
        .map((setting) => ({ part, ...setting, network: null, batches: [] })),
    );
  const operations = (parts.includes('operations') ? goldenRules() : []).flatMap((network) =>
    settings
      .filter(({ precision }) => precision === 'fp32')
      .map((setting) => ({ part: 'operations' as const, ...setting, network, batches: [] })),
  );
  const others = networks.flatMap((network) =>
    parts
      .filter((part) => part !== 'operations' && !goldenParts.includes(part))
      .flatMap((part) => settings.map((setting) => ({ part, ...setting, network, batches }))),
  );
  return [...golden, ...operations, ...others];
}

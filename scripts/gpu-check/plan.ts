import type { Device, DeviceKind, LoweringPreset, Precision } from '../../workers/devices/device.js';
import type { DevicePart } from './rows.js';

/** One thing that a device's process measures. */
export interface Task {
  readonly part: DevicePart;
  readonly device: Device;
  readonly precision: Precision;
  /** Null where the part takes golden networks. */
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
const weights: Readonly<Record<DevicePart, number>> = { parity: 2, speed: 4, forms: 5, profile: 2, grid: 3 };

export const weightOf = ({ part }: Pick<Task, 'part'>): number => weights[part];

/**
 * What is measured, in this order: whether each precision is right, then network by network what was asked for, so that
 * what comes first is whole where the time ends early.
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
  const parity = parts.includes('parity')
    ? settings.map((setting) => ({ part: 'parity' as const, ...setting, network: null, batches: [] }))
    : [];
  const others = networks.flatMap((network) =>
    parts
      .filter((part) => part !== 'parity')
      .flatMap((part) => settings.map((setting) => ({ part, ...setting, network, batches }))),
  );
  return [...parity, ...others];
}

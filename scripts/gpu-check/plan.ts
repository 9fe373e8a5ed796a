import type { Device, DeviceKind, Precision } from '../../workers/devices/device.js';

/** One process's worth of measurements: precision is a setting of a whole process. */
export interface Measuring {
  readonly device: Device;
  readonly precision: Precision;
  readonly networks: readonly string[];
  readonly batches: readonly number[];
  /** Seconds for each network and batch. */
  readonly seconds: number;
}

/** How fast one pass of one network is. */
export interface Measured {
  readonly network: string;
  readonly batch: number;
  /** Images a second. */
  readonly perturbation: number;
  readonly scoring: number;
  readonly whole: number;
}

/** What is measured: every precision of every kind, on its first device. */
export function planMeasurings(
  devices: readonly { readonly kind: DeviceKind; readonly device: Device }[],
  quick: boolean,
): readonly Measuring[] {
  return devices.flatMap(({ kind, device }) =>
    kind.precisions.map((precision) => ({
      device,
      precision,
      networks: quick ? ['tiny'] : ['resnet18', 'resnet50', 'wrn28-10'],
      batches: quick ? [1, 2] : [1, 8, 32, 128],
      seconds: quick ? 0.1 : 2,
    })),
  );
}

import type { Device, Precision } from '../../workers/devices/device.js';
import type { Task } from './plan.js';
import type { Row } from './rows.js';

/** What a device's process is told. */
export type DeviceCommand =
  | { readonly bind: Device; readonly precision: Precision }
  | { readonly task: Task; readonly seconds: number };

/** What it says. */
export type DeviceAnswer =
  | { readonly kind: 'bound'; readonly engine: string }
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'done' }
  /** @param missing whether the device is not there, rather than there and failing */
  | { readonly kind: 'failed'; readonly missing: boolean; readonly message: string };

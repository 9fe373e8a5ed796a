import type { DeviceKind, Precision } from '../devices/device.js';
import type { Engine } from '../engines/engine.js';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';

/**
 * The engine whose directions a device is held to as well, see `ParityOptions`: GPUs add up in an order of their own. The
 * other precisions allow for other signs anyway.
 */
export function otherDirections({ eachHas }: DeviceKind, precision: Precision): Engine | null {
  return eachHas === 'gpu' && precision === 'fp32' ? onnxRuntimeCpu : null;
}

import type { DeviceKind, Precision } from '../devices/device.js';
import type { Engine } from '../engines/engine.js';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';

/**
 * The engine whose directions a device scores at, see `ParityOptions`, or null for its own. The other precisions allow for
 * other signs anyway.
 */
export function otherDirections({ roundsGradients }: DeviceKind, precision: Precision): Engine | null {
  return roundsGradients && precision === 'fp32' ? onnxRuntimeCpu : null;
}

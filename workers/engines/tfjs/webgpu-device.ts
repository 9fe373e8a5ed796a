import { DeviceLostError } from '../engine.js';
import type { DeviceCare } from './tfjs-engine.js';

/** What is used of TensorFlow.js's backend on WebGPU. */
interface Backend {
  readonly device: GPUDevice;
  readonly bufferManager: {
    /** Buffers that no tensor holds, by size and use. */
    readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
}

/**
 * WebGPU throws nothing: what fails on the device is told to a listener, and results are zeros. TensorFlow.js has none.
 * Nor does it give buffers back to the device: it keeps them for tensors of exactly the same size.
 * @param backend TensorFlow.js's backend on WebGPU
 */
export function careOfWebGpu(backend: object): DeviceCare {
  if (!isBackend(backend)) throw new TypeError('another version of TensorFlow.js holds its device elsewhere');
  const { device, bufferManager } = backend;
  let failure: string | null = null;
  let lost: string | null = null;
  device.addEventListener('uncapturederror', (event) => {
    // The first one is the cause of the others. Unless prevented it would be printed.
    failure ??= describe(event.error);
    event.preventDefault();
  });
  device.lost.then(({ message }) => {
    lost = `WebGPU: the GPU was lost (${oneLine(message)}); take a smaller batch if this goes on`;
  });
  return {
    check() {
      const found = failure;
      failure = null;
      if (lost !== null) throw new DeviceLostError(lost);
      if (found !== null) throw new Error(found);
    },
    trim() {
      for (const buffers of bufferManager.freeBuffers.values()) {
        for (const buffer of buffers.splice(0)) {
          bufferManager.numFreeBuffers -= 1;
          bufferManager.numBytesAllocated -= buffer.size;
          buffer.destroy();
        }
      }
    },
  };
}

function isBackend(backend: object): backend is Backend {
  if (!('device' in backend) || !('bufferManager' in backend)) return false;
  const { bufferManager } = backend;
  return typeof bufferManager === 'object' && bufferManager !== null && 'freeBuffers' in bufferManager;
}

/** Buffers above the limits of a device are refused as invalid, not as too large for its memory. */
function describe(error: GPUError): string {
  const said = oneLine(error.message);
  const tooLarge =
    error instanceof GPUOutOfMemoryError || /max(imum)? (storage )?buffer (binding )?size/i.test(said);
  return tooLarge
    ? `WebGPU: out of memory (${said}); take a smaller batch`
    : `WebGPU: ${said}; results of this pass are lost`;
}

function oneLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.trim().replace(/\.$/, '');
}

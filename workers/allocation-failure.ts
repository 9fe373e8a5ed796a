import { RunFailedError } from '../stages/errors.js';
import { call, setting } from '../stages/setting.js';
import { engineWords } from './engines/engine-words.js';

/**
 * Whether an error says that memory ran out, so that a smaller batch may do: as ONNX Runtime, the C++ library and V8
 * (for the buffers of a batch) say it. WebGPU calls a buffer invalid that it could not allocate.
 */
export function isAllocationFailure(error: unknown): boolean {
  const said =
    /bad[_ ]alloc|failed to allocate memory|out of memory|array buffer allocation failed|max buffer size|\[invalid buffer/i;
  return said.test(String(error));
}

/** What to say where memory ran out and nobody tries again with less; null where an error is another. */
export function describeShortage(error: unknown): RunFailedError | null {
  if (!isAllocationFailure(error)) return null;
  return new RunFailedError(
    `there is not enough memory (${engineWords(error)}); free some (of a GPU: nvidia-smi lists what uses it), or take another ` +
      `${setting('device')}, then ${call('again')}`,
    { cause: error },
  );
}

import { availableParallelism, cpus } from 'node:os';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { packageVersion } from '../store/package-version.js';

/** What a measurement's numbers depend on beside its inputs. */
export interface Environment {
  readonly processor: string;
  readonly cores: number;
  readonly versions: { readonly grodin: string; readonly node: string; readonly onnxRuntime: string };
  /** YYYY-MM-DD */
  readonly date: string;
  /** What gives these numbers again. */
  readonly command: string;
}

/** @param command as the user gave it */
export async function environment(command: string): Promise<Environment> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    versions: {
      grodin: await packageVersion(),
      node: process.versions.node,
      onnxRuntime: onnxRuntimeCpu.version,
    },
    date: new Date().toISOString().slice(0, 10),
    command,
  };
}

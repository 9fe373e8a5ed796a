import { availableParallelism } from 'node:os';
import type { BenchSettings, ModelFigures } from './bench/bench-model.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';

/** How a model is measured; by default in batches of 8 with a thread a core, in 9 rounds, without a profile. */
export interface BenchOptions extends Partial<BenchSettings>, Pick<JobOptions, 'signal'> {}

/**
 * Measures what scoring costs on the CPU beside plain inference of the same file, in a process of its own.
 * @param file path of the ONNX file
 * @throws InputError naming an option that is out of bounds
 * @throws InputError or ModelError naming the file
 * @throws InterruptedError when `signal` was aborted
 */
export async function bench(file: string, options: BenchOptions = {}): Promise<ModelFigures> {
  const {
    signal,
    batch = 8,
    threads = availableParallelism(),
    rounds = 9,
    profile = false,
    ...rest
  } = checkedOptions('bench', options);
  return apart('bench', [file, { ...rest, batch, threads, rounds, profile }], { signal });
}

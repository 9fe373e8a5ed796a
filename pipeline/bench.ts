import { availableParallelism } from 'node:os';
import type { ParameterOptions } from '../stages/differentiation/parameter.js';
import { requireModelFile } from './arguments.js';
import type { ModelFigures } from './bench/bench-model.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';

/** How a model is measured; by default in batches of 8 with a thread a core, in 9 rounds, without a profile. */
export interface BenchOptions extends ParameterOptions, Pick<JobOptions, 'signal'> {
  /** Images of one batch. */
  readonly batch?: number | undefined;
  /** Threads inside one operation. */
  readonly threads?: number | undefined;
  /** Rounds that count. */
  readonly rounds?: number | undefined;
  /** Whether to take ONNX Runtime's profile of each pass too. */
  readonly profile?: boolean | undefined;
  /** Name of the model's output that is scored. Default: the only one that can be logits. */
  readonly modelOutput?: string | undefined;
  /** Height and width in pixels, of a model that leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
}

/**
 * Measures what scoring costs on the CPU beside plain inference of the same file, in a process of its own.
 * @param file path of the ONNX file
 * @throws InputError naming an option that is out of bounds
 * @throws InputError or ModelError naming the file
 * @throws InterruptedError when `signal` was aborted
 */
export async function bench(file: string, options: BenchOptions = {}): Promise<ModelFigures> {
  requireModelFile('bench', file);
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

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { z } from 'zod';
import type { BenchPass } from './pass.js';
import { memoryAnswer, type memoryTask } from './pass-memory-messages.js';

/**
 * Peak memory of a pass beyond the opened graph with its weights, in bytes: the largest resident size of a process of
 * its own while it runs the pass a few times, less its resident size when the graph had just been opened. Inputs and
 * outputs count.
 */
export async function passMemory(pass: BenchPass, threads: number): Promise<number> {
  const child = fileURLToPath(new URL('./pass-memory-child.js', import.meta.url));
  const task: z.infer<typeof memoryTask> = {
    pass: { ...pass, inputs: pass.inputs.map((input) => ({ ...input, dims: [...input.dims] })) },
    threads,
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', child, JSON.stringify(task)],
    // glibc keeps freed blocks for later use, and more of them the larger they were; with a fixed threshold they go
    // back to the system, so that what opening the graph has freed is not taken for memory of the graph.
    { env: { ...process.env, MALLOC_MMAP_THRESHOLD_: '131072' } },
  );
  const { opened, peak } = memoryAnswer.parse(JSON.parse(stdout));
  return Math.max(0, peak - opened);
}

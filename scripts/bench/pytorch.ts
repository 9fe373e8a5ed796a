import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const script = fileURLToPath(new URL('../../../scripts/bench/pytorch.py', import.meta.url));

const answer = z.union([
  z.object({ ready: z.string() }),
  z.object({ unavailable: z.string() }),
  z.object({ seconds: z.number() }),
  z.object({ memory: z.number() }),
]);

/**
 * What PyTorch runs: inference, the perturbation pass, whole scores one image after the other, whole scores of a batch
 * and their scoring pass by hooks, or the scoring pass of a batch whose gradients are all kept; see pytorch.py.
 */
export type PyTorchMode =
  | 'plain'
  | 'perturbation'
  | 'image-by-image'
  | 'hooks'
  | 'hooks-scoring'
  | 'vmap'
  | 'vmap-detached';

/** What float32 means in PyTorch's products and convolutions, or that float16 takes its place; the CPU has fp32 only. */
type PyTorchPrecision = 'fp32' | 'tf32' | 'fp16';

export interface PyTorchOptions {
  /** Images at a time; image-by-image takes one. */
  readonly batch: number;
  /** Of the CPU. */
  readonly threads: number;
  /** Default: cpu. */
  readonly device?: 'cpu' | 'cuda';
  /** Default: fp32. */
  readonly precision?: PyTorchPrecision;
}

/** The first Python that has PyTorch, or null where there is none. */
export function pythonWithTorch(): string | null {
  const candidates = ['/usr/bin/python3', 'python3'];
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0) ?? null;
}

/** A process that holds one network in PyTorch and measures when it is asked; it sleeps meanwhile. */
export class PyTorchPeer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly version: string;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#lines = lines;
    this.version = version;
  }

  /** @returns a reason in one line where PyTorch here can't do it */
  static async start(
    python: string,
    network: string,
    mode: PyTorchMode,
    { batch, threads, device = 'cpu', precision = 'fp32' }: PyTorchOptions,
  ): Promise<PyTorchPeer | string> {
    const child = spawn(python, [script, network, mode, String(batch), String(threads), device, precision], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await next(lines);
    if ('ready' in first) return new PyTorchPeer(child, lines, first.ready);
    return 'unavailable' in first ? first.unavailable : 'it answered out of turn';
  }

  /** Seconds of one measurement, by the peer's own clock. */
  async seconds(): Promise<number> {
    this.#child.stdin?.write('\n');
    const line = await next(this.#lines);
    if ('seconds' in line) return line.seconds;
    throw new Error('PyTorch gave no time');
  }

  /** Ends the process. @returns peak memory beyond the loaded network, in bytes */
  async finish(): Promise<number> {
    this.#child.stdin?.end();
    const line = await next(this.#lines);
    if ('memory' in line) return line.memory;
    throw new Error('PyTorch gave no memory');
  }
}

async function next(lines: AsyncIterator<string>): Promise<z.infer<typeof answer>> {
  const { value, done } = await lines.next();
  return done
    ? { unavailable: 'it ended without an answer, perhaps for want of memory' }
    : answer.parse(JSON.parse(value));
}

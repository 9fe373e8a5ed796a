import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { pythonWithTorch } from '../bench/pytorch.js';
import type { Row } from './rows.js';

const script = fileURLToPath(new URL('../../../scripts/bench/pytorch_peers.py', import.meta.url));

/** What is asked of the peers. */
export interface PeerWishes {
  readonly device: 'cuda' | 'cpu';
  readonly networks: readonly string[];
  readonly precisions: readonly string[];
  readonly batches: readonly number[];
  readonly seconds: number;
}

/** Measures PyTorch on the same device; where it is missing that is a problem, since it was asked for. */
export async function measurePeers(wishes: PeerWishes, say: (row: Row) => void): Promise<void> {
  const missing = (message: string): void =>
    say({ part: 'problem', of: 'PyTorch on the same device', message, fails: true });
  const python = pythonWithTorch();
  if (python === null) {
    missing('no Python with PyTorch is here; install torch and torchvision, or leave the part peers out');
    return;
  }
  const list = (values: readonly (string | number)[]): string => values.join(',');
  const child = spawn(
    python,
    [
      join(script),
      ...['--device', wishes.device, '--networks', list(wishes.networks)],
      ...['--modes', 'floor,plain,hooks,vmap-detached,image-by-image'],
      ...['--precisions', list(wishes.precisions), '--batches', list(wishes.batches)],
      ...['--seconds', String(wishes.seconds)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PYTHONUNBUFFERED: '1' } },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2000);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * (wishes.seconds + 60));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const row = parsed(line);
    if (row !== null) say({ ...row, part: 'peers' });
  }
  const code = await ended;
  clearTimeout(timer);
  if (code !== 0)
    missing(`it ended with ${code ?? 'a signal'} (${errors.trim().split('\n').at(-1)?.slice(0, 200)})`);
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  } catch {
    return null;
  }
}

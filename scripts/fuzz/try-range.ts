import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModelOutcome } from './try-model.js';

/** One model that was tried. */
export interface Tried {
  readonly seed: number;
  readonly outcome: ModelOutcome;
  /** The most that its process had taken by then. */
  readonly megabytes: number;
}

/** Milliseconds without a word from a child; models of kilobytes take a few. */
const patience = 60_000;

/**
 * Tries seeds [from, to) in child processes, one after the other. One that dies, hangs or has grown is followed by
 * another, which goes on behind the seed that did it.
 */
export async function tryRange(
  from: number,
  to: number,
  mostMegabytes: number,
  report: (tried: Tried) => Promise<void>,
): Promise<void> {
  for (let next = from; next < to; ) {
    const { begun, ended, death } = await tryInChild(next, to, mostMegabytes, report);
    if (begun > ended) await report({ seed: begun, outcome: { kind: 'wrong', text: death }, megabytes: 0 });
    else if (begun < next) throw new Error(`the child process gave nothing: ${death}`);
    next = begun + 1;
  }
}

async function tryInChild(
  from: number,
  to: number,
  mostMegabytes: number,
  report: (tried: Tried) => Promise<void>,
): Promise<{ readonly begun: number; readonly ended: number; readonly death: string }> {
  const script = fileURLToPath(new URL('models-child.js', import.meta.url));
  const child = spawn(process.execPath, ['--max-old-space-size=1024', script, String(from), String(to)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (part) => {
    errors = `${errors}${part}`.slice(-2000);
  });
  let hung = false;
  const watch = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, patience);
  const exit = once(child, 'close');
  let [begun, ended] = [from - 1, from - 1];
  for await (const line of createInterface(child.stdout)) {
    watch.refresh();
    const { seed, kind, text, megabytes } = JSON.parse(line);
    begun = seed;
    if (kind === undefined) continue;
    ended = seed;
    await report({ seed, outcome: { kind, text }, megabytes });
    // The next seeds are not to blame for what this one took.
    if (megabytes > mostMegabytes) child.kill('SIGKILL');
    if (megabytes > mostMegabytes) break;
  }
  clearTimeout(watch);
  const [code, signal] = await exit;
  const death = hung ? `no answer within ${patience / 1000} s` : `ended with ${signal ?? code}: ${errors}`;
  return { begun, ended, death };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ProcessTree, type TreeUse } from './process-tree.js';

const program = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));

/** How often leases are looked for. */
const lookMilliseconds = 20;

/** What a command took. */
export interface Taken extends TreeUse {
  readonly seconds: number;
}

/** A command of `grodin` that was started, and what it and its processes take. */
export class FollowedCommand {
  readonly #child: ChildProcess;
  readonly #tree: ProcessTree;
  readonly #started = performance.now();
  readonly #log: FileHandle | null;

  private constructor(args: readonly string[], log: FileHandle | null) {
    const output = log?.fd ?? 'ignore';
    this.#child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', output, output] });
    if (this.#child.pid === undefined) throw new Error(`${program} could not be started`);
    this.#tree = new ProcessTree(this.#child.pid);
    this.#log = log;
  }

  /** @param log a file for what it prints, which is lost without one */
  static async start(args: readonly string[], log?: string): Promise<FollowedCommand> {
    return new FollowedCommand(args, log === undefined ? null : await open(log, 'w'));
  }

  /** Until it has ended. @throws Error where it did not succeed */
  async untilEnd(): Promise<Taken> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    const taken = this.#taken();
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0) throw new Error(`the command ended with ${exitCode ?? signalCode}`);
    return taken;
  }

  /** Until a process that it started leases a shard. @param out the run directory */
  async untilFirstShard(out: string): Promise<Taken> {
    const folder = join(out, 'leases');
    while (this.#child.exitCode === null) {
      for (const name of await readdir(folder).catch((): string[] => [])) {
        if (!/^[0-9a-f]{64}$/.test(name)) continue;
        const holder = /"pid":(\d+)/.exec(await readFile(join(folder, name), 'utf8').catch(() => ''));
        if (holder !== null && this.#tree.processes.has(Number(holder[1]))) return this.#taken();
      }
      await setTimeout(lookMilliseconds);
    }
    throw new Error(`the run ended with ${this.#child.exitCode} before it began a shard`);
  }

  /** Stops it, unless it has ended. */
  async end(): Promise<void> {
    this.#tree.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    await this.#log?.close();
  }

  #taken(): Taken {
    return { seconds: (performance.now() - this.#started) / 1000, ...this.#tree.use() };
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

/** What a process and all that it started have taken so far. */
export interface TreeUse {
  /** Seconds of the processor, of all of them together. */
  readonly processor: number;
  /** The most that each had resident, in bytes, the largest first. */
  readonly peaks: readonly number[];
}

/** How often processes are looked at: what one takes after the last look before it ends is not seen. */
const lookMilliseconds = 50;

/** Of Linux, in the fields of `/proc/PID/stat`. */
const ticksPerSecond = 100;

interface ProcessUse {
  readonly parent: number;
  readonly processor: number;
  readonly peak: number;
}

/** Watches a process and what it starts, by Linux's `/proc`. */
export class ProcessTree {
  readonly #root: number;
  readonly #seen = new Map<number, ProcessUse>();
  readonly #timer: NodeJS.Timeout;

  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), lookMilliseconds);
  }

  /** All that it took until now. */
  use(): TreeUse {
    this.#look();
    const all = [...this.#seen.values()];
    return {
      processor: all.reduce((sum, { processor }) => sum + processor, 0),
      peaks: all.map(({ peak }) => peak).sort((a, b) => b - a),
    };
  }

  /** The processes seen so far. */
  get processes(): ReadonlySet<number> {
    return new Set(this.#seen.keys());
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const there = new Map<number, ProcessUse>();
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const use = Number.isInteger(pid) ? useOf(pid) : null;
      if (use !== null) there.set(pid, use);
    }
    for (const [pid, use] of there) {
      if (!this.#isOurs(pid, there)) continue;
      // What has ended and was not waited for yet has no memory any more.
      const peak = Math.max(use.peak, this.#seen.get(pid)?.peak ?? 0);
      this.#seen.set(pid, { ...use, peak });
    }
  }

  #isOurs(pid: number, there: ReadonlyMap<number, ProcessUse>): boolean {
    for (let at: number | undefined = pid; at !== undefined; at = there.get(at)?.parent)
      if (at === this.#root || this.#seen.has(at)) return true;
    return false;
  }
}

/** @returns null where it has ended */
function useOf(pid: number): ProcessUse | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets and may hold spaces.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]];
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { parent, processor: (user + system) / ticksPerSecond, peak: Number(peak ?? 0) * 1024 };
  } catch {
    return null;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { readLeases, type SeenLease } from '../../pipeline/store/lease.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { type ListedProcess, listProcesses, worksOn } from './process-table.js';

/** How long processes may take to drop their shards. */
const PATIENCE_MILLISECONDS = 60_000;
/** What waits for shards of others takes them as soon as these are dropped: only after such a rest is nobody left. */
const QUIET_MILLISECONDS = 3_000;
const REST_MILLISECONDS = 500;

/** What was found of processes. */
export interface StoppedProcesses {
  /** Numbers of those that were told to stop. */
  readonly told: readonly number[];
  /** Those of them that are still there, since they don't listen. */
  readonly left: readonly number[];
  /** Leases that processes of other machines hold, or held when they died. */
  readonly elsewhere: readonly SeenLease[];
}

/** Tells the processes of this machine that work on a run to stop, once each, and waits until they have. */
export async function stopProcesses({ path, leases }: RunDirectory): Promise<StoppedProcesses> {
  const told = new Set<number>();
  const begun = performance.now();
  let quietSince = begun;
  for (;;) {
    const processes = await listProcesses();
    const seen = await readLeases(leases);
    const holders = seen
      .filter(({ isAlive }) => isAlive === true)
      .map(({ holder }) => processes.get(holder.pid));
    const workers = [...processes.values()].filter((one) => worksOn(one, path));
    const there = topmost([...workers, ...holders.flatMap((one) => supervisorOf(one, processes))], processes);
    for (const pid of there) {
      if (told.has(pid)) continue;
      told.add(pid);
      tell(pid);
    }
    const now = performance.now();
    if (there.length > 0) quietSince = now;
    if (now - quietSince >= QUIET_MILLISECONDS || now - begun >= PATIENCE_MILLISECONDS)
      return {
        told: [...told],
        left: there,
        elsewhere: seen.filter(({ isAlive }) => isAlive === null),
      };
    await pause(REST_MILLISECONDS);
  }
}

/** Leases are held by the process that scores, which leaves signals to the one that started it. */
function supervisorOf(
  holder: ListedProcess | undefined,
  processes: ReadonlyMap<number, ListedProcess>,
): readonly ListedProcess[] {
  const supervisor = processes.get(holder?.parent ?? 0);
  return supervisor === undefined || supervisor.pid === 1 || supervisor.pid === process.pid
    ? []
    : [supervisor];
}

/** Numbers of those that none of the others started: a launcher passes on what it is told, and a second time would be too often. */
function topmost(
  found: readonly ListedProcess[],
  processes: ReadonlyMap<number, ListedProcess>,
): readonly number[] {
  const all = new Set(found.map(({ pid }) => pid));
  const isBelow = ({ parent }: ListedProcess): boolean => {
    for (let up = processes.get(parent); up !== undefined; up = processes.get(up.parent))
      if (all.has(up.pid)) return true;
    return false;
  };
  return [...new Set(found.filter((one) => !isBelow(one)).map(({ pid }) => pid))];
}

function tell(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended meanwhile, or is another user's: then it stays, and is told of.
  }
}

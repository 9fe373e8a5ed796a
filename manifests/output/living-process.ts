import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isErrno } from './file-system.js';

/** A process, so that others can tell whether it still lives. */
export interface ProcessMark {
  /** For people. */
  readonly host: string;
  /** What process numbers are unique in: one boot of one machine, and one container of it. */
  readonly machine: string;
  readonly pid: number;
  /** When it started, in the machine's own count; tells apart processes that had the same number. Null if unknown. */
  readonly started: string | null;
}

/** The mark of this process. */
export async function markOfThisProcess(): Promise<ProcessMark> {
  return {
    host: hostname(),
    machine: thisMachine(),
    pid: process.pid,
    started: (await statOf(process.pid))?.started ?? null,
  };
}

/** Whether a process is known to have ended. Of another machine's processes nothing is known. */
export async function hasEnded(mark: ProcessMark, machine: string): Promise<boolean> {
  if (mark.machine !== machine) return false;
  if (!(await isAlive(mark.pid))) return true;
  const now = await statOf(mark.pid);
  return now !== null && mark.started !== null && now.started !== mark.started;
}

/** Whether a process of this machine lives. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists but belongs to someone else.
    return isErrno(error, 'EPERM');
  }
  // Where nobody reaps orphans, as in many containers, a killed process stays as a zombie: its stat says so.
  return (await statOf(pid))?.state !== 'Z';
}

/** This process, as a part of file names: what its number is unique in, the number and the start. */
export async function nameOfThisProcess(): Promise<string> {
  const { machine, pid, started } = await markOfThisProcess();
  return `${shortened(machine)}-${pid}-${started ?? 'x'}`;
}

/** Whether the process that made a name by `nameOfThisProcess` is known to have ended. */
export async function hasEndedByName(name: string): Promise<boolean> {
  const parts = processName.exec(name);
  if (parts === null) return false;
  const machine = thisMachine();
  if (parts[1] !== shortened(machine)) return false;
  const started = parts[3] === 'x' ? null : (parts[3] ?? null);
  return hasEnded({ host: hostname(), machine, pid: Number(parts[2]), started }, machine);
}

/** The number of the process of this machine that made a name by `nameOfThisProcess`; null for any other name. */
export function writerOf(name: string): number | null {
  const parts = processName.exec(name);
  return parts !== null && parts[1] === shortened(thisMachine()) ? Number(parts[2]) : null;
}

const processName = /^([0-9a-f]{12})-(\d+)-(\d+|x)$/;

function shortened(machine: string): string {
  return createHash('sha256').update(machine).digest('hex').slice(0, 12);
}

function thisMachine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return `${boot.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** What Linux says of a process, or null elsewhere. */
async function statOf(pid: number): Promise<{ readonly state: string; readonly started: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  if (stat === null) return null;
  // The name, in parentheses, may hold anything; state is the field after it and the start the twentieth.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

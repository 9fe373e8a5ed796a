import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { remove, removeUnfinished } from '../../manifests/output/left-behind.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { forwardNotes } from '../processes/forward-notes.js';
import { reasonOf, signalGroup } from '../processes/process-group.js';
import { exitCodes } from './exit-codes.js';
import type { FromCommand, ToCommand } from './guarded.js';
import { type StopSignal, type Stops, sayLast } from './stops.js';

/** How long the notes of a process that has ended are waited for. */
const LAST_WORDS_MILLISECONDS = 500;

/** Signals that end a process because somebody asked for it, be it the whole group of a job. */
const asked: readonly (NodeJS.Signals | null)[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/** What is run, and the words that messages use for it. */
export interface Guarded {
  /** The process's program: calls `serveGuard`. Default: that of `grodin`. */
  readonly entry?: string;
  /** Default: `grodin`. */
  readonly program?: string;
  /** What to do when it was stopped. */
  readonly next?: string;
  /** Where its notes go. Default: standard error. */
  readonly notes?: Writable;
}

/**
 * Runs a command line in a process of its own, which a signal ends at once: what happens inside native code, or keeps
 * the event loop busy, could not be interrupted otherwise. Results are written whole or not at all, and everything
 * temporary that the process, and those that it starts, leave behind is removed.
 * @returns the exit code
 */
export async function runGuarded(
  args: readonly string[],
  stops: Stops,
  {
    entry = fileURLToPath(new URL('./guarded-main.js', import.meta.url)),
    program = 'grodin',
    next = 'give the same command to start again',
    notes = process.stderr,
  }: Guarded = {},
): Promise<number> {
  nameSettingsAsOptions();
  const temporary = temporaryFolder();
  const folders = new Set<string>();
  let stoppedBy: StopSignal | null = null;
  let child: ChildProcess | null = null;
  const giveBack = stops.handle((signal) => {
    stoppedBy ??= signal;
    if (child !== null) signalGroup(child, 'SIGKILL');
  });
  child = fork(entry, temporary === null ? [] : [temporary], {
    // What native libraries print about a file may hold whatever the file does.
    stdio: ['inherit', 'inherit', 'pipe', 'ipc'],
    // A group of its own: a terminal's signals reach this process alone, and all that it starts can be ended with it.
    detached: true,
    env: { ...process.env, ...(temporary === null ? {} : { TMPDIR: temporary }) },
  });
  const resume = passSuspensionOn(child);
  child.on('message', ({ writesIn }: FromCommand) => folders.add(writesIn));
  const said = forwardNotes(child.stderr, notes);
  child.send({ args, terminal: isatty(2) } satisfies ToCommand, () => {});
  const { code, signal, error } = await ended(child);
  resume();
  const { pid } = child;
  if (code === null) signalGroup(child, 'SIGKILL');
  // What the process left running may hold the pipe open.
  await Promise.race([said, pause(LAST_WORDS_MILLISECONDS, undefined, { ref: false })]);
  if (temporary !== null) remove(temporary);
  if (pid !== undefined) removeUnfinished(folders, (writer) => writer === pid);
  giveBack();
  // It ended by itself, maybe just before a signal.
  if (code !== null) return code;
  if (stoppedBy !== null || asked.includes(signal)) {
    sayLast(`${program}: stopped by ${stoppedBy ?? signal}; ${next}\n`);
    return exitCodes.interrupted;
  }
  sayLast(`${program}: ${error ?? `the command's process was ended by ${signal}${reasonOf(signal)}`}\n`);
  return exitCodes.failed;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: string | null;
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      if (child.pid === undefined) {
        resolve({ code: null, signal: null, error: `no process could be started (${message})` });
      }
    });
    child.once('exit', (code, signal) => resolve({ code, signal, error: null }));
  });
}

/** Everything temporary of a command, removed as a whole; null where none can be made. */
function temporaryFolder(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), 'grodin-'));
  } catch {
    return null;
  }
}

/** Ctrl-Z suspends the command, not only this process that waits for it. @returns undoes it */
function passSuspensionOn(child: ChildProcess): () => void {
  const suspend = (): void => {
    signalGroup(child, 'SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = (): void => signalGroup(child, 'SIGCONT');
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', resume);
  return () => {
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', resume);
  };
}

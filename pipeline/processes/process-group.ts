import type { ChildProcess } from 'node:child_process';
import { remove } from '../../manifests/output/left-behind.js';
import { call } from '../../stages/setting.js';

/** Sends a signal to a process that was started `detached`, and to all that it started. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}

/**
 * Ends this process, with all that it starts, as soon as the one that started it is gone: nobody else would.
 * @param temporary the folder that was made for what is temporary, removed then; null for none
 */
export function endWithParent(temporary: string | null): void {
  const endIfAlone = (): void => {
    if (process.connected) return;
    if (temporary !== null) remove(temporary);
    endGroup();
  };
  process.on('disconnect', endIfAlone);
  // It may end by an error first, such as that of writing to a pipe that nobody reads any more.
  if (temporary !== null) process.on('exit', () => remove(temporary));
  // It may have gone while this process loaded its modules.
  endIfAlone();
}

function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // Not started as the leader of a group.
    process.exit(1);
  }
}

/** Why a process may have been ended by a signal: text to follow the signal's name. */
export function reasonOf(signal: NodeJS.Signals | null): string {
  switch (signal) {
    case 'SIGKILL':
      return ', as the system does when memory runs out; free some, or give it less to do';
    case 'SIGABRT':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGSEGV':
      return `, a crash in native code; ${call('doctor')} checks the devices`;
    default:
      return '';
  }
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isError } from '../../stages/is-error.js';
import { writerOf } from './living-process.js';

/** The names of unfinished files beside those that they were to become: `.NAME.tmp-PROCESS-RANDOM`. */
const temporary = /^\..*\.tmp-(.+)-[0-9a-f]{12}$/;

/**
 * Removes unfinished files that a process of this machine was writing when it was stopped. What can't be listed or
 * removed is left, since a stopped command can do nothing more about it.
 * @param folders where it may have been writing
 * @param isOver tells of a process, by its number, whether it writes no more
 */
export function removeUnfinished(folders: Iterable<string>, isOver: (pid: number) => boolean): void {
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      const writer = writerOf(temporary.exec(name)?.[1] ?? '');
      if (writer !== null && isOver(writer)) remove(join(folder, name));
    }
  }
}

/** Whether no process has this number any more, or only one whose parent has not looked yet. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isError(error) && 'code' in error && error.code === 'ESRCH';
  }
}

/** Removes a file or a folder with all that is in it, as far as it can be. */
export function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Another user's, or a folder that may not be written any more.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

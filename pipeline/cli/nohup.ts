import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether this process was started by `nohup`. Node.js gives SIGHUP its usual effect back when it starts, so that
 * only the traces tell: the shell names what it started in `_`, and GNU's nohup replaces a terminal's input by one
 * that can't be read.
 */
export function startedByNohup(): boolean {
  if (basename(process.env._ ?? '') === 'nohup') return true;
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(inputInfo())?.[1] ?? '0', 8);
  return (flags & ACCESS_MODE) === WRITE_ONLY;
}

function inputInfo(): string {
  try {
    return readFileSync('/proc/self/fdinfo/0', 'latin1');
  } catch {
    return '';
  }
}

/** O_ACCMODE and O_WRONLY of Linux. */
const ACCESS_MODE = 3;
const WRITE_ONLY = 1;

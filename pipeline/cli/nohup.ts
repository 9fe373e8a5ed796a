import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * Whether this process was started by `nohup`. Node.js gives SIGHUP its usual effect back when it starts, so that
 * only the traces tell: the shell names what it started in `_`, and GNU's nohup replaces a terminal's input by one
 * that can't be read.
 */
export async function startedByNohup(): Promise<boolean> {
  if (basename(process.env._ ?? '') === 'nohup') return true;
  const info = await readFile('/proc/self/fdinfo/0', 'latin1').catch(() => '');
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8);
  return (flags & ACCESS_MODE) === WRITE_ONLY;
}

/** Lets this process live on when its terminal is closed, if `nohup` was to see to that. */
export async function heedNohup(): Promise<void> {
  if (await startedByNohup()) process.on('SIGHUP', () => {});
}

/** O_ACCMODE and O_WRONLY of Linux. */
const ACCESS_MODE = 3;
const WRITE_ONLY = 1;

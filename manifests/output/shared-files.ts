import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isErrno, namesIn } from './file-system.js';

/** What network file systems answer while a server restarts, or of a file that another host has just replaced. */
const passing = ['ESTALE', 'EIO', 'ENOLCK', 'EAGAIN', 'ETIMEDOUT', 'EREMOTEIO'];
const restsMilliseconds = [50, 200, 1_000, 3_000];

/** Names are found late by hosts that have looked for them before: clients remember for up to a minute what was not there. */
const LATEST_MILLISECONDS = 75_000;
const FIRST_REST_MILLISECONDS = 20;
const LONGEST_REST_MILLISECONDS = 5_000;

/**
 * Does what may be done again where a network file system fails it in a way that passes.
 * @throws what it failed with in the end
 */
export async function persistently<T>(task: () => Promise<T>): Promise<T> {
  for (const rest of restsMilliseconds) {
    try {
      return await task();
    } catch (error) {
      if (!passing.some((code) => isErrno(error, code))) throw error;
    }
    await pause(rest);
  }
  return task();
}

/**
 * Reads a file whose name a listing of its folder had. Where this host does not find it, and it is still listed, it is waited for.
 * @throws the system's error; ENOENT where it is not listed any more
 */
export async function readListed(file: string): Promise<Buffer> {
  let waited = 0;
  for (let rest = FIRST_REST_MILLISECONDS; ; rest = Math.min(2 * rest, LONGEST_REST_MILLISECONDS)) {
    try {
      return await persistently(() => readFile(file));
    } catch (error) {
      const isLate = isErrno(error, 'ENOENT') && waited < LATEST_MILLISECONDS && (await isListed(file));
      if (!isLate) throw error;
    }
    await pause(rest);
    waited += rest;
  }
}

/** Whether a file's folder has its name, whether or not this host finds it. */
export async function isListed(file: string): Promise<boolean> {
  return (await namesIn(dirname(file))).includes(basename(file));
}

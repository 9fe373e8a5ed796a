import { stat } from 'node:fs/promises';

/** Tells one writing of a file from another, by what its folder says; null where it is not there. */
export async function stampOf(file: string): Promise<string | null> {
  return stat(file).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => null,
  );
}

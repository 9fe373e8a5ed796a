import { stat } from 'node:fs/promises';

/** Whether the path leads to a regular file, links followed. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}

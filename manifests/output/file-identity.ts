import { stat } from 'node:fs/promises';

/** What tells a file from all others, by whatever path or link; null where there is none. */
export async function fileIdentity(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found?.isFile() ? `${found.dev} ${found.ino}` : null;
}

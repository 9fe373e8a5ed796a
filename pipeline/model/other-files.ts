import { stat } from 'node:fs/promises';
import { InputError } from '../../stages/errors.js';
import { dataFileOf } from '../../workers/onnx-files/graph-files.js';

/**
 * Refuses to write a scorer over the model that it is made of, by whatever path or link.
 * @param read files that the model was read from
 * @throws InputError naming the file that would be lost
 */
export async function requireOtherFiles(output: string, read: readonly string[]): Promise<void> {
  const known = new Set<string>();
  for (const file of read) known.add((await identityOf(file)) ?? '');
  for (const file of [output, dataFileOf(output)]) {
    const found = await identityOf(file);
    if (found !== null && known.has(found))
      throw new InputError(
        `${file}: the model is read from this file, and would be lost; name another file for the scorer`,
      );
  }
}

/** What tells a file from all others, or null where there is none. */
async function identityOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found?.isFile() ? `${found.dev} ${found.ino}` : null;
}

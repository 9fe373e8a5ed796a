import { fileIdentity } from '../../manifests/output/file-identity.js';
import { InputError } from '../../stages/errors.js';
import { dataFileOf } from '../../workers/onnx-files/graph-files.js';

/**
 * Refuses to write a scorer over the model that it is made of, by whatever path or link.
 * @param read files that the model was read from
 * @throws InputError naming the file that would be lost
 */
export async function requireOtherFiles(output: string, read: readonly string[]): Promise<void> {
  const known = new Set<string>();
  for (const file of read) known.add((await fileIdentity(file)) ?? '');
  for (const file of [output, dataFileOf(output)]) {
    const found = await fileIdentity(file);
    if (found !== null && known.has(found))
      throw new InputError(
        `${file}: the model is read from this file, and would be lost; name another file for the scorer`,
      );
  }
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Where packages are looked for from here: folders of the kind `node_modules`, the nearest first. */
export function packageFolders(): readonly string[] {
  // Whatever the package: the folders are the same for all.
  return createRequire(import.meta.url).resolve.paths('onnxruntime-node') ?? [];
}

/**
 * The version of a package, by its own file, so that the package itself is not loaded.
 * @returns null where it is not installed
 */
export async function installedVersion(
  name: string,
  folders: readonly string[] = packageFolders(),
): Promise<string | null> {
  for (const folder of folders)
    try {
      const { version } = JSON.parse(await readFile(join(folder, name, 'package.json'), 'utf8'));
      return String(version);
    } catch {
      // It may be in a folder further up.
    }
  return null;
}

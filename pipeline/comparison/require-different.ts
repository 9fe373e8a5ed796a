import { realpath } from 'node:fs/promises';
import { InputError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';

/**
 * Checks that run directories to compare are not the same one, by a link either.
 * @throws InputError naming the one that is given twice
 */
export async function requireDifferent(paths: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const root = runDirectory(path).path;
    const place = await realpath(root).catch(() => root);
    const before = seen.get(place);
    if (before !== undefined)
      throw new InputError(
        `${path}: is the same folder as ${before === path ? 'the one before it' : before}; name different runs to compare`,
      );
    seen.set(place, path);
  }
}

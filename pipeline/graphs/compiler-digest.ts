import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** All that decides how a compiled graph comes out, besides the model and the options: this program's stages. */
const compilerFolder = fileURLToPath(new URL('../../stages/', import.meta.url));

/**
 * The sha256 (hex) of the compiler as it is installed: every program file of the stages, by path. A compiler that
 * changed in any way thus never meets a graph of an earlier one, whatever its version says. More than the compiler
 * lies in that folder, which costs a needless compilation now and then; a list of files would be forgotten.
 */
export async function compilerDigest(folder = compilerFolder): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const hash = createHash('sha256');
  for (const name of names.filter((path) => /\.[cm]?js$/.test(path)).sort()) {
    hash.update(`${name.replaceAll('\\', '/')}\0`);
    hash.update(
      createHash('sha256')
        .update(await readFile(`${folder}/${name}`))
        .digest(),
    );
  }
  return hash.digest('hex');
}

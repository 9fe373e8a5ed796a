import { stat } from 'node:fs/promises';
import { fileBeginning } from '../../manifests/input/file-beginning.js';
import { InputError } from '../../stages/errors.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { requireNoFileOfRuns } from '../results/kept-files.js';
import { pageIsOf } from './page.js';

/** A page says what it is well within so many of its first bytes. */
const head = 4096;

/**
 * Checks that a page may be written to a file: that nothing but a page of grodin's is replaced, and that none gets among what
 * runs keep.
 * @throws InputError naming the file
 */
export async function requirePagePlace(page: string, runs: readonly RunDirectory[]): Promise<void> {
  await requireNoFileOfRuns(page, runs);
  const there = await stat(page).catch(() => null);
  if (there === null) return;
  if (there.isDirectory())
    throw new InputError(
      `${page}: is a folder where the page is to be; name a file in it, such as report.html`,
    );
  if (!there.isFile() || pageIsOf((await fileBeginning(page, head)).toString()) === null)
    throw new InputError(
      `${page}: is there and no page that grodin wrote, so it is not replaced; choose another name, or remove it first`,
    );
}

import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { fileBeginning } from '../../manifests/input/file-beginning.js';
import { locationOf } from '../../manifests/location.js';
import { fileIdentity } from '../../manifests/output/file-identity.js';
import { realPlace } from '../../manifests/output/output-file.js';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import type { OpenRun } from '../opening/opened.js';

/** What files of exported tables begin with, in each format. */
const beginnings = ['model,', 'PAR1', 'ARROW1'];

/**
 * Refuses to write a table where a file would be lost: in the run directory, over what the run reads, or over a file that is no
 * table of scores.
 * @throws InputError naming the file
 */
export async function requireReplaceable(file: string, run: OpenRun): Promise<void> {
  const elsewhere = `name another file with ${setting('out')}`;
  const place = await realPlace(file);
  const inside = relative(await realPlace(run.directory.path), place);
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside)
    throw new InputError(
      `${file}: lies in the run directory ${run.directory.path}, which holds the run's own files alone; ${elsewhere}`,
    );
  const found = await stat(place).catch(() => null);
  if (!found?.isFile() || found.size === 0) return;
  const identity = await fileIdentity(place);
  for (const [input, what] of inputsOf(run)) {
    if ((await fileIdentity(input)) === identity)
      throw new InputError(`${file}: is ${what} of the run, and would be lost; ${elsewhere}`);
  }
  if (!(await beginsAsTable(place)))
    throw new InputError(`${file}: is there, and is no table that was exported; ${elsewhere}, or remove it`);
}

/** Files that the run reads, but for image files of one image, which are taken for no table, each with what it is. */
function inputsOf({ models, sets }: OpenRun): ReadonlyMap<string, string> {
  const inputs = new Map<string, string>();
  for (const { name, file } of models) inputs.set(file, `the model "${name}"`);
  for (const { name, rows: manifest } of sets) {
    inputs.set(manifest.file, `the manifest of set "${name}"`);
    for (let row = 0; row < manifest.rows.length; row += 1) {
      const { file, part } = locationOf(manifest.rows.pathAt(row));
      if (part) inputs.set(file, `a file of images of set "${name}"`);
    }
  }
  return inputs;
}

async function beginsAsTable(file: string): Promise<boolean> {
  const start = (await fileBeginning(file, 8)).toString('latin1');
  return beginnings.some((one) => start.startsWith(one));
}

import { open, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { locationOf } from '../../manifests/location.js';
import { outputPlace } from '../../manifests/output/output-file.js';
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
  const place = await outputPlace(file);
  const inside = relative(await realpath(run.directory.path), await realPlace(place));
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside)
    throw new InputError(
      `${file}: lies in the run directory ${run.directory.path}, which holds the run's own files alone; ${elsewhere}`,
    );
  const found = await stat(place, { bigint: true }).catch(() => null);
  if (!found?.isFile() || found.size === 0n) return;
  for (const [input, what] of inputsOf(run)) {
    const known = await stat(input, { bigint: true }).catch(() => null);
    if (known?.dev === found.dev && known.ino === found.ino)
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
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return beginnings.some((one) => start.startsWith(one));
  } finally {
    await handle.close();
  }
}

/** A path without links, of which the last parts need not be there yet. */
async function realPlace(place: string): Promise<string> {
  const parent = dirname(place);
  if (parent === place) return place;
  return realpath(place).catch(async () => join(await realPlace(parent), relative(parent, place)));
}

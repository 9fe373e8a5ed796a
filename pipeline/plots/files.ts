import { join } from 'node:path';
import { removeStaleTemporaries, writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { keepOwnFiles } from '../../manifests/output/own-files.js';
import { csv } from '../tables/csv.js';
import type { Plot } from './plot.js';
import { specificationOf, svgOf } from './render.js';

/** What a plot's files end with: the drawing, its specification with its data, and its data. */
const extensions = ['svg', 'vl.json', 'csv'] as const;

/** Writes a plot's files. @param folder that is there */
export async function writePlot(folder: string, plot: Plot): Promise<void> {
  const names = Object.keys(plot.rows[0] ?? {});
  const texts: Readonly<Record<(typeof extensions)[number], string>> = {
    svg: await svgOf(plot),
    'vl.json': `${JSON.stringify(specificationOf(plot), null, 1)}\n`,
    csv: csv(
      names,
      plot.rows.map((row) =>
        names.map((name) => {
          const value = row[name] ?? null;
          return typeof value === 'boolean' ? String(value) : value;
        }),
      ),
    ),
  };
  for (const extension of extensions)
    await writeAtomically(join(folder, `${plot.name}.${extension}`), texts[extension]);
}

/** Makes the folder of plots, and removes what killed processes left there and the files of plots that an earlier report had and this one has not. */
export async function preparePlots(folder: string, plots: readonly Plot[]): Promise<void> {
  await makeFolder(folder);
  await removeStaleTemporaries(folder);
  const names = plots.flatMap(({ name }) => extensions.map((extension) => `${name}.${extension}`));
  await keepOwnFiles(folder, names);
}

import { readdir, readFile } from 'node:fs/promises';

const folder = new URL('../../../test/images/golden/', import.meta.url);

/** The golden images: small files of every format and mode, in the order of their names. */
export async function imageCorpus(): Promise<readonly Buffer[]> {
  const names = (await readdir(folder)).filter((name) => !/^(index\.json|pixels\.rgb)$/.test(name)).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, folder))));
}

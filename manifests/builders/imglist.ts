import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../../pipeline/errors.js';
import { readText } from '../../pipeline/input/text-file.js';
import { show } from '../../pipeline/input/validate.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { type BuilderValues, type BuiltManifest, type ManifestBuilder, textOption } from './builder.js';

/** The lists that OpenOOD keeps its benchmarks in: one `path label` a line, label −1 where it is unknown. */
export const imglistBuilder: ManifestBuilder = {
  name: 'imglist',
  summary: 'a manifest of an OpenOOD image list (one "path label" a line)',
  source: { name: 'LIST', doc: 'the list; label -1 means that the class is unknown' },
  options: [
    { flags: '--root <dir>', doc: "the folder that the list's paths start from", required: true },
    baseOption,
  ],
  notes: `Example:
  $ grodin manifest imglist benchmark_imglist/imagenet/test_imagenet.txt --root images_largescale -o test.csv`,
  build: buildImglist,
};

async function buildImglist(list: string, options: BuilderValues): Promise<BuiltManifest> {
  const root = textOption(options, 'root') ?? '.';
  const base = textOption(options, 'base');
  const lines = (await readText(list, 'image list')).split(/\r?\n/);
  const entries: ManifestEntry[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${list}:${i + 1}`;
    const { path, label } = parseLine(where, line);
    const file = resolve(root, path);
    await requireFile(where, file);
    entries.push({ path: file, label, ...baseOf(path, base) });
  }
  if (entries.length === 0)
    throw new InputError(`${list}: lists no images; expected one "path label" a line`);
  return { entries, ignored: 0 };
}

function parseLine(where: string, line: string): { readonly path: string; readonly label: number | null } {
  const [, path, digits] = /^(.*\S)\s+(-?\d+)\s*$/.exec(line) ?? [];
  if (path === undefined) {
    throw new InputError(
      `${where}: ${show(line)} is no "path label" pair; expected a path, a space, an integer`,
    );
  }
  const label = Number(digits);
  if (label >= 0) return { path, label };
  if (label === -1) return { path, label: null };
  throw new InputError(
    `${where}: label ${label} is no class index; expected an integer from 0, or -1 if unknown`,
  );
}

async function requireFile(where: string, file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile()) return;
  throw new InputError(`${where}: no image at ${file}; check --root, or drop the line`);
}

import { imageExtensions } from '../image-formats.js';
import { baseOf, baseOption } from './base.js';
import { classLabels, classOptions } from './class-labels.js';
import { imagesOfArchives } from './image-source.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type SeveralSourcesBuilder,
  textOption,
} from './manifest-builder.js';

/** Plain tar archives whose images are read where they lie: one folder a class, as the folder that they unpack to. */
export const tarBuilder: SeveralSourcesBuilder = {
  name: 'tar',
  summary: 'a manifest of images in plain tar archives, read in place (CLASS/.../image inside)',
  source: { name: 'ARCHIVE', doc: 'a plain .tar, or several that make one set' },
  options: [
    {
      flags: '--root <dir>',
      doc: 'the folder inside the archives that holds the class folders (default: past folders that hold nothing but one folder)',
    },
    ...classOptions,
    baseOption,
  ],
  notes: `Nothing is unpacked: rows name the bytes of their image. Ids are the names of the members, behind the archive's name where
there are several. Images are the members that end in ${imageExtensions.join(', ')} (in any case).
Compressed archives are refused with the command that unpacks them.

Examples:
  $ grodin manifest tar imagenet-r.tar --classes imagenet-1k -o r.csv
  $ grodin manifest tar textures.tar --no-labels -o textures.csv`,
  buildFrom: buildTar,
};

async function buildTar(archives: readonly string[], options: BuilderValues): Promise<BuiltManifest> {
  const base = textOption(options, 'base');
  const source = await imagesOfArchives(archives, textOption(options, 'root'));
  const { root, images, listFolders, leftOut } = source;
  const labelOf = await classLabels(
    root,
    images.map(({ path }) => path),
    listFolders,
    options,
  );
  const entries = images.map(({ path, location, id }) => ({
    path: location,
    label: labelOf(path),
    id,
    ...baseOf(path, base),
  }));
  return { entries, leftOut };
}

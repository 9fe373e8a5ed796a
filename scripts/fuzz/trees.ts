import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { folderBuilder } from '../../manifests/builders/folder.js';
import type { FuzzOptions } from './manifests.js';
import { FuzzFault, type Tally, tried } from './outcome.js';

const folders = [
  'cat',
  'dog',
  '0',
  '1',
  '2',
  '10',
  '01',
  '.hidden',
  '__MACOSX',
  'Ünïcode',
  'a\nb',
  '\x1b[2J',
  '99999999999999999999',
] as const;
const files = [
  'a.png',
  'b.JPG',
  'notes.txt',
  'Thumbs.db',
  '.DS_Store',
  'x\n.png',
  '\u202egnp.png',
  'noext',
] as const;
/** Where links lead, from the folder that they lie in. */
const targets = ['nowhere', '.', '..', 'a.png', 'self.png', '../cat'] as const;

const name = (names: readonly string[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...names).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.constant(Buffer.from([0x63, 0xe9, 0x2e, 0x70, 0x6e, 0x67])) },
  );

interface TreeEntry {
  readonly path: readonly Buffer[];
  /** Null for a file. */
  readonly link: string | null;
}

const entry: fc.Arbitrary<TreeEntry> = fc.record({
  path: fc
    .tuple(fc.array(name(folders), { maxLength: 3 }), name([...files, ...folders]))
    .map(([above, last]) => [...above, last]),
  link: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...targets) },
  ),
});

const options = fc.record(
  {
    classOrder: fc.constantFrom('number', 'text'),
    labels: fc.constant(false),
    base: fc.constantFrom('path', 'name'),
  },
  { requiredKeys: [] },
);

/** Builds manifests of odd trees; what is taken has no label of a folder that others could have, and no path twice. */
export async function fuzzTrees({ cases, seed, folder }: FuzzOptions): Promise<Tally> {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 7 }), options, async (entries, chosen) => {
      const root = join(folder, 'tree');
      await rm(root, { recursive: true, force: true });
      await mkdir(root);
      for (const one of entries) await make(root, one);
      const built = await tried(() => folderBuilder.build(root, chosen), null);
      if (built === null) return;
      taken += 1;
      const paths = built.entries.map(({ path }) => path);
      if (new Set(paths).size < paths.length) throw new FuzzFault('one image stands twice');
      const labels = new Map<string, number | null>();
      for (const { path, label } of built.entries) {
        const [classFolder = ''] = path.slice(root.length + 1).split('/');
        if ((labels.get(classFolder) ?? label) !== label)
          throw new FuzzFault(`${classFolder} has two labels`);
        labels.set(classFolder, label);
        if (chosen.labels === false && label !== null) throw new FuzzFault('a label in spite of --no-labels');
        if (chosen.classOrder === 'number' && label !== null && Number(classFolder) !== label)
          throw new FuzzFault(`${classFolder} has the label ${label}`);
      }
    }),
    { numRuns: cases, seed },
  );
  return { cases, taken, refused: cases - taken };
}

/** Makes one entry; where another stands in its way, nothing. */
async function make(root: string, { path, link }: TreeEntry): Promise<void> {
  const whole = Buffer.concat(path.flatMap((part) => [Buffer.from('/'), part]));
  const at = Buffer.concat([Buffer.from(root), whole]);
  const above = at.subarray(0, at.lastIndexOf('/'));
  try {
    await mkdir(above, { recursive: true });
    if (link === null) await writeFile(at, '', { flag: 'wx' });
    else await symlink(link, at);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EEXIST', 'ENOTDIR', 'ELOOP', 'ENOENT'].includes(code)) {
      throw new Error(`${dirname(root)}: the tree can't be made`, { cause: error });
    }
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { imglistBuilder } from '../../manifests/builders/imglist.js';
import { manifestColumns } from '../../manifests/manifest-columns.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { writeManifest } from '../../manifests/write-manifest.js';
import { FuzzFault, type Tally, tried } from './outcome.js';

/** How many cases of what are tried. */
export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** An empty folder to work in. */
  readonly folder: string;
}

const ends = ['\n', '\r\n', '\r', '\n\n'] as const;
const odd = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  ' ',
  '\0',
  '\x1b[2J',
  '\x9b',
  '\u202e',
  '\ufeff',
  '\u2028',
  '\ufffd',
] as const;
const words = [
  'a.png',
  'b c.png',
  '../x/é.png',
  '/abs.png',
  '𝒳',
  '0',
  '7',
  '-1',
  '1.5',
  '2147483648',
  '1e999',
  '',
] as const;
/** Lone bytes that are no UTF-8. */
const noText = [Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80])] as const;

/** One time in fifteen a value, else null. */
function seldom<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
}

/** Cells that are right in a column, and now and then one that is not. */
function cellsOf(column: string): fc.Arbitrary<string> {
  const right = {
    path: fc
      .tuple(fc.constantFrom('a', '../b c', '/abs/é', '𝒳', '"q, ""r"" ', 'x'), fc.nat(99))
      .map(([start, n]) => (start.startsWith('"') ? `${start}${n}.png"` : `${start}${n}.png`)),
    label: fc.constantFrom('', '0', '7', '2147483647'),
    id: fc
      .tuple(fc.constantFrom('i', '"i\n"', ''), fc.nat(99))
      .map(([start, n]) => (start.startsWith('"') ? `"${n}\n"` : start && `${start}${n}`)),
    base: fc.constantFrom('', 'photo', '"p,q"'),
  }[column];
  const wrong = fc.constantFrom(...words, ...odd, '"a"b', '"');
  return fc.oneof({ weight: 40, arbitrary: right ?? wrong }, { weight: 1, arbitrary: wrong });
}

/** Tables that are nearly manifests, as bytes with faults strewn in. */
const csvBytes: fc.Arbitrary<Buffer> = (() => {
  const header = fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .shuffledSubarray(['label', 'id', 'base'])
        .chain((others) => fc.shuffledSubarray(['path', ...others], { minLength: others.length + 1 })),
    },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom(...manifestColumns, 'lable', '', '"'), { maxLength: 5 }),
    },
  );
  const table = header.chain((columns) =>
    fc
      .array(fc.tuple(fc.tuple(...columns.map(cellsOf)), seldom(fc.constantFrom('', 'more'))), {
        maxLength: 5,
      })
      .map((rows) => [
        columns.join(','),
        ...rows.map(([cells, extra]) =>
          (extra === null ? cells : [...cells.slice(1), ...(extra === '' ? [] : ['x', extra])]).join(','),
        ),
      ]),
  );
  const text = fc
    .tuple(table, fc.array(fc.constantFrom(...ends), { minLength: 6, maxLength: 6 }), fc.boolean())
    .map(
      ([lines, lineEnds, mark]) =>
        `${mark ? '\ufeff' : ''}${lines.map((line, i) => line + lineEnds[i % 6]).join('')}`,
    );
  return strewn(text);
})();

/** Lists that are nearly OpenOOD's. */
const listBytes: fc.Arbitrary<Buffer> = (() => {
  const label = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('0', '-1', '12', '2147483647') },
    { weight: 1, arbitrary: fc.constantFrom('-2', '2147483648', 'x', '') },
  );
  const path = fc.shuffledSubarray(['a.png', './b.png', 'd/c d.png', ''], { minLength: 1 });
  const stray = fc.constantFrom('none.png', '../out.png', 'd/../a.png', ...odd, ...words);
  const space = fc.constantFrom(' ', '\t', '  ');
  const text = fc
    .tuple(
      path,
      seldom(stray),
      fc.array(fc.tuple(space, label, fc.constantFrom(...ends)), { minLength: 5, maxLength: 5 }),
    )
    .map(([paths, other, rest]) =>
      [...paths, ...(other === null ? [] : [other])]
        .map((one, i) => (one === '' ? (rest[i]?.[2] ?? '') : one + (rest[i]?.join('') ?? '')))
        .join(''),
    );
  return strewn(text);
})();

/** Text as bytes, into which something odd was put at up to two places, or of which a part is missing. */
function strewn(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...odd).map((odds) => Buffer.from(odds)) },
    { weight: 2, arbitrary: fc.constantFrom(...noText) },
    { weight: 1, arbitrary: fc.constant(Buffer.from('x'.repeat(120_000))) },
  );
  const faults = fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), piece), { maxLength: 2 }) },
  );
  const encoding = fc.oneof(
    { weight: 30, arbitrary: fc.constant('utf8' as const) },
    { weight: 1, arbitrary: fc.constant('utf16le' as const) },
  );
  return fc.tuple(text, faults, encoding, seldom(fc.nat())).map(([whole, places, code, cut]) => {
    let bytes = Buffer.from(whole, code);
    for (const [place, odds] of places) {
      const at = place % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, at), odds, bytes.subarray(at)]);
    }
    return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
  });
}

/** Reads nearly-manifests; what is taken must come back unchanged when it is written and read again. */
export async function fuzzCsv({ cases, seed, folder }: FuzzOptions): Promise<Tally> {
  const file = join(folder, 'm.csv');
  const copy = join(folder, 'copy.csv');
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(csvBytes, async (bytes) => {
      await writeFile(file, bytes);
      const manifest = await tried(() => readManifest(file), file);
      if (manifest === null) return;
      taken += 1;
      // Written relative to another folder a path may become too long.
      const rows = [...manifest.rows];
      if (rows.some(({ path }) => path.length > 4_000)) return;
      const again = await writeManifest(copy, rows);
      if (JSON.stringify([...again.rows]) !== JSON.stringify(rows)) {
        throw new FuzzFault(`written and read again it differs: ${JSON.stringify(again.rows)}`);
      }
    }),
    { numRuns: cases, seed },
  );
  return { cases, taken, refused: cases - taken };
}

/** Builds manifests of nearly-lists; what is taken names only files that are there. */
export async function fuzzLists({ cases, seed, folder }: FuzzOptions): Promise<Tally> {
  const list = join(folder, 'list.txt');
  const root = join(folder, 'root');
  await mkdir(join(root, 'd'), { recursive: true });
  const images = ['a.png', 'b.png', 'd/c d.png'].map((name) => join(root, name));
  for (const image of [...images, join(folder, 'out.png')]) await writeFile(image, '');
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(listBytes, async (bytes) => {
      await writeFile(list, bytes);
      const built = await tried(() => imglistBuilder.build(list, { root }), list);
      if (built === null) return;
      taken += 1;
      const stray = built.entries.find(({ path }) => !images.includes(path));
      if (stray !== undefined) throw new FuzzFault(`took ${stray.path}`);
    }),
    { numRuns: cases, seed },
  );
  return { cases, taken, refused: cases - taken };
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { digestOfRows } from '../../manifests/digest.js';
import type { ManifestRow } from '../../manifests/manifest-row.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { writeManifest } from '../../manifests/write-manifest.js';
import { InputError } from '../../stages/errors.js';
import { rowsDigest } from '../../workers/shard-identity.js';
import { temporaryFolder } from '../temporary-folder.js';

test('paths are relative to the manifest, and what is not written has its default', async (t) => {
  const folder = await temporaryFolder(t, { 'sets/m.csv': 'path,label\na.png,3\n../b/c.png,\n/d.png,0\n' });
  const manifest = await readManifest(join(folder, 'sets/m.csv'));
  t.is(manifest.file, join(folder, 'sets/m.csv'));
  t.deepEqual(
    [...manifest.rows],
    [
      { id: 'a.png', path: join(folder, 'sets/a.png'), label: 3, base: 'a.png' },
      { id: '../b/c.png', path: join(folder, 'b/c.png'), label: null, base: '../b/c.png' },
      { id: '/d.png', path: '/d.png', label: 0, base: '/d.png' },
    ],
  );
});

test('columns may stand in any order, quoted, after a byte order mark and with Windows line ends', async (t) => {
  const text = '\uFEFFbase,id,"path",label\r\nphoto,x,"a, ""b"".png",1\r\n\r\n,,c.png,\r\n';
  const folder = await temporaryFolder(t, { 'm.csv': text });
  const { rows } = await readManifest(join(folder, 'm.csv'));
  t.deepEqual(
    [...rows],
    [
      { id: 'x', path: join(folder, 'a, "b".png'), label: 1, base: 'photo' },
      { id: 'c.png', path: join(folder, 'c.png'), label: null, base: 'c.png' },
    ],
  );
});

test('the digest does not depend on the place of the manifest, nor on defaults that are spelled out', async (t) => {
  const folder = await temporaryFolder(t, {
    'm.csv': 'path,label\na.png,1\n',
    'moved/m.csv': 'label,path,id,base\n1,a.png,a.png,a.png\n',
    'label.csv': 'path,label\na.png,2\n',
    'base.csv': 'path,label,base\na.png,1,b\n',
    'id.csv': 'path,label,id,base\na.png,1,b,a.png\n',
  });
  const digest = async (name: string) => (await readManifest(join(folder, name))).sha256;
  t.regex(await digest('m.csv'), /^[0-9a-f]{64}$/);
  t.is(await digest('moved/m.csv'), await digest('m.csv'));
  const different = await Promise.all(['m.csv', 'label.csv', 'base.csv', 'id.csv'].map(digest));
  t.is(new Set(different).size, 4);
});

const faults: readonly [behaviour: string, text: string | Uint8Array, message: string][] = [
  [
    'a misspelt column is named with the one that was meant',
    'path,lable\na.png,1\n',
    ':1: unknown column "lable"; did you mean "label"?; expected columns: path, offset, length, label, id, base (only path is required)',
  ],
  [
    'a column that resembles none is refused with the list of columns',
    'path,weight\na.png,1\n',
    ':1: unknown column "weight"; expected columns: path, offset, length, label, id, base (only path is required)',
  ],
  [
    'a manifest without paths is refused',
    'label,id\n1,a\n',
    ':1: column "path" is missing; expected columns: path, offset, length, label, id, base (only path is required)',
  ],
  [
    'a column that stands twice is refused',
    'path,label,label\na,1,1\n',
    ':1: column "label" stands twice; expected columns: path, offset, length, label, id, base (only path is required)',
  ],
  [
    'an image that is listed twice is refused with both lines',
    'path\na.png\nb.png\na.png\n',
    ':4: id "a.png" is already used on line 2; drop one of them, or tell them apart with an id column',
  ],
  [
    'a label that is no number is refused with its line',
    'path,label\na.png,1\nb.png,cat\n',
    ':3: label "cat" is not a class index; expected an integer from 0, or nothing where the class is unknown',
  ],
  [
    'a negative label is refused',
    'path,label\na.png,-1\n',
    ':2: label "-1" is not a class index; expected an integer from 0, or nothing where the class is unknown',
  ],
  [
    'a fractional label is refused',
    'path,label\na.png,1.5\n',
    ':2: label "1.5" is not a class index; expected an integer from 0, or nothing where the class is unknown',
  ],
  [
    'an empty path is refused',
    'path,label\n,1\n',
    ":2: the path is empty; give the image's path or drop the line",
  ],
  [
    'a line with too few cells is refused with what it holds',
    'path,label,base\na.png,1\n',
    ':2: 2 cells ("a.png,1") where the header has 3 (path,label,base); fill in or quote the missing or extra cells',
  ],
  [
    'a line with too many cells is refused with what it holds',
    'path,label\na.png,1\na,b.png,1\n',
    ':3: 3 cells ("a,b.png,1") where the header has 2 (path,label); fill in or quote the missing or extra cells',
  ],
  [
    'a path of spaces is as empty as none',
    'path,label\na.png,1\n  ,1\n',
    ":3: the path is empty; give the image's path or drop the line",
  ],
  [
    'a path that is longer than systems take is refused, and shown in part',
    `path\na.png\n${'x'.repeat(5000)}\n`,
    `:3: the path "${'x'.repeat(76)}... has 5000 characters; systems take at most 4096`,
  ],
  [
    'a path that can only be a folder is refused',
    'path\na.png\n..\n',
    `:3: the path ".." is that of a folder; give an image's path`,
  ],
  [
    'a path that ends in a slash is refused',
    'path\n/\n',
    `:2: the path "/" is that of a folder; give an image's path`,
  ],
  [
    'a NUL character is refused with its line',
    'path,label\na.png,1\nb\0.png,1\n',
    ':3: "b\\u0000.png,1" holds a NUL character, which no path can; save the file as UTF-8 text',
  ],
  [
    'columns that are not separated by commas are refused with the remedy',
    'path;label\na.png;1\n',
    ':1: unknown column "path;label"; separate columns by commas; expected columns: path, offset, length, label, id, base (only path is required)',
  ],
  [
    'UTF-16 is refused by its name',
    Buffer.from('\ufeffpath\na.png\n', 'utf16le'),
    ': the manifest is UTF-16 text; save it as UTF-8',
  ],
  [
    'UTF-16 without a byte order mark is refused by its name',
    Buffer.from('path\na.png\n', 'utf16le'),
    ': the manifest seems to be UTF-16 text; save it as UTF-8',
  ],
  ['an empty file is refused', '', ': the manifest is empty; expected a header line with the column path'],
  [
    'a header alone is refused',
    'path,label\n',
    ': the manifest lists no images; add one line an image below the header',
  ],
  [
    'bytes that are no text are refused',
    Buffer.from([0x70, 0xff, 0xfe, 0x0a]),
    ': the manifest is not UTF-8 text; save it as UTF-8',
  ],
];

for (const [behaviour, text, message] of faults) {
  test(behaviour, async (t) => {
    const file = join(await temporaryFolder(t, { 'm.csv': text }), 'm.csv');
    await t.throwsAsync(readManifest(file), { instanceOf: InputError, message: `${file}${message}` });
  });
}

test('a quote that is never closed is refused with its line', async (t) => {
  const file = join(await temporaryFolder(t, { 'm.csv': 'path\na.png\n"b.png\n' }), 'm.csv');
  const error = await t.throwsAsync(readManifest(file), { instanceOf: InputError });
  t.regex(error.message, /m\.csv:\d+: not valid CSV: .*put double quotes around/);
  t.notRegex(error.message, /\n/);
});

test('a quote that is never closed is refused with the line that opens it', async (t) => {
  const file = join(await temporaryFolder(t, { 'm.csv': 'path\na.png\n"b.png\nc.png\nd.png\n' }), 'm.csv');
  const error = await t.throwsAsync(readManifest(file), { instanceOf: InputError });
  t.true(
    error.message.startsWith(`${file}:3: not valid CSV: the quote that is opened here is never closed; `),
  );
});

test('a line that is far too long is refused with its number, and shown in part', async (t) => {
  const file = join(await temporaryFolder(t, { 'm.csv': `path\na.png\n${'x'.repeat(300_000)}\n` }), 'm.csv');
  const error = await t.throwsAsync(readManifest(file), { instanceOf: InputError });
  t.is(
    error.message,
    `${file}:3: this line is longer than 100000 characters; close the quote that was opened, or shorten it`,
  );
  const folder = await temporaryFolder(t, { 'm.csv': `path,label\n${'x'.repeat(90_000)},y\n` });
  const label = await t.throwsAsync(readManifest(join(folder, 'm.csv')), { instanceOf: InputError });
  t.true(label.message.length < 1_000);
});

for (const [ends, text] of [
  ['a header that ends in CRLF and rows that end in LF', 'path,label\r\na.png,1\nb.png,2\nc.png,3\n'],
  ['a header that ends in LF and rows that end in CRLF', 'path,label\na.png,1\r\nb.png,2\r\nc.png,3\r\n'],
  ['lines that end in CR', 'path,label\ra.png,1\rb.png,2\rc.png,3'],
  ['every line end in one file', 'path,label\na.png,1\r\n\n\r\nb.png,2\rc.png,3'],
] as const) {
  test(`a manifest with ${ends} is read line by line`, async (t) => {
    const folder = await temporaryFolder(t, { 'm.csv': text });
    const { rows } = await readManifest(join(folder, 'm.csv'));
    t.deepEqual(
      [...rows].map(({ id, label }) => [id, label]),
      [
        ['a.png', 1],
        ['b.png', 2],
        ['c.png', 3],
      ],
    );
  });
}

test('a large manifest is read in portions, whose bounds no line notices', async (t) => {
  const rows = Array.from({ length: 40_000 }, (_, i) => `"folder ${i % 7}/é""${i}.png",${i % 10}`);
  const folder = await temporaryFolder(t, { 'm.csv': `path,label\r\n${rows.join('\r\n')}` });
  const read = await readManifest(join(folder, 'm.csv'));
  t.is(read.rows.length, rows.length);
  t.deepEqual(
    [...read.rows].filter(({ id, label }, i) => id !== `folder ${i % 7}/é"${i}.png` || label !== i % 10),
    [],
  );
});

test('a missing manifest and a folder in its place are refused', async (t) => {
  const folder = await temporaryFolder(t);
  const missing = join(folder, 'none.csv');
  await t.throwsAsync(readManifest(missing), {
    instanceOf: InputError,
    message: `${missing}: no such manifest file; check the path`,
  });
  await t.throwsAsync(readManifest(folder), {
    instanceOf: InputError,
    message: `${folder}: is a folder; expected the path of a manifest file`,
  });
});

test('rows name images in archives by their bytes, and in files of many by their number', async (t) => {
  const text = 'path,offset,length,label\nval.tar,512,77,3\nfog.npy#12,,,\na.jpg,,,1\n';
  const folder = await temporaryFolder(t, { 'm.csv': text });
  const { rows } = await readManifest(join(folder, 'm.csv'));
  t.deepEqual(
    [...rows].map(({ id, path, label }) => [id, relative(folder, path), label]),
    [
      ['val.tar#512+77', 'val.tar#512+77', 3],
      ['fog.npy#12', 'fog.npy#12', null],
      ['a.jpg', 'a.jpg', 1],
    ],
  );
});

for (const [what, cells] of [
  ['a length without an offset', 'val.tar,,77'],
  ['an offset without a length', 'val.tar,512,'],
  ['a broken offset', 'val.tar,0.5,77'],
  ['bytes of a file that is no archive', 'val.zip,512,77'],
] as const)
  test(`${what} is refused`, async (t) => {
    const folder = await temporaryFolder(t, { 'm.csv': `path,offset,length\n${cells}\n` });
    const file = join(folder, 'm.csv');
    const [path, offset, length] = cells.split(',');
    await t.throwsAsync(readManifest(file), {
      message:
        `${file}:2: offset "${offset}" and length "${length}" name no bytes of "${path}"; expected two whole numbers ` +
        'for a file ending in .tar, or nothing for an image file',
    });
  });

test('what reads rows by number finds what is listed one by one', async (t) => {
  const text =
    'path,label,id,base\n/data/é/one.png,1,,one\n/data/é/two.png,,zwei,photo\n/data/é/../three.png,3,/data,zwei\n/data//é/./four.png,,,\n';
  const folder = await temporaryFolder(t, { 'm.csv': text });
  const { rows } = await readManifest(join(folder, 'm.csv'));
  const listed = [...rows];
  t.deepEqual(
    listed.map(({ id, path, label, base }) => [id, path, label, base]),
    [
      ['/data/é/one.png', '/data/é/one.png', 1, 'one'],
      ['zwei', '/data/é/two.png', null, 'photo'],
      ['/data', '/data/three.png', 3, 'zwei'],
      ['/data//é/./four.png', '/data/é/four.png', null, '/data//é/./four.png'],
    ],
  );
  for (const [row, { id, path, label, base }] of listed.entries()) {
    t.deepEqual(
      [rows.idAt(row), rows.pathAt(row), rows.labelAt(row), rows.baseAt(row)],
      [id, path, label, base],
    );
    t.is(rows.placeAt(row), relative(folder, path));
  }
  t.is(rows.at(4), undefined);
  t.is(rows.pathAt(-1), '');
});

for (const paths of [
  ['a.png', 'b.png'],
  ['../a/b.png', '../a/c.png'],
  ['../../x.png', '../../y/z.png'],
  ['sub/a.png', './sub/a.png', 'sub//a.png'],
  ['../up/../up/a.png', '../up/b.png'],
])
  test(`paths such as ${paths[0]} lead where they lead however they are kept`, async (t) => {
    const folder = await temporaryFolder(t, { 'sets/up/m.csv': `path\n${paths.join('\n')}\n` });
    const home = join(folder, 'sets/up');
    const { rows } = await readManifest(join(home, 'm.csv'));
    t.deepEqual(
      paths.map((_, row) => [rows.pathAt(row), rows.placeAt(row)]),
      paths.map((path) => [resolve(home, path), relative(home, resolve(home, path))]),
    );
  });

test('rows are held to the first line, whatever ends lines have and whichever defaults are spelled out', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'm.csv');
  await writeManifest(
    file,
    [1, 2, 3].map((n) => ({ path: join(folder, `${n}.png`), label: n })),
    { dataset: 'three', preprocess: 'imagenet' },
  );
  const written = await readFile(file, 'utf8');
  const read = async (text: string) => {
    await writeFile(file, text);
    return readManifest(file);
  };
  t.is((await read(written)).header?.dataset, 'three');
  t.is((await read(written.replaceAll('\n', '\r\n'))).rows.length, 3);
  t.is(
    (
      await read(
        written
          .replace('path,label', 'path,label,id')
          .replaceAll('.png,1', '.png,1,')
          .replaceAll(/png,([23])/g, 'png,$1,'),
      )
    ).rows.length,
    3,
  );
  const [header = '', ...rest] = written.split('\n');
  t.is(
    (await read(rest.join('\n'))).header,
    undefined,
    'without its first line a manifest is as it always was',
  );
  const others = {
    cut: written.slice(0, written.lastIndexOf('3.png')),
    edited: written.replace('2.png,2', '2.png,5'),
    reordered: [header, rest[0], rest[2], rest[1], rest[3]].join('\n'),
  };
  for (const [what, text] of Object.entries(others)) {
    const error = await t.throwsAsync(read(text), { instanceOf: InputError }, what);
    t.regex(
      error.message,
      /^.*m\.csv: its rows are not those that its first line was written for \(sha256 \w{12}…, not \w{12}…\): the file was cut off or edited; build it again, or remove the first line to take the rows as they are$/,
    );
  }
  for (const damaged of [
    '{"sha256":"ab"}',
    '{',
    '[]',
    'null',
    `{"dataset":1,"sha256":"${'0'.repeat(64)}"}`,
  ]) {
    const error = await t.throwsAsync(read(`# grodin manifest ${damaged}\npath\na.png\n`), {
      instanceOf: InputError,
    });
    t.regex(
      error.message,
      /m\.csv:1: .* is no header of a manifest; build the manifest again, or remove the line/,
    );
  }
  const late = await t.throwsAsync(read(`${header}\npath,label\na.png,x\n`), { instanceOf: InputError });
  t.regex(late.message, /m\.csv:3: label "x"/, 'lines keep their numbers');
});

test('rows that are read as bytes are those that are read as text, and their sha256 is of them as JSON', async (t) => {
  const folder = await temporaryFolder(t);
  const name = fc.string({ unit: fc.constantFrom(...'abzA0 9/.-_#+é'), minLength: 1, maxLength: 8 });
  const cell = fc.option(name, { nil: '' });
  const digits = fc.constantFrom('', '0', '7', '12', '007', '999999999', '2147483647');
  const place = fc.constantFrom(['', ''], ['0', '10'], ['512', '0'], ['010', '3']);
  const row = fc.record({
    path: name,
    prefix: fc.constantFrom('', 'sets/x/', '../'),
    archive: place,
    label: digits,
  });
  const rows = fc.array(fc.tuple(row, cell, cell), { minLength: 1, maxLength: 12 });
  const columns = fc.shuffledSubarray(['offset', 'length', 'label', 'id', 'base']);
  /** Quotes have a manifest read as text. */
  const written = (header: readonly string[], lines: readonly (readonly string[])[], quote: string) =>
    `${quote}${header[0]}${quote},${header.slice(1).join(',')}\n${lines.map((cells) => `${cells.join(',')}\n`).join('\n')}`;
  await fc.assert(
    fc.asyncProperty(rows, columns, async (found, others) => {
      const header = ['path', ...others];
      const lines = found.map(
        ([
          {
            path,
            prefix,
            archive: [offset = '', length = ''],
            label,
          },
          id,
          base,
        ]) => {
          const isArchived = offset !== '' && others.includes('offset') && others.includes('length');
          const file = `${prefix}${path}${isArchived ? '.tar' : 'x'}`;
          const place = isArchived ? { offset, length } : {};
          const cells: Record<string, string> = { path: file, ...place, label, id, base };
          return header.map((column) => cells[column] ?? '');
        },
      );
      const outcome = async (name: string, quote: string) => {
        await writeFile(join(folder, name), written(header, lines, quote));
        return readManifest(join(folder, name)).catch((error: Error) => error.message.replace(name, ''));
      };
      const [plain, text] = [await outcome('plain.csv', ''), await outcome('text.csv', '"')];
      if (typeof plain === 'string' || typeof text === 'string') {
        t.is(plain, text);
        return;
      }
      t.deepEqual([...plain.rows], [...text.rows]);
      t.is(plain.sha256, text.sha256);
      const all = Array.from({ length: plain.rows.length }, (_, at) => plain.rows.at(at));
      t.is(plain.sha256, sha256Of(all.map((one, at) => ({ ...one, path: plain.rows.written(at).path }))));
      t.is(digestOfRows(plain.rows, all.keys()), rowsDigest(folder, all));
    }),
    { numRuns: 400 },
  );
});

const sha256Of = (rows: readonly Partial<ManifestRow>[]): string =>
  createHash('sha256')
    .update(rows.map(({ id, path, label, base }) => `${JSON.stringify([id, path, label, base])}\n`).join(''))
    .digest('hex');

test('an id that was used before is found in any order, among rows that are read as bytes', async (t) => {
  const numbers = Array.from({ length: 3_000 }, (_, i) => (i * 7_919) % 3_000);
  const lines = numbers.map((number) => `s/${number}.png\n`).join('');
  const folder = await temporaryFolder(t, {
    'good.csv': `path\n${lines}`,
    'bad.csv': `path\n${lines}s/7919.png\ns/1.png\n`,
  });
  t.is((await readManifest(join(folder, 'good.csv'))).rows.length, 3_000);
  const error = await t.throwsAsync(readManifest(join(folder, 'bad.csv')), { instanceOf: InputError });
  const line = numbers.indexOf(1) + 2;
  t.true(
    error.message.endsWith(
      `bad.csv:3003: id "s/1.png" is already used on line ${line}; drop one of them, or tell them apart with an id column`,
    ),
    error.message,
  );
});

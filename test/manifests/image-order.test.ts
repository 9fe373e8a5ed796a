import test from 'ava';
import fc from 'fast-check';
import { byBytes, inOrderOfFolders, naturally } from '../../manifests/builders/image-order.js';

test('numbers in names are ordered by their values, whatever stands around them', (t) => {
  const names = [
    'img2.png',
    'img10.png',
    'img1.png',
    'img1a.png',
    'a.png',
    'img.png',
    'img02b.png',
    'B.png',
    'é.png',
  ];
  t.deepEqual(names.sort(naturally), [
    ...['B.png', 'a.png', 'img.png', 'img1.png', 'img1a.png', 'img2.png', 'img02b.png', 'img10.png', 'é.png'],
  ]);
  t.deepEqual(
    ['v1.10-2', 'v1.9-10', 'v1.9-2', 'v01.9-2', '10', '9', '9007199254740993', '9007199254740992'].sort(
      naturally,
    ),
    ['9', '10', '9007199254740992', '9007199254740993', 'v01.9-2', 'v1.9-2', 'v1.9-10', 'v1.10-2'],
  );
});

/** Names cut at every border of a number, compared piece by piece. */
function expected(a: string, b: string): number {
  const pieces = (name: string) => name.match(/[0-9]+|[^0-9]/gu) ?? [];
  const [first, second] = [pieces(a), pieces(b)];
  for (const [at, piece] of first.entries()) {
    const other = second[at];
    if (other === undefined) return 1;
    const bothNumbers = /^[0-9]/.test(piece) && /^[0-9]/.test(other);
    if (bothNumbers && BigInt(piece) !== BigInt(other)) return BigInt(piece) < BigInt(other) ? -1 : 1;
    if (!bothNumbers && piece !== other) return Buffer.compare(Buffer.from(piece), Buffer.from(other));
  }
  return first.length - second.length || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

test('the natural order is that of names cut into numbers and characters', (t) => {
  const name = fc.string({
    unit: fc.constantFrom('0', '1', '2', '9', 'a', 'b', '-', '/', ':', 'é', '😀', '\uffff'),
  });
  fc.assert(
    fc.property(name, name, (a, b) => Math.sign(naturally(a, b)) === Math.sign(expected(a, b))),
    { numRuns: 20_000 },
  );
  t.pass();
});

test('names of as many digits are ordered as by bytes: padded sets keep the order that they had', (t) => {
  const digits = fc
    .integer({ min: 0, max: 99_999_999 })
    .map((n) => `ILSVRC2012_val_${String(n).padStart(8, '0')}.JPEG`);
  fc.assert(fc.property(digits, digits, (a, b) => Math.sign(naturally(a, b)) === Math.sign(byBytes(a, b))));
  t.pass();
});

test("a folder's own files come before its folders', both in natural order", (t) => {
  const paths = ['10/b.png', '9/a10.png', '9/a9.png', '9/x/1.png', 'z.png'];
  t.deepEqual(
    inOrderOfFolders(paths.map((path) => ({ path }))).map(({ path }) => path),
    ['z.png', '9/a9.png', '9/a10.png', '9/x/1.png', '10/b.png'],
  );
});

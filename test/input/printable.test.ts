import test from 'ava';
import fc from 'fast-check';
import { jsonLine, printable, printableLine, shortened } from '../../manifests/input/printable.js';

test('what a terminal would obey, or a reader could be misled by, is written out', (t) => {
  t.is(printable('a\x1b[31mb\x07\x00'), 'a\\x1b[31mb\\x07\\x00');
  t.is(printable('\x9b31m\x7f\t\r\n'), '\\x9b31m\\x7f\\t\\r\n');
  t.is(
    printable('photo\u202egnp.exe \u2066x\u2069 \u2028\u2029'),
    'photo\\u202egnp.exe \\u2066x\\u2069 \\u2028\\u2029',
  );
  t.is(printable('Füße ☃ 𝒳 – ε×θ'), 'Füße ☃ 𝒳 – ε×θ');
  t.is(printableLine('a\nb'), 'a\\nb');
});

test('JSON that is printed holds nothing to write out, and is parsed to the exact value', (t) => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      '"',
      '\\',
      '\n',
      '\x1b',
      '\x7f',
      '\x9b',
      '\u202e',
      '\u2028',
      '☃',
      '\ufeff',
      '𝒳',
    ),
  });
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      const line = jsonLine(value);
      t.is(printable(line), line);
      t.is(line.indexOf('\n'), line.length - 1);
      t.deepEqual(JSON.parse(line), { ...value });
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('a long text keeps its beginning and its end', (t) => {
  t.is(shortened('short', 20), 'short');
  t.is(shortened('a'.repeat(50) + 'b'.repeat(50), 25), `${'a'.repeat(10)} ... ${'b'.repeat(10)}`);
});

import test from 'ava';
import fc from 'fast-check';
import { canonicalJson, hashJson, type Json } from '../../workers/store/canonical-json.js';

test('the order of keys does not matter, that of lists does', (t) => {
  t.is(canonicalJson({ b: [1, 2], a: { d: null, c: 'x' } }), '{"a":{"c":"x","d":null},"b":[1,2]}');
  t.is(hashJson({ a: 1, b: 2 }), hashJson({ b: 2, a: 1 }));
  t.not(hashJson([1, 2]), hashJson([2, 1]));
});

test('canonical JSON is JSON of the same value', (t) => {
  const values = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(values, (value) => {
      t.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a number that JSON cannot hold is refused instead of becoming null', (t) => {
  t.throws(() => canonicalJson({ a: Number.NaN }), { instanceOf: RangeError });
});
